"""What the doctor found, as JSON for programs and as tables for people."""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, TypeAlias

import orjson
from rich.console import Group, RenderableType
from rich.text import Text

from ...endpoint import key_variable
from ...flow.modes import LADDER
from ...result import Ledger
from ..settings import SECRET, Given
from ..views import table
from .installed import NAME, Extra, extras
from .probes import Finding

Json: TypeAlias = dict[str, Any]

_COLOURS = {"yes": "green", "no": "red", "ignored": "yellow", "unknown": "yellow"}
_LOCAL = "http://embedded-model"


@dataclass
class Report:
    """All that is told. ``problem`` is why no endpoint was asked."""

    given: Given
    model: str = ""
    url: str = ""
    problem: str = ""
    findings: list[Finding] = field(default_factory=list)
    installed: Sequence[Extra] = field(default_factory=extras)

    @property
    def ledger(self) -> Ledger:
        return Ledger(tuple(call for finding in self.findings for call in finding.calls))

    @property
    def answers(self) -> bool:
        return bool(self.findings) and self.findings[0].verdict == "yes"

    def json(self) -> Json:
        """Everything, as one object."""
        return {
            "versions": versions(),
            "extras": [
                {"name": extra.name, "there": extra.is_there, "packages": extra.packages, "install": extra.install}
                for extra in self.installed
            ],
            "settings": [{"name": name, "value": value, "source": source} for name, value, source in self.settings()],
            "endpoint": {"url": self.url, "model": self.model, "key": self.key()} if self.url else None,
            "problem": self.problem or None,
            "takes": [
                {"what": each.what, "verdict": each.verdict, "detail": each.detail, **_spent(Ledger(each.calls))}
                for each in self.findings
            ],
            "fits": self.fits() if self.answers else None,
            "spent": {"calls": len(self.ledger.calls), **_spent(self.ledger)},
        }

    def settings(self) -> list[tuple[str, object, str]]:
        """Each with its value, secrets left out, and where it comes from."""
        named = sorted(self.given.settings.items())
        told = [(name, _plain(each.value), each.source) for name, each in named]
        return told + [(f"header {name}", "…", "--header") for name in self.given.headers]

    def key(self) -> str | None:
        """The variable that holds the key which is sent there."""
        return None if self.url.startswith(_LOCAL) else key_variable(self.url)

    def lessons(self) -> dict[str, str] | None:
        """What is worth to be remembered of the model; None where it is not known."""
        modes, n = self._by_mode(), self._verdict("n")
        best = next((mode for mode in LADDER if modes.get(mode, "yes") == "yes"), "words")
        asked = [modes.get(mode, "yes") for mode in LADDER[: LADDER.index(best) + 1]]
        if not modes or "unknown" in (*asked, n):
            return None
        learnt = {} if best == "json_schema" else {"mode": str(best)}
        return learnt | ({} if n == "yes" else {"choices": "one"})

    def fits(self) -> Json:
        """Settings that this endpoint needs, or gains by, which nobody has set."""
        fitting: Json = {}
        if self._verdict("images") in ("no", "ignored"):
            fitting["reads_images"] = False
        elif self._verdict("videos") in ("no", "ignored"):
            fitting["video"] = "frames"
        grammars = [each.what.partition("=")[2] for each in self.findings if each.what.startswith("grammar=")]
        held = [server for server in grammars if self._verdict(f"grammar={server}") == "yes"]
        fitting |= {"grammar": held[0]} if len(held) == 1 else {}
        known = self.given.settings.keys() | ({"reads_images", "grammar"} if self.url.startswith(_LOCAL) else set())
        return {name: value for name, value in fitting.items() if name not in known}

    def _verdict(self, what: str) -> str:
        return next((each.verdict for each in self.findings if each.what == what), "unknown")

    def _by_mode(self) -> dict[str, str]:
        return {each.what[5:]: each.verdict for each in self.findings if each.what.startswith("mode=")}


def versions() -> dict[str, str]:
    """Of this package, Python and the system."""
    return {NAME: version(NAME), "python": platform.python_version(), "system": platform.platform(terse=True)}


def shown_setup(report: Report) -> RenderableType:
    """What is installed and where settings come from."""
    heading = ", ".join(f"{name} {number}" for name, number in versions().items())
    parts: list[RenderableType] = [Text(heading, "bold"), _installed(report.installed)]
    rows = [
        [Text(name, "cyan"), Text(_written(value)), Text(source, "dim")] for name, value, source in report.settings()
    ]
    parts.append(table(("setting", "value", "from"), rows, "Settings") if rows else Text("Nothing is set.\n", "dim"))
    return Group(*parts)


def shown_findings(report: Report) -> RenderableType:
    """What the endpoint takes, as far as it was asked."""
    rows = [
        [
            Text(each.what, "cyan"),
            Text(each.verdict, _COLOURS[each.verdict]),
            Text(each.detail),
            Text(_cost(Ledger(each.calls)), "dim"),
        ]
        for each in report.findings
    ]
    key = report.key()
    return table(
        ("what", "taken", "detail", "cost"),
        rows,
        f"{report.model} at {report.url}, {f'key from {key}' if key else 'no key'}",
    )


def shown_advice(report: Report) -> RenderableType:
    """What may be set for this endpoint, as pyproject.toml has it."""
    lines = [f"{name} = {orjson.dumps(value).decode()}" for name, value in report.fits().items()]
    return Group(
        Text("For this endpoint, in pyproject.toml:", "bold"), Text("\n".join(("[tool.extractor]", *lines)), "cyan")
    )


def _installed(found: Sequence[Extra]) -> RenderableType:
    rows = []
    for extra in found:
        packages = ", ".join(f"{name} {number}" if number else f"no {name}" for name, number in extra.packages.items())
        state = Text("yes", "green") if extra.is_there else Text("no", "yellow")
        rows.append([Text(extra.name, "cyan"), state, Text(packages), Text(extra.install or "", "dim")])
    return table(("extra", "there", "packages", ""), rows, "Installed")


def _spent(ledger: Ledger) -> Json:
    prompt, written = ledger.prompt_tokens, ledger.completion_tokens
    seconds = None if ledger.seconds is None else round(ledger.seconds, 2)
    return {"prompt_tokens": prompt, "completion_tokens": written, "usd": ledger.usd, "seconds": seconds}


def _cost(ledger: Ledger) -> str:
    prompt, written, usd, seconds = ledger.prompt_tokens, ledger.completion_tokens, ledger.usd, ledger.seconds
    told = [] if prompt is None else [f"{prompt} + {written} tokens"]
    told += [] if usd is None else [f"${usd:.5f}"]
    return ", ".join(told + ([] if seconds is None else [f"{seconds:.1f} s"]))


def _plain(value: object, name: str = "") -> object:
    """A value as JSON, without what may be a secret."""
    if SECRET.search(name):
        return "…"
    if isinstance(value, Mapping):
        return {str(key): _plain(part, str(key)) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, str):
        return re.sub(r"(?<=://)[^/@]*@|\?.*", "…", value) if "://" in value else value
    return value if isinstance(value, bool | int | float | None) else str(value)


def _written(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
