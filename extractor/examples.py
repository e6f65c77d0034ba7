"""Documents with their right values, to show a model what is wanted. Each is held against the type and its document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .annotations import GROUNDING
from .answer.ground import grounded
from .document import Document
from .errors import SetupError
from .paths import Keys, to_keys
from .schema.dumping import plain
from .schema.rules import said_at

if TYPE_CHECKING:
    from .schema import Schema


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """``value`` is JSON in the source form, ``quotes`` what the document says where each of its leaves stands."""

    document: Document
    value: object
    quotes: Mapping[Keys, str]


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """What the caller gave, known by identity: it is opened and checked once for each type."""

    given: Sequence[tuple[Any, object]]

    def __hash__(self) -> int:
        return id(self.given)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Pairs) and other.given is self.given


def checked(schema: Schema[Any], given: Sequence[tuple[Any, object]]) -> tuple[Example, ...]:
    """The examples for a type. SetupError says which of them does not fit it, or says what its document does not."""
    return _checked(schema, _Pairs(given)) if given else ()


@lru_cache(maxsize=64)
def _checked(schema: Schema[Any], pairs: _Pairs) -> tuple[Example, ...]:
    return tuple(_example(schema, at, *pair) for at, pair in enumerate(pairs.given))


def _example(schema: Schema[Any], at: int, source: Any, value: object) -> Example:
    document, data = Document.of(source), plain(value)
    found = schema.validate(data)
    _refuse(at, (str(issue) for issue in found.issues))
    data = schema.dump(found.value)
    evidence = grounded(data, document, schema.source)
    missing = evidence.having("not_found")
    verbatim = [leaf for leaf in missing if said_at(schema.source, to_keys(leaf.path), GROUNDING) == "verbatim"]
    _refuse(at, (f"{leaf.path}: {leaf.value!r} is Verbatim, and its document does not say it" for leaf in verbatim))
    return Example(document, data, {to_keys(leaf.path): leaf.quote for leaf in evidence.values() if leaf.found})


def _refuse(at: int, complaints: Iterable[str]) -> None:
    said = "; ".join(list(complaints)[:3])
    if said:
        raise SetupError(f"examples[{at}] is no example of the type: {said}.", remedy="Correct its value.")
