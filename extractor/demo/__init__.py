"""``extractor demo``: two documents through the embedded model, and honestly what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..client import Extractor
from ..document import Document
from ..errors import ExtractionError
from .cases import CASES, Case

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from ..result import Attempt


def run() -> int:
    """Show the demo on stdout; the number of leaves that the model got wrong."""
    from rich.console import Console

    console = Console(highlight=False)
    extractor = Extractor.local()
    wrong = [_show(console, extractor, case) for case in CASES]
    leaves = sum(len(case.right) for case in CASES)
    console.print(
        f"[bold]{leaves - sum(wrong)} of {leaves} values right[/bold], read on this machine by a model of 270 million"
        " parameters: small enough to come with the library, too small to trust.\n"
        'The same types and documents go to any endpoint: Extractor("model", base_url="https://…/v1").',
        soft_wrap=True,
    )
    return sum(wrong)


def _show(console: Console, extractor: Extractor, case: Case) -> int:
    document = Document.of(case.path)
    console.rule(f"{case.file} as {case.type.__name__}")
    console.print(document.text, style="dim", markup=False)
    console.print(f"\nasked for: {', '.join(map(_field, case.type.model_fields.items()))}", markup=False)
    try:
        result = extractor.extract(case.type, document)
        attempts, bill, value = result.attempts, str(result.ledger), result.data
    except ExtractionError as error:
        console.print(f"No valid value: {error}", style="red", markup=False)
        attempts, bill, value = error.attempts, str(error.ledger), error.best
    for number, attempt in enumerate(attempts, 1):
        _show_attempt(console, number, attempt)
    table, wrong = _comparison(case, value if isinstance(value, dict) else {})
    console.print(table)
    console.print(f"{bill}\n", style="dim", markup=False)
    return wrong


def _field(named: tuple[str, Any]) -> str:
    name, field = named
    return f"{name} ({field.description})" if field.description else name


def _show_attempt(console: Console, number: int, attempt: Attempt) -> None:
    console.print(f"answer {number}: {attempt.completion.content}", style="cyan", markup=False)
    for fix in attempt.fixes:
        console.print(
            f"  repaired {fix.path}: {fix.name}: {fix.before!r} -> {fix.after!r}", style="yellow", markup=False
        )
    for issue in attempt.issues:
        console.print(f"  asked again for {issue}", style="red", markup=False)


def _comparison(case: Case, value: dict[str, Any]) -> tuple[Table, int]:
    from rich.table import Table
    from rich.text import Text

    table = Table("field", "the model's value", "right?", box=None, pad_edge=False)
    wrong = 0
    for name, right in case.right.items():
        same = value.get(name) == right
        wrong += not same
        verdict = Text("yes", "green") if same else Text(f"no: {right}", "red")
        table.add_row(name, Text(str(value.get(name))), verdict)
    return table, wrong
