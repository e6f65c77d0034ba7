"""Whether what was extracted stands where the gold says that it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..answer.fold import folded
from ..brief import brief
from ..errors import DocumentError, SetupError
from ..paths import Keys, to_keys
from .tally import INVENTED, MISSING, RIGHT, STATES, WRONG, Tally, keys_of

if TYPE_CHECKING:
    from ..evidence import Evidence, Leaf
    from ..result import Result

LEAST = 0.5
"""How much two places must share of what they cover together to be the same place."""


def held_places(places: Mapping[str, object], result: Result[Any] | None, tally: Tally) -> list[int]:
    """The counts of a document's places, by state: those of a value that was not given, or not found, are missing."""
    counts = [0] * len(STATES)
    evidence, text = _evidence(result)
    pairs = {keys_of(at): keys_of(there) for _, at, there in tally.pairs or ()}
    leaves = {to_keys(path): leaf for path, leaf in evidence.items()}
    for path, place in places.items():
        leaf = leaves.get(pairs.get(_keys(path), ()))
        if leaf is None or not leaf.found:
            counts[MISSING] += 1
        else:
            counts[RIGHT if _is_there(leaf, place, path, result, text) else WRONG] += 1
    invented: Iterable[Keys] = (keys_of(miss.there) for miss in tally.misses if miss.state == INVENTED)
    counts[INVENTED] = sum(leaves[keys].found for keys in invented if keys in leaves)
    return counts


def _keys(path: str) -> Keys:
    try:
        return to_keys(path)
    except ValueError as error:
        raise SetupError(f"A place of the gold: {error}") from None


def _evidence(result: Result[Any] | None) -> tuple[Mapping[str, Leaf], str]:
    """Where the leaves stand, and the text; nothing where the document cannot be read any more."""
    if result is None:
        return {}, ""
    try:
        evidence: Evidence = result.evidence
        return evidence, result.document.text
    except (DocumentError, SetupError):
        return {}, ""


def _is_there(leaf: Leaf, place: object, path: str, result: Result[Any] | None, text: str) -> bool:
    if isinstance(place, str):
        spans = [(span.start, span.end) for span in leaf.spans]
        there = _occurrences(text, place)
        return any(_share(spans, [one]) >= LEAST for one in there) or folded(place).text == folded(leaf.quote).text
    if isinstance(place, Mapping) and {"page", "box"} <= place.keys():
        boxes = [box for span in leaf.spans if span.page == place["page"] for box in span.boxes]
        return _area_share(boxes, place["box"]) >= LEAST
    if isinstance(place, Mapping) and {"start", "end"} <= place.keys():
        place = (place["start"], place["end"])
    if isinstance(place, Sequence) and len(place) == 2 and all(isinstance(end, int) for end in place):
        return _share([(span.start, span.end) for span in leaf.spans], [tuple(place)]) >= LEAST
    raise SetupError(
        f"The place of {path} is none: {brief(place)}.",
        remedy='Give the words, [start, end] in the text, or {"page": 1, "box": [left, top, right, bottom]}.',
    )


def _occurrences(text: str, quote: str) -> Iterator[tuple[int, int]]:
    at = text.find(quote) if quote else -1
    while at >= 0:
        yield at, at + len(quote)
        at = text.find(quote, at + 1)


def _share(one: Iterable[Any], other: Iterable[Any]) -> float:
    """Of the characters that either covers, those that both do."""
    mine, its = ({at for start, end in spans for at in range(start, end)} for spans in (one, other))
    return len(mine & its) / max(len(mine | its), 1)


def _area_share(boxes: Sequence[Sequence[float]], box: Any) -> float:
    """The same for areas; the boxes of one leaf do not lie over each other."""
    left, top, right, bottom = map(float, box)
    common = sum(
        max(min(each[2], right) - max(each[0], left), 0) * max(min(each[3], bottom) - max(each[1], top), 0)
        for each in boxes
    )
    covered = sum((each[2] - each[0]) * (each[3] - each[1]) for each in boxes) + (right - left) * (bottom - top)
    return common / (covered - common) if covered > common else float(common > 0)
