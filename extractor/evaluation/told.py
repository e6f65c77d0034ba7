"""Evaluations as rows: for tables on a terminal and in notebooks, for DataFrames, and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias, get_args

from ..table.table import needs
from .comparison import Comparison
from .difference import Difference, Gain
from .evaluation import Evaluation, Rows
from .intervals import Score
from .scores import Counts, Fault

if TYPE_CHECKING:
    import pandas

Row: TypeAlias = dict[str, object]


def field_rows(evaluation: Evaluation) -> Iterator[Row]:
    for score in (*evaluation.fields.values(), *filter(None, (evaluation.grounding,))):
        scores = {"f1": score.f1, "precision": score.precision, "recall": score.recall}
        yield {"field": score.path, "metric": score.metric, **scores, **counted(score.counts)}


def document_rows(evaluation: Evaluation) -> Iterator[Row]:
    """The worst first."""
    for document in evaluation.worst:
        ledger = document.ledger
        spent = {name: getattr(ledger, name, None) for name in ("total_tokens", "usd", "seconds")}
        told = {"document": document.key, "status": document.status, "f1": document.f1}
        yield {**told, **counted(document.counts), **spent, "error": document.error or None}


def leaf_rows(evaluation: Evaluation) -> Iterator[Row]:
    """Each leaf that is not right."""
    for document in evaluation.worst:
        for fault in document.faults:
            yield {"document": document.key, **told_fault(fault)}


def told_fault(fault: Fault) -> Row:
    return {name: getattr(fault, name) for name in ("path", "field", "state", "gold", "value")}


def gain_rows(difference: Difference) -> Iterator[Row]:
    for path, gain in difference.fields.items():
        yield {"field": path, "f1": gain}


def document_gain_rows(difference: Difference) -> Iterator[Row]:
    """Those first in which ``a`` is worse; what is alike in both is left out."""
    for each in difference.documents:
        if each.faults or each.a.status != each.b.status:
            sides = {
                f"{name}_{fact}": getattr(side, fact) for name, side in (("a", each.a), ("b", each.b)) for fact in _SIDE
            }
            yield {"document": each.key, "faults": each.faults, **sides}


_SIDE = ("status", "f1")


def leaf_gain_rows(difference: Difference) -> Iterator[Row]:
    """Each leaf that is not right in one of them alone, or not right in another way."""
    for each in difference.documents:
        mine, its = ({str(fault): fault for fault in side.faults} for side in (each.a, each.b))
        for name, faults, others in (("a", mine, its), ("b", its, mine)):
            for said, fault in faults.items():
                if said not in others:
                    yield {"document": each.key, "in": name, **told_fault(fault)}


def comparison_rows(comparison: Comparison) -> Iterator[Row]:
    """Each one, with what it does better than the first."""
    for name, evaluation in comparison.items():
        gain = None if name == comparison.first else comparison.difference(name, comparison.first).f1
        scores = {word: getattr(evaluation, word) for word in ("f1", "precision", "recall", "perfect")}
        yield {"name": name, **scores, "gain": gain, "ended": ended(evaluation), **spent(evaluation)}


def compared_rows(comparison: Comparison) -> Iterator[Row]:
    """F1 of each field, by name."""
    paths = dict.fromkeys(path for evaluation in comparison.values() for path in evaluation.fields)
    for path in paths:
        found = {name: evaluation.fields.get(path) for name, evaluation in comparison.items()}
        yield {"field": path, **{name: score and score.f1 for name, score in found.items()}}


def counted(counts: Counts) -> Row:
    return {name: getattr(counts, name) for name in ("right", "wrong", "missing", "invented", "absent")}


def ended(evaluation: Evaluation) -> str:
    """``98 ok, 1 refused, 1 failed``."""
    return ", ".join(f"{count:,} {status}" for status, count in evaluation.statuses.items())


def spent(evaluation: Evaluation) -> Row:
    """What it took, where there is a bill: seconds of a document, tokens and money of all."""
    return {name: getattr(evaluation, name) for name in ("seconds", "slowest", "tokens", "usd")}


def data_of(shown: Evaluation | Difference | Comparison) -> Row:
    """All of it as JSON."""
    if isinstance(shown, Comparison):
        gains = {name: data_of(shown.difference(name, shown.first)) for name in list(shown)[1:]}
        return {"evaluations": {name: data_of(each) for name, each in shown.items()}, "differences": gains}
    scores = {word: plain(getattr(shown, word)) for word in ("f1", "precision", "recall", "perfect")}
    if isinstance(shown, Difference):
        rows = {"fields": gain_rows(shown), "documents": document_gain_rows(shown), "leaves": leaf_gain_rows(shown)}
        own: Row = {"names": shown.names, "significant": shown.significant, "notes": shown.notes}
    else:
        rows = {"fields": field_rows(shown), "documents": document_rows(shown), "leaves": leaf_rows(shown)}
        own = {"type": shown.type, "statuses": dict(shown.statuses), **spent(shown), "notes": shown.notes}
        own["extra"] = shown.extra
    return {**scores, **own, **{name: [_plain(row) for row in each] for name, each in rows.items()}}


def plain(score: object) -> object:
    """A score with its interval as JSON."""
    if isinstance(score, Score):
        return {"value": score.value, "low": score.low, "high": score.high}
    if isinstance(score, Gain):
        facts = {"a": score.a, "b": score.b, "value": score.value, "low": score.low, "high": score.high}
        return {**facts, "significant": score.significant}
    return score


def _plain(row: Row) -> Row:
    return {name: plain(held) for name, held in row.items()}


def _flat(row: Row) -> Row:
    """Scores with their intervals as columns of numbers."""
    found: Row = {}
    for name, held in row.items():
        facts = plain(held)
        if not isinstance(held, Score | Gain) or not isinstance(facts, dict):
            found[name] = held
            continue
        found |= {name if fact == "value" else f"{name}_{fact}": part for fact, part in facts.items()}
    return found


_EVALUATED: Mapping[str, Callable[[Evaluation], Iterable[Row]]] = {
    "fields": field_rows,
    "documents": document_rows,
    "leaves": leaf_rows,
}
_DIFFERENT: Mapping[str, Callable[[Difference], Iterable[Row]]] = {
    "fields": gain_rows,
    "documents": document_gain_rows,
    "leaves": leaf_gain_rows,
}


def frame(evaluation: Evaluation, rows: Rows) -> pandas.DataFrame:
    return _frame(_EVALUATED[_checked(rows)](evaluation))


def difference_frame(difference: Difference, rows: Rows) -> pandas.DataFrame:
    return _frame(_DIFFERENT[_checked(rows)](difference))


def comparison_frame(comparison: Comparison) -> pandas.DataFrame:
    return _frame(comparison_rows(comparison))


def _checked(rows: str) -> str:
    if rows not in get_args(Rows):
        raise ValueError(f"rows are {', '.join(get_args(Rows))}, not {rows!r}")
    return rows


def _frame(rows: Iterable[Row]) -> pandas.DataFrame:
    frame: pandas.DataFrame = needs("pandas").DataFrame([_flat(row) for row in rows])
    return frame
