"""``evaluate`` and ``compare``: gold and what was made of its documents, to scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from typing_extensions import TypeForm, Unpack

from ..annotations import Metric
from ..brief import brief
from ..client import Extractor
from ..errors import SetupError
from ..options import BatchOptions
from ..schema import Schema
from .comparison import Comparison
from .evaluation import Evaluation
from .gold import Golds, Known, golds_of
from .grounding import held_places
from .intervals import Sampling
from .needed import Array, numpy
from .outcomes import Found, Outcome, outcomes_of
from .scores import Counts, DocumentScore, FieldScore, measured
from .tally import STATES, Tally
from .tree import Tree

_SHOWN = 3


def evaluate(
    type: TypeForm[Any] | Mapping[str, object],
    gold: object,
    predicted: object,
    /,
    *,
    metrics: Mapping[str, Metric] | None = None,
    fields: Iterable[str] | None = None,
    key: str | None = None,
    sampling: Sampling | None = None,
    **options: Unpack[BatchOptions],
) -> Evaluation:
    """Hold what was extracted against what is right.

    ``gold``: (document, value) pairs or ``Gold``, a mapping from names to values, a .jsonl, .json or .csv file, a
    DataFrame, or the corrections that the review page saves. ``predicted``: an Extractor, which reads the documents
    (``options`` are those of ``batch``, such as ``journal=``); a journal; another such file; the items of a batch; or
    values, by name, in pairs, or in the order of the gold.

    Each leaf is right, wrong, missing, invented or rightly absent. How leaves are compared comes from ``metrics`` by
    path, as in ``{"total": Metric.number(0.01), "lines": Metric.keyed("sku")}``, from a ``Metric`` in the type, or from
    what they are. ``fields`` are the paths that count, by default all; ``key`` says what names the document in a file
    or a table. ``sampling`` says how intervals are made: ``Sampling(samples=1000, confidence=0.95, seed=0)``.
    """
    return _Asked.of(type, gold, metrics, fields, key, sampling).held(predicted, options)


def compare(
    candidates: Mapping[str, object],
    type: TypeForm[Any] | Mapping[str, object],
    gold: object,
    /,
    *,
    metrics: Mapping[str, Metric] | None = None,
    fields: Iterable[str] | None = None,
    key: str | None = None,
    sampling: Sampling | None = None,
    **options: Unpack[BatchOptions],
) -> Comparison:
    """``evaluate`` for several extractors (models, words, options) over the same documents, one after the other.

    ``candidates`` are extractors by name, or whatever else ``evaluate`` takes. One ``journal=`` serves them all: it
    knows each value by what it was made with.
    """
    if not isinstance(candidates, Mapping) or not candidates:
        raise TypeError('compare takes what is to be compared by name: {"a": Extractor(…), "b": Extractor(…)}')
    if options and not any(isinstance(each, Extractor) for each in candidates.values()):
        raise TypeError(f"{', '.join(options)}: options are for extractors that are run, and there is none")
    asked = _Asked.of(type, gold, metrics, fields, key, sampling)
    none: BatchOptions = {}
    return Comparison(
        {
            str(name): asked.held(each, options if isinstance(each, Extractor) else none)
            for name, each in candidates.items()
        }
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """All that is the same for whatever is evaluated."""

    type: Any
    schema: Schema[Any]
    golds: Golds
    metrics: Mapping[str, Metric]
    fields: tuple[str, ...] | None
    key: str | None
    sampling: Sampling

    @classmethod
    def of(
        cls,
        type: Any,
        gold: object,
        metrics: Mapping[str, Metric] | None,
        fields: Iterable[str] | None,
        key: str | None,
        sampling: Sampling | None,
    ) -> _Asked:
        numpy()
        schema: Schema[Any] = Schema.of(type)
        golds = golds_of(gold, schema, key)
        chosen = _chosen(fields, golds, schema)
        Tree(schema.source, _checked(metrics or {}), chosen)  # what is wrong with paths is told before a call is paid
        return cls(type, schema, golds, metrics or {}, chosen, key, sampling or Sampling())

    def held(self, predicted: object, options: BatchOptions) -> Evaluation:
        known, grounded = self.golds.known, any(each.places for each in self.golds.known)
        outcomes = outcomes_of(predicted, self.schema, self.type, known, self.key, options, grounded)
        found, tree = Found(outcomes, known), Tree(self.schema.source, self.metrics, self.fields)
        ended = [(each, found.take(each)) for each in known]
        if found.given and len(found.rest) == len(found.given):
            raise SetupError(_strangers(known, found.given), remedy="Name documents alike, or give pairs.")
        held = [_held(tree, gold, outcome, grounded) for gold, outcome in ended]
        notes = (*self.golds.notes, *found.notes, *_long(tally for tally, _ in held))
        return _evaluation(self, tree, ended, held, found.rest, notes)


def _checked(metrics: Mapping[str, Metric]) -> Mapping[str, Metric]:
    for path, metric in metrics.items():
        if not isinstance(metric, Metric):
            raise TypeError(f"metrics[{path!r}] is a Metric, such as Metric.text or Metric.by(f), not {metric!r}")
    return metrics


def _chosen(fields: Iterable[str] | None, golds: Golds, schema: Schema[Any]) -> tuple[str, ...] | None:
    """The paths that count: those asked for, else all that the gold has."""
    if isinstance(fields, str):
        raise TypeError(f"fields is a list of paths: [{fields!r}]")
    if fields is not None:
        return tuple(fields)
    properties = schema.source.get("properties")
    if not golds.left_out or not isinstance(properties, Mapping):
        return None
    from ..paths import to_path

    return tuple(to_path((str(name),)) for name in properties if name not in golds.left_out)


def _strangers(known: Sequence[Known], given: Sequence[object]) -> str:
    mine = ", ".join(f"{brief(each.key)}" for each in known[:_SHOWN])
    its = ", ".join(f"{brief(key)}" for key in given[:_SHOWN])
    return f"No document of the gold is among those that there are values of: the gold has {mine}, the values {its}."


def _held(tree: Tree, gold: Known, outcome: Outcome, grounded: bool) -> tuple[Tally, list[int]]:
    tally = Tally(len(tree.fields), paired=bool(gold.places))
    tree.root.hold(gold.value, outcome.data, tally, (), ())
    places = held_places(gold.places, outcome.result, tally) if gold.places else [0] * len(STATES)
    return tally, places


def _evaluation(
    asked: _Asked,
    tree: Tree,
    ended: Sequence[tuple[Known, Outcome]],
    held: Sequence[tuple[Tally, Sequence[int]]],
    extra: tuple[object, ...],
    notes: tuple[str, ...],
) -> Evaluation:
    tallies, places = [tally for tally, _ in held], [counts for _, counts in held]
    paths, counts = _ordered(tree, _array(tallies, len(tree.fields)))
    np = numpy()
    scores = measured(counts, paths, np.array([outcome.has_value for _, outcome in ended]), asked.sampling)
    totals = zip(paths, counts.sum(axis=0).tolist(), strict=True)
    rows = zip(ended, tallies, counts.sum(axis=1).tolist(), strict=True)
    return Evaluation(
        asked.schema.name,
        {
            path: FieldScore(path, tree.fields.metrics[path], Counts(*total), *scores.fields[path])
            for path, total in totals
        },
        tuple(_document(*each, Counts(*row), tally, tree.fields.paths) for each, tally, row in rows),
        *scores.whole,
        scores.perfect,
        _grounding(np.array(places), asked.sampling) if any(map(any, places)) else None,
        extra,
        notes,
        asked.sampling,
        counts,
    )


def _long(tallies: Iterable[Tally]) -> list[str]:
    lists = sum(tally.by_place for tally in tallies)
    said = f"{lists:,} lists are too long to be paired as fits best, and were paired by place: Metric.keyed pairs them"
    return [said] if lists else []


def _document(gold: Known, outcome: Outcome, counts: Counts, tally: Tally, paths: Sequence[str]) -> DocumentScore:
    misses = tuple(tally.misses)
    return DocumentScore(gold.key, outcome.status, outcome.error, counts, outcome.ledger, misses, paths)


def _ordered(tree: Tree, counts: Array) -> tuple[list[str], Array]:
    """The fields that any document has, as they stand in the type, and their counts."""
    paths, met = tree.fields.paths, counts.sum(axis=(0, 2)) > 0
    order = [at for at in tree.order if met[at]]
    return [paths[at] for at in order], counts[:, order]


def _array(tallies: Sequence[Tally], fields: int) -> Array:
    """Documents × fields × states. Fields that only later documents showed are none in the earlier ones."""
    np = numpy()
    width = fields * len(STATES)
    rows = [tally.counts[:width] + [0] * (width - len(tally.counts)) for tally in tallies]
    return np.array(rows, dtype=np.int32).reshape(len(tallies), fields, len(STATES))


def _grounding(places: Array, sampling: Sampling) -> FieldScore:
    """The places of all leaves, as one field."""
    scores = measured(places[:, None], ["places"], places[:, 0] >= 0, sampling)
    return FieldScore("places", "half shared", Counts(*places.sum(axis=0).tolist()), *scores.whole)
