"""The command: looks at what is here, and asks the endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.live import Live

from ...errors import SetupError
from ..app import app
from ..flags import HEADERS, OTHERS, takes
from ..saying import is_seen, is_watched, say, show, usage_errors, write
from ..settings import Given, given
from ..streams import data_out
from ..wording import after

if TYPE_CHECKING:
    from ...client import Extractor
    from .probes import Finding
    from .report import Report

_PATIENCE = 30.0
"""Seconds for one request, where nothing else is said."""


@app.command(epilog=after("doctor"))
@takes("model", "base_url", "timeout")
def doctor(
    option: OTHERS = None,
    header: HEADERS = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no endpoint.")] = False,
    json: Annotated[bool, typer.Option("--json", help="JSON on a terminal too.")] = False,
    **flags: Any,
) -> None:
    """What is installed, where settings come from, and what the endpoint takes: tables on a terminal, else JSON.

    The endpoint is asked about twenty small requests one by one, each of which shows whether it heeds one thing: the
    ways a schema travels, images, videos, grammars, streams, n, logprobs, a seed, and how long an answer may be. What
    they cost is told.

    Where a file of lessons is named (EXTRACTOR_LESSONS), what is worth to be known is kept there. The exit code is 1
    where the endpoint does not answer, or there is none.
    """
    from .report import Report, shown_setup

    with usage_errors():
        settings = given(flags, option or (), header or ())
        report = Report(settings)
        extractor = None if offline else _extractor(settings, report)
    tables = is_seen() and not json
    if tables:
        show(shown_setup(report))
    if extractor is not None:
        with extractor, usage_errors():
            _examine(extractor, report, tables)
    if not tables:
        write(report.json(), indented=True)
    raise typer.Exit(0 if offline or report.answers else 1)


def _extractor(settings: Given, report: Report) -> Extractor | None:
    """What asks; None where there is nothing to ask, which the report tells."""
    options = {name: settings.value(name) for name in ("prices", "timeout") if name in settings.settings}
    try:
        extractor = settings.extractor(**{"timeout": _PATIENCE, **options})
    except SetupError as error:
        if not error.missing:
            raise
        report.problem = str(error)
        say(report.problem, "red")
        return None
    report.model = extractor.settings.model
    report.url = extractor.settings.endpoint.removesuffix("/chat/completions")
    return extractor


def _examine(extractor: Extractor, report: Report, tables: bool) -> None:
    """Ask, and show each finding as it comes."""
    from .probes import Asking
    from .report import shown_findings

    findings = Asking(extractor).findings()
    try:
        if tables and is_watched():
            with Live(console=Console(file=data_out(), highlight=False), refresh_per_second=8) as view:
                for finding in findings:
                    report.findings.append(finding)
                    view.update(shown_findings(report))
        else:
            for finding in findings:
                report.findings.append(finding)
                _tell(finding)
            if tables:
                show(shown_findings(report))
    except KeyboardInterrupt:
        say("interrupted", "red")
        raise typer.Exit(130) from None
    _conclude(extractor, report, tables)


def _tell(finding: Finding) -> None:
    say(f"{finding.what}: {finding.verdict}{f': {finding.detail}' if finding.detail else ''}", "dim")


def _conclude(extractor: Extractor, report: Report, tables: bool) -> None:
    """What it cost, what may be set, and what is kept."""
    from .report import shown_advice

    say(f"spent: {report.ledger}", "dim")
    if not report.answers:
        say(f"{report.url} gives no completion.", "red")
        return
    if tables and report.fits():
        show(shown_advice(report))
    _keep(extractor.settings.endpoint, report)


def _keep(endpoint: str, report: Report) -> None:
    from ...lessons import memory_at

    lessons, memory = report.lessons(), memory_at(report.given.value("lessons"))
    if lessons is None:
        return
    learnt = ", ".join(f"{name} {lesson}" for name, lesson in lessons.items())
    if memory is not None:
        memory.replace(endpoint, report.model, lessons)
        say(f"kept in {memory.path}: {learnt or 'nothing needs to be remembered'}", "dim")
    elif learnt:
        say(f"learnt: {learnt}; name a file in EXTRACTOR_LESSONS, and it is kept there.", "dim")
