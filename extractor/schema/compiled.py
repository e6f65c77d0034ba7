"""``Schema[T]``: a type, compiled once: what is sent, the way there and back, and what validates the answer."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, SupportsIndex, TypeVar, overload

from ..annotations import VERIFY
from ..errors import UnsupportedTypeError
from ..paths import to_keys, to_path
from ..tokens import text_tokens
from .adapting import adapter_of, endless
from .changes import Change
from .checking import Checked, Checker, PydanticChecker
from .codec import SAME
from .dialects import DEFAULT, Dialect, dialect_of
from .drafts import modern
from .dumping import fields_of
from .form import text_of
from .lazy import eager
from .marks import may_hold_marks
from .mirror import Mirror
from .narrow import Narrowed, narrowed
from .plan import Source, planned
from .quotes import Quoting, quoting
from .repeats import repeated
from .rules import annotations_of, without
from .source import listed, name_of, source_of

if TYPE_CHECKING:
    from typing_extensions import TypeForm

    from .outline import Outline
    from .parts import Items

T = TypeVar("T")
_KEPT = 1024
_by_identity: dict[tuple[int, str, bool], tuple[object, Schema[Any]]] = {}
_by_content: dict[object, Schema[Any]] = {}
_lock = threading.Lock()


class Schema(Generic[T]):
    """A type as it is sent, read back and validated. Made by ``Schema.of``; never changed afterwards.

    ``source`` and ``strict`` are the source and the strict schema, ``name`` the name it is sent under.
    ``direct``: any answer's text may go straight to ``validate_json``, nothing ever has to be decoded.
    """

    __slots__ = (
        "_annotated",
        "_by_marks",
        "_checker",
        "_dialect",
        "_made_of",
        "_plan",
        "_source",
        "direct",
        "name",
        "source",
        "strict",
    )

    name: str
    source: Mapping[str, object]
    strict: Mapping[str, object]
    direct: bool

    def __init__(
        self, name: str, raw: Mapping[str, object], source: Source, dialect: Dialect, checker: Checker
    ) -> None:
        self.name = name
        self.source = raw
        self._source, self._dialect, self._checker = source, dialect, checker
        self._plan = planned(source, dialect)
        self.strict = self._plan.strict
        self.direct = self._plan.decoder is SAME
        self._annotated: frozenset[str] | None = None
        self._by_marks: bool | None = None
        self._made_of: tuple[Any, str, bool] | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schema) and self._plan is other._plan

    def __hash__(self) -> int:
        return id(self._plan)

    def __copy__(self) -> Schema[T]:
        made: Schema[T] = object.__new__(Schema)
        for name in self.__slots__:
            setattr(made, name, getattr(self, name))
        return made

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        """A pickle holds the type, and what is read from it is compiled there."""
        if self._made_of is None:
            return super().__reduce_ex__(protocol)
        return _made_again, (*self._made_of, self._checker.context)

    @property
    def type(self) -> Any:
        """What it was compiled from: a type, or a JSON Schema."""
        return self._made_of[0] if self._made_of else None

    def _in(self, dialect: str | None) -> Schema[T]:
        """The same type for another family of endpoints."""
        open_objects = self._made_of is not None and self._made_of[2]
        made: Schema[T] = Schema.of(self.type, dialect=dialect, open_objects=open_objects)
        return made.within(self._checker.context)

    def within(self, context: object) -> Schema[T]:
        """The same schema, whose validators are handed the context. It equals this one: it is sent alike."""
        made = copy(self)
        made._checker = self._checker.within(context)
        return made

    @overload
    @classmethod
    def of(cls, type: Schema[T], *, dialect: str | None = None, open_objects: bool = False) -> Schema[T]: ...
    @overload
    @classmethod
    def of(cls, type: TypeForm[T], *, dialect: str | None = None, open_objects: bool = False) -> Schema[T]: ...
    @overload
    @classmethod
    def of(
        cls, type: Mapping[str, object], *, dialect: str | None = None, open_objects: bool = False
    ) -> Schema[Any]: ...
    @classmethod
    def of(cls, type: Any, *, dialect: str | None = None, open_objects: bool = False) -> Schema[Any]:
        """The schema of a type, or of a raw JSON Schema. Compiled once; UnsupportedTypeError says where it cannot be.
        A schema is taken too, and compiled for another dialect where one is named.

        ``dialect``: which family of endpoints is to take it, by default ``openai``.
        ``open_objects``: a raw schema's unlisted properties are asked for too, wherever it does not deny them.
        """
        if isinstance(type, Schema):
            return type if dialect in (None, type._dialect.name) else type._in(dialect)
        dialect = dialect or DEFAULT
        found = _by_identity.get((id(type), dialect, open_objects))
        if found is not None:
            return found[1]
        return _cached(type, dialect, open_objects)

    def encode(self, value: object) -> object:
        """Source JSON → wire JSON."""
        return self._plan.encoder.encode(value)

    def decode(self, value: object) -> object:
        """Wire JSON → source JSON. What is not in wire form stays as it is, for validation to judge."""
        try:
            return self._plan.decoder.decode(value)
        except RecursionError:
            return value

    def is_direct(self, text: str) -> bool:
        """Whether the text of an answer may go straight to ``validate_json``: nothing in it has to be decoded."""
        if self._by_marks is None:
            self._by_marks = self._plan.turns_on_marks()
        return self.direct or (self._by_marks and not may_hold_marks(text))

    def repeated(self, wire: object) -> tuple[str, ...]:
        """Paths in the source form of keys that a list of entries gives twice; ``decode`` keeps the last."""
        try:
            return tuple(to_path(keys) for keys in repeated(self._plan.decoder, wire))
        except RecursionError:  # so deep that nothing is decoded either
            return ()

    def to_wire(self, path: str, wire: object = None) -> str:
        """The path in the wire form of a path in the source form. Entries of a dict are found in the wire value."""
        return to_path(self._plan.decoder.to_wire(to_keys(path), wire))

    def to_source(self, path: str, wire: object = None) -> str:
        """The path in the source form of a path in the wire form. Keys of a dict are read from the wire value."""
        return to_path(self._plan.decoder.to_source(to_keys(path), wire))

    def validate(self, value: object, *, exact: bool = False) -> Checked[T]:
        """Source JSON, as Python objects, against the type's own rules, read as JSON is.

        ``exact``: what Pydantic would bend to fit, such as true for 1.0, is an issue, as in ``validate_json``.
        """
        return self._checker.value(value, exact)

    def validate_json(self, text: str | bytes) -> Checked[T]:
        """The text of a direct answer against the type's own rules: one call."""
        return self._checker.text(text)

    def dump(self, value: T) -> object:
        """A typed value as source JSON, as Python objects."""
        return self._checker.dump(value)

    def is_instance(self, value: object) -> bool:
        """Whether a value is an instance of the very class that the schema is of, whose rules have seen it."""
        kind = self._made_of[0] if self._made_of else None
        return isinstance(kind, type) and bool(fields_of(value)) and isinstance(value, kind)

    @property
    def annotated(self) -> frozenset[str]:
        """The keywords of the annotations in the type, such as ``x-on-invalid``. Looked for once."""
        if self._annotated is None:
            self._annotated = frozenset(annotations_of(self.source))
        return self._annotated

    def explain(self) -> tuple[Change, ...]:
        """Each thing that the strict schema says otherwise than the type: where, what and why."""
        return self._plan.changes

    def strict_tokens(self) -> int:
        """About how many tokens the strict schema costs in a prompt."""
        return text_tokens(text_of(self.strict))

    def narrow(self, paths: Iterable[str]) -> Narrowed:
        """A flat schema of what stands at some paths alone, to ask for just that."""
        return narrowed(self._source, self._dialect, self.name, paths)

    def mirror(self) -> Mirror:
        """What gives the source form of a wire value while it grows."""
        return Mirror(self._plan.decoder)

    def items(self, path: str) -> Items | None:
        """How the items of the list at a path are validated; None where the type has no such list, or several."""
        from .parts import items_of

        return items_of(self._checker, self.source, to_keys(path))

    def quoting(self, *, every: bool = True) -> Quoting:
        """The schema with a place for the words of the document beside every leaf, or beside those ``Quoted``."""
        return quoting(self._source, self._dialect, self.name, every=every)

    def partial(self) -> tuple[Schema[Any], Outline]:
        """The schema of what one window of a long document may say, and what a value is made of. Kept."""
        from .partial import PartialChecker

        kept, outline = _partial(self)
        made = copy(kept)
        made._checker = PartialChecker(self._checker, outline)
        return made, outline

    def _repr_html_(self) -> str:
        from .shown import of_schema

        return of_schema(self)

    def __repr__(self) -> str:
        return f"Schema({self.name})"


