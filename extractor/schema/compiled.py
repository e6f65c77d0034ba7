"""``Schema[T]``: a type, compiled once: what is sent, the way there and back, and what validates the answer."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import orjson

from ..errors import UnsupportedTypeError
from ..paths import to_keys, to_path
from .checking import Checked, Checker, PydanticChecker, RawChecker, checked_schema
from .codec import SAME, Boxed, Codec, settle
from .dialects import DIALECTS
from .drafts import modern
from .finish import finished, name_in
from .form import Form, Json, Place, described
from .objects import Nothing, closed
from .source import adapter_of, name_of, source_of
from .strict import Change, Compiler

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")
_KEPT = 1024
_by_identity: dict[tuple[int, str, bool], tuple[object, Schema[Any]]] = {}
_by_content: dict[object, Schema[Any]] = {}
_lock = threading.Lock()


class Schema(Generic[T]):
    """A type as it is sent, read back and validated. Made by ``Schema.of``; never changed afterwards.

    ``source`` and ``strict`` are the source and the strict schema, ``name`` the name it is sent under.
    ``direct``: the answer's text may go straight to ``validate_json``, nothing has to be decoded.
    ``changes``: what the strict schema says otherwise, and where.
    """

    __slots__ = ("_checker", "_decoder", "_encoder", "changes", "direct", "name", "source", "strict")

    def __init__(
        self, name: str, source: Mapping[str, object], strict: Json, codec: Codec, compiler: Compiler, checker: Checker
    ) -> None:
        self.name = name
        self.source = source
        self.strict: Mapping[str, object] = strict
        self._encoder = settle(codec, compiler.codecs, decoding=False)
        self._decoder = settle(codec, compiler.codecs, decoding=True)
        self.direct = self._decoder is SAME
        self.changes = tuple(Change(str(place), kind, text) for place, kind, text in compiler.changes)
        self._checker = checker

    @classmethod
    def of(
        cls, type: TypeForm[T] | Mapping[str, object], *, dialect: str = "openai", open_objects: bool = False
    ) -> Schema[T]:
        """The schema of a type, or of a raw JSON Schema. Compiled once; UnsupportedTypeError says where it cannot be.

        ``open_objects``: a raw schema's unlisted properties are asked for too, wherever it does not deny them.
        """
        found = _by_identity.get((id(type), dialect, open_objects))
        if found is not None:
            return found[1]
        return _cached(type, dialect, open_objects)

    def encode(self, value: object) -> object:
        """Source JSON → wire JSON."""
        return self._encoder.encode(value)

    def decode(self, value: object) -> object:
        """Wire JSON → source JSON. What is not in wire form stays as it is, for validation to judge."""
        return self._decoder.decode(value)

    def to_wire(self, path: str, wire: object = None) -> str:
        """The path in the wire form of a path in the source form. Entries of a dict are found in the wire value."""
        return to_path(self._decoder.to_wire(to_keys(path), wire))

    def to_source(self, path: str, wire: object = None) -> str:
        """The path in the source form of a path in the wire form. Keys of a dict are read from the wire value."""
        return to_path(self._decoder.to_source(to_keys(path), wire))

    def validate(self, value: object) -> Checked[T]:
        """Source JSON, as Python objects, against the type's own rules, read as JSON is."""
        return self._checker.value(value)

    def validate_json(self, text: str | bytes) -> Checked[T]:
        """The text of a direct schema against the type's own rules: one call."""
        return self._checker.text(text)

    def dump(self, value: T) -> object:
        """A typed value as source JSON, as Python objects."""
        return self._checker.dump(value)

    def __repr__(self) -> str:
        return f"Schema({self.name})"


def _cached(kind: object, dialect: str, open_objects: bool) -> Schema[Any]:
    """Classes are known by identity, other types by what they say: ``int | str`` is no ``str | int``, though equal."""
    try:
        key: object = (_content(kind), dialect, open_objects)
        hash(key)
    except TypeError:
        key = None
    found = _by_content.get(key) if key is not None else None
    if found is None:
        found = _compile(kind, dialect, open_objects)
        with _lock:
            if key is None or isinstance(kind, type):
                _keep(_by_identity, (id(kind), dialect, open_objects), (kind, found))
            else:
                found = _by_content.setdefault(key, found)
                _trim(_by_content)
    return found


def _content(kind: object) -> object:
    if isinstance(kind, Mapping):
        return orjson.dumps(dict(kind))
    return kind if isinstance(kind, type) else (kind, repr(kind))


def _keep(cache: dict[Any, Any], key: object, value: object) -> None:
    cache[key] = value
    _trim(cache)


def _trim(cache: dict[Any, Any]) -> None:
    """The oldest goes, so that no type is kept alive for ever."""
    if len(cache) > _KEPT:
        del cache[next(iter(cache))]


def _compile(kind: object, dialect: str, open_objects: bool) -> Schema[Any]:
    if dialect not in DIALECTS:
        raise ValueError(f"no dialect {dialect!r}; there are {', '.join(DIALECTS)}")
    checker: Checker
    if isinstance(kind, Mapping):
        source = checked_schema(kind)
        root, checker = modern(source), RawChecker(source)
    else:
        adapter = adapter_of(kind)
        source = root = source_of(adapter, kind)
        checker = PydanticChecker(adapter)
    compiler = Compiler(root, DIALECTS[dialect], typed=not isinstance(kind, Mapping), open_objects=open_objects)
    try:
        form = _rooted(compiler.node(root, Place()), compiler)
    except Nothing:
        raise UnsupportedTypeError("no value fits this type, so there is nothing to ask for") from None
    except RecursionError:
        raise UnsupportedTypeError(
            "the type is nested too deep to compile; give its parts names of their own"
        ) from None
    return Schema(name_of(source, kind), source, finished(form.schema, compiler.forms), form.codec, compiler, checker)


def _rooted(form: Form, c: Compiler) -> Form:
    """The root as an object: anything else goes into a box."""
    form = described(form)
    name = name_in(form.schema)
    schema = c.forms[name].schema if name is not None else form.schema
    if schema.get("type") == "object":
        return form
    c.change(Place(), "boxed", "the root must be an object, so the value stands alone in one")
    return Form(closed({"value": form.schema}), Boxed("value", form.codec))
