"""What an answer is wanted to be: a schema's two forms, and nothing where there is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import orjson

from ..paths import Keys, to_keys, to_path
from .shapes import ANYTHING, Guide, Shape, Shapes

if TYPE_CHECKING:
    from ..schema import Schema

T = TypeVar("T")
Wanted: TypeAlias = "Schema[T] | Mapping[str, object] | None"
_DOUBTFUL = (
    (re.compile(r'"[+-]?[0-9.]+"'), re.compile(rb'"format":"(?:date|time)')),
    (re.compile(r"true|false"), re.compile(rb'"(?:enum|const)":[^\]]*[0-9]')),
    (re.compile(r"[eE]\+?[0-9]{3}"), re.compile(rb"")),
)
"""What a strict validator takes all the same, by a sign in the text and one in the schema: digits for a date, truths
for the numbers of an enumeration, numbers without end."""
_CONTAINERS = frozenset({"object", "array"})


@dataclass(frozen=True, slots=True)
class Target:
    """``guide`` knows the wire and the source form, ``shapes`` the source form alone.

    ``box`` is the key under which a root that is no object stands in the wire form.
    """

    shapes: Shapes
    guide: Guide
    schema: Schema[object] | None = None
    box: str | None = None

    @property
    def root(self) -> Shape:
        return self.shapes.root

    @property
    def is_text(self) -> bool:
        """Whether any text at all is an answer."""
        return self.root.text_only and self.root.choices is None and not self.root.branches and not self._formatted

    @property
    def _formatted(self) -> bool:
        return "format" in self.root.raw or "null" in self.root.kinds

    @property
    def takes_scalars(self) -> bool:
        return bool(self.guide.kinds - _CONTAINERS) or self._takes_choices

    @property
    def _takes_choices(self) -> bool:
        """Whether the items of a list are of a few known values, so that one alone is recognised."""
        item = self.shapes.item(self.root, 0)
        return self.takes_only_lists and (item.choices is not None or "string" not in item.kinds)

    @property
    def takes_only_lists(self) -> bool:
        return "array" in self.root.kinds and "object" not in self.root.kinds

    def is_met(self, text: str) -> bool:
        """Whether a text that is JSON fits to the letter, which costs far less to see than to fit it."""
        if self.schema is None or not self.schema.is_direct(text) or _is_doubtful(text, self.schema.source):
            return False
        return not self.schema.validate_json(text).issues

    def decode(self, value: object, cut: Keys | None) -> tuple[object, Keys | None]:
        """A value in source form, and where it was cut there."""
        if self.schema is None or self.schema.direct:
            return value, cut
        if cut is not None and cut[:1] == (self.box,) and isinstance(value, dict) and self.box not in value:
            cut = cut[1:]
        elif cut is not None:
            cut = to_keys(self.schema.to_source(to_path(cut), value))
        return self.schema.decode(value), cut


def _is_doubtful(text: str, source: Mapping[str, object]) -> bool:
    signs = [schema for said, schema in _DOUBTFUL if said.search(text)]
    written = orjson.dumps(source, default=dict) if signs else b""
    return any(sign.search(written) for sign in signs)


def target_of(schema: Schema[T] | Mapping[str, object] | None) -> Target | None:
    """None where nothing is said of the value."""
    if schema is None:
        return None
    if isinstance(schema, Mapping):
        shapes = Shapes(schema)
        return Target(shapes, Guide([(shapes, shapes.root)]))
    source, wire = Shapes(schema.source), Shapes(schema.strict)
    guide = Guide([(wire, wire.root), (source, source.root)])
    return Target(source, guide, schema, _box(wire.root, source.root))  # type: ignore[arg-type]


def _box(wire: Shape, source: Shape) -> str | None:
    boxed = "object" not in source.kinds and len(wire.properties) == 1
    return next(iter(wire.properties)) if boxed else None


def guide_of(target: Target | None) -> Guide:
    return ANYTHING if target is None else target.guide