@lru_cache(maxsize=256)
def _partial(schema: Schema[Any]) -> tuple[Schema[Any], Outline]:
    """Schemas that are equal differ in their validators' context at most."""
    from .outline import relaxed

    root = schema._source.root
    rule, outline = relaxed(root)
    raw = without({**rule, "$defs": root.get("$defs", {})}, VERIFY)  # functions look at the whole alone
    source = replace(schema._source, asked=rule)
    return Schema(schema.name, raw, source, schema._dialect, schema._checker), outline


def _cached(kind: object, dialect: str, open_objects: bool) -> Schema[Any]:
    """Classes are known by identity, other types by what they say: ``int | str`` is no ``str | int``, though equal."""
    key = _content(kind)
    found = _by_content.get((key, dialect, open_objects)) if key is not None else None
    if found is not None:
        return found
    try:
        made = compiled(kind, dialect, open_objects)
    except RecursionError:
        raise UnsupportedTypeError(endless(kind)) from None
    with _lock:
        if key is not None:
            _keep(_by_content, (key, dialect, open_objects), made)
        elif not isinstance(kind, Mapping):
            _keep(_by_identity, (id(kind), dialect, open_objects), (kind, made))
    return made


def _content(kind: object) -> object:
    """What a type is known by, None where that is its identity alone."""
    try:
        if isinstance(kind, Mapping):
            return text_of(dict(kind))
        key = None if isinstance(kind, type) else (kind, repr(kind))
        hash(key)
    except (TypeError, ValueError, RecursionError):  # no JSON: to be told when it is compiled
        return None
    return key


