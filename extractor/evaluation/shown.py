"""Evaluations as HTML: cards for notebooks, which the page of a report is made of too. Every text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from ..brief import brief
from ..display import card, cut, folded, paragraphs
from .comparison import Comparison
from .difference import Difference, Gain
from .evaluation import Evaluation
from .intervals import Score
from .scores import DocumentScore
from .told import compared_rows, comparison_rows, document_gain_rows, ended, field_rows, gain_rows, leaf_gain_rows

FEW = 10
"""Documents that a notebook shows."""
_FIELDS = 60
_FAULTS = 100
_NAMES = {"f1": "F1", "usd": "$", "gain": "F1 above the first", "seconds": "seconds each", "slowest": "95 % within"}


def of_evaluation(evaluation: Evaluation, most: int | None = FEW) -> str:
    """The scores, each field, and the worst documents with what is not right in them; all where ``most`` is None."""
    lines = [*lines_of(evaluation), *evaluation.notes, *_extra(evaluation)]
    fields = table(_lean(field_rows(evaluation)), None if most is None else _FIELDS)
    worst = [document for document in evaluation.worst if document.counts.faults or not document.has_value]
    documents = [_document(document) for document in worst[:most]]
    return card((), below=[paragraphs(lines), fields, *documents, _more(len(worst), most)])


def of_difference(difference: Difference, most: int | None = FEW) -> str:
    a, b = difference.names
    head = f"{a} less {b}, over {len(difference.documents):,} documents: F1 {difference.f1}"
    lines = [head, _verdict(difference), f"perfect documents {difference.perfect}", *difference.notes]
    documents = list(document_gain_rows(difference))
    below = [paragraphs(lines), table(gain_rows(difference), None if most is None else _FIELDS)]
    below += [table(documents[:most]), _more(len(documents), most)]
    leaves = [_leaf(row) for row in leaf_gain_rows(difference)]
    return card((), below=[*below, folded(f"{len(leaves):,} leaves", paragraphs(leaves, _FAULTS))])


def of_comparison(comparison: Comparison, most: int | None = FEW) -> str:
    rows = list(comparison_rows(comparison))
    fields = table(compared_rows(comparison), None if most is None else _FIELDS)
    notes = dict.fromkeys(note for evaluation in comparison.values() for note in evaluation.notes)
    return card((), below=[table(_known(rows)), paragraphs([*notes]), fields])


def lines_of(evaluation: Evaluation) -> list[str]:
    """What is said of it in all, a line a fact."""
    counts = evaluation.counts
    found = [
        f"F1 {evaluation.f1}, precision {evaluation.precision}, recall {evaluation.recall}",
        f"{counts.right:,} right, {counts.wrong:,} wrong, {counts.missing:,} missing, {counts.invented:,} invented"
        f" ({counts.absent:,} rightly absent)",
        f"{len(evaluation.documents):,} documents: {ended(evaluation)}; perfect {evaluation.perfect}",
    ]
    if evaluation.grounding is not None:
        found.append(f"places: F1 {evaluation.grounding.f1}")
    return [*found, *_bill(evaluation)]


def _bill(evaluation: Evaluation) -> Iterable[str]:
    parts = []
    if evaluation.seconds is not None and evaluation.slowest is not None:
        parts.append(f"{evaluation.seconds:.3g} s a document, 95 % within {evaluation.slowest:.3g} s")
    if evaluation.tokens is not None:
        parts.append(f"{evaluation.tokens:,} tokens")
    if evaluation.usd is not None:
        parts.append(f"${evaluation.usd:.4f}")
    return [", ".join(parts)] if parts else []


def _extra(evaluation: Evaluation) -> Iterable[str]:
    count = len(evaluation.extra)
    if count:
        few = ", ".join(str(key)[:60] for key in evaluation.extra[:3])
        yield f"{count:,} more have a value and no gold, and do not count: {few}{', …' * (count > 3)}"


def _verdict(difference: Difference) -> str:
    if difference.significant:
        return "so great a difference would hardly come by chance"
    return "such a difference may well be chance"


def _document(document: DocumentScore) -> str:
    lines = [document.error] * bool(document.error) + [str(fault) for fault in document.faults]
    f1 = "–" if document.f1 is None else f"{document.f1:.3f}"
    title = f"{cut(str(document.key), 120)}: {document.status}, F1 {f1}, {document.counts.faults:,} not right"
    return folded(title, paragraphs(lines, _FAULTS))


def _leaf(row: Mapping[str, object]) -> str:
    said = f"{brief(row['value'])} for {brief(row['gold'])}"
    return f"{cut(str(row['document']), 60)}, {row['in']}: {row['path']} {row['state']}: {said}"


def _more(count: int, most: int | None) -> str:
    return f"<p>… {count - most:,} more documents</p>" if most is not None and count > most else ""


def _lean(rows: Iterable[Mapping[str, object]]) -> Iterable[dict[str, object]]:
    return ({name: held for name, held in row.items() if name != "absent"} for row in rows)


def _known(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Without the columns that are empty in every row."""
    named = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    return [{name: row[name] for name in named} for row in rows]


def table(rows: Iterable[Mapping[str, object]], most: int | None = None) -> str:
    """Rows of the same columns, of many the first; scores with a bar."""
    listed = list(rows)
    if not listed:
        return ""
    head = "".join(f"<th>{escape(_NAMES.get(name, name))}</th>" for name in listed[0])
    body = [f"<tr>{''.join(f'<td>{_cell(held)}</td>' for held in row.values())}</tr>" for row in listed[:most]]
    left = len(listed) - len(body)
    body += [f"<tr><td colspan={len(listed[0])}>… {left:,} more</td></tr>"] if left else []
    return f"<table><tr>{head}</tr>{''.join(body)}</table>"


def _cell(held: object) -> str:
    if isinstance(held, Score) and held.value is not None:
        return f'<meter min="0" max="1" value="{held.value:.4f}"></meter> {escape(str(held))}'
    if isinstance(held, Gain):
        shown = escape(str(held))
        is_worse = held.value is not None and held.value < 0
        return f'<span class="bad">{shown}</span>' if held.significant and is_worse else shown
    return f"<bdi>{escape(cut(said(held), 500))}</bdi>"


def said(held: object) -> str:
    """A cell in words."""
    if held is None:
        return ""
    if isinstance(held, float):
        return f"{held:.3g}"
    return f"{held:,}" if isinstance(held, int) and not isinstance(held, bool) else str(held)