def _keep(cache: dict[Any, Any], key: object, value: object) -> None:
    cache[key] = value
    _trim(cache)


def _trim(cache: dict[Any, Any]) -> None:
    """The oldest goes, so that no type is kept alive for ever."""
    if len(cache) > _KEPT:
        del cache[next(iter(cache))]


def compiled(kind: object, dialect: str = DEFAULT, open_objects: bool = False) -> Schema[Any]:
    """The schema of a type, made anew."""
    rules = dialect_of(dialect)
    checker: Checker
    if isinstance(kind, Mapping):
        from .raw import RawChecker, checked_schema

        raw, draft = checked_schema(kind)
        source = Source(modern(raw, str(draft.META_SCHEMA.get("$schema"))), False, open_objects)
        checker = RawChecker(raw, draft)
    else:
        adapter = adapter_of(kind)
        raw, lazy = source_of(adapter, kind)
        whole = eager(adapter.core_schema) if lazy else None
        source, checker = Source(raw, True), PydanticChecker(adapter, listed(raw), whole=whole)
    made: Schema[Any] = Schema(name_of(raw, kind), raw, source, rules, checker)
    made._made_of = (raw if isinstance(kind, Mapping) else kind, dialect, open_objects)
    return made


def _made_again(kind: Any, dialect: str, open_objects: bool, context: object) -> Schema[Any]:
    made = Schema.of(kind, dialect=dialect, open_objects=open_objects)
    return made if context is None else made.within(context)
