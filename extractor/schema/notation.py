"""A type in a line of text: ``schema_of("name, age int?, lines list[{item, price decimal: with tax}]")``.

    fields  field, field …       divided by commas or line breaks
    field   name [type] [?] [: description]     without a type it is text; with ? it may be absent
    type    word | list[type] | dict[type] | {fields} | "a" | "b" | 1 | 2     divided by |

A description that holds a comma stands in quotes.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Literal, NoReturn, Union, get_args, get_origin
from uuid import UUID

from pydantic import AnyUrl, BaseModel, ConfigDict, Field, create_model

from ..errors import UnsupportedTypeError
from ..paths import Keys, to_path
from .compiled import Schema

_WORDS: Mapping[str, Any] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "decimal": Decimal,
    "date": date,
    "datetime": datetime,
    "time": time,
    "timedelta": timedelta,
    "uuid": UUID,
    "url": AnyUrl,
    "any": Any,
    "list": list[str],
    "dict": dict[str, str],
}
_HOLDING: Mapping[str, Callable[[Any], Any]] = {
    "list": list.__class_getitem__,
    "dict": lambda kind: dict.__class_getitem__((str, kind)),
}
_NAME = re.compile(r"[^\W\d]\w*")
_TEXT = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'")
_NUMBER = re.compile(r"-?\d+\b(?!\.\d)")
_PLAIN = re.compile(r"[^,}\n]*")
_DEEPEST = 30
_OWN = frozenset(name for name in dir(BaseModel) if name.startswith("model_"))
"""Names that would take away what an object is read and written by."""


def schema_of(fields: str, *, name: str = "Record") -> Schema[Any]:
    """The schema of an object whose fields are told in a line, for a quick one at the prompt.

    ``"name, age int, tags list[str]"``: a field is a name, then its type (text where there is none), ``?`` where it may
    be absent, and after ``:`` what the model should know of it. Types are str, int, float, bool, decimal, date,
    datetime, time, timedelta, uuid, url, any, ``list[…]``, ``dict[…]``, ``{…}`` for an object, and ``"kg" | "m"`` for a
    choice. UnsupportedTypeError shows where it cannot be read. Values are instances of a class called ``name``.
    """
    if not isinstance(fields, str):
        raise TypeError(f"schema_of takes a text such as 'name, age int', not {type(fields).__name__}")
    reader = _Reader(fields)
    made = reader.fields(name, ())
    reader.blank()
    if reader.at < len(fields):
        reader.fail("no field, and no end", ())
    return Schema.of(made)


class _Reader:
    """Goes through the text; ``at`` is the character that is next."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def blank(self, signs: str = r"\s") -> None:
        self._skip(re.compile(f"[{signs}]*"))

    def fields(self, name: str, keys: Keys) -> type[BaseModel]:
        """An object, up to the end of the text or a brace."""
        found: dict[str, Any] = {}
        self.blank(r"\s,")
        if len(keys) > _DEEPEST:
            self.fail(f"objects within objects, over {_DEEPEST} levels deep", keys)
        while self.at < len(self.text) and not self.next_is("}"):
            key = self._name(found, keys)
            found[key] = self._field((*keys, key))
            self.blank(r" \t\r")
            if self.at < len(self.text) and self.text[self.at] not in ",\n}":
                self.fail("more of this field: a comma divides fields, and ? and : stand behind the type", (*keys, key))
            self.blank(r"\s,")
        if not found:
            self.fail("no field: at least one is wanted", keys)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Field name", category=UserWarning)
            return create_model(name, __config__=ConfigDict(protected_namespaces=()), **found)

    def next_is(self, sign: str) -> bool:
        return self.text.startswith(sign, self.at)

    def take(self, sign: str) -> bool:
        taken = self.next_is(sign)
        self.at += len(sign) * taken
        return taken

    def fail(self, what: str, keys: Keys, at: int | None = None) -> NoReturn:
        at = self.at if at is None else at
        start = self.text.rfind("\n", 0, at) + 1
        line = self.text[start:].split("\n", 1)[0]
        raise UnsupportedTypeError(
            f"schema_of found {what}, at character {at + 1}:\n  {line}\n  {' ' * (at - start)}^", path=to_path(keys)
        )

    def _skip(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
        return found

    def _name(self, taken: Mapping[str, object], keys: Keys) -> str:
        start, found = self.at, self._skip(_NAME)
        if found is None:
            self.fail(f"{self.text[start]!r} where a field's name is wanted", keys)
        name = found[0]
        if name in taken or name.startswith("_") or name in _OWN:
            why = "a second time" if name in taken else "as a name: choose one without that beginning"
            self.fail(f"{name!r} {why}", keys, start)
        return name

    def _field(self, keys: Keys) -> tuple[Any, Any]:
        self.blank(r" \t\r")
        has_type = self.at < len(self.text) and self.text[self.at] not in ",?:}\n"
        kind = self._union(keys) if has_type else str
        self.blank(r" \t\r")
        absent = self.take("?")
        self.blank(r" \t\r")
        described = self._description() if self.take(":") else None
        return (kind | None if absent else kind), Field(None if absent else ..., description=described)

    def _description(self) -> str | None:
        self.blank(r" \t\r")
        found = self._skip(_TEXT) or self._skip(_PLAIN)
        return next(filter(None, found.groups()), found[0].strip("\"'")).strip() or None if found else None

    def _union(self, keys: Keys) -> Any:
        kinds = [self._kind(keys)]
        self._before("|")
        while self.take("|"):
            self.blank()
            kinds.append(self._kind(keys))
            self._before("|")
        return _either(kinds)

    def _before(self, sign: str) -> None:
        """Skip what is blank before a sign; a line break that is none before it ends the field."""
        self._skip(re.compile(rf"\s*(?=\{sign})"))

    def _kind(self, keys: Keys) -> Any:
        start = self.at
        if self.take("{"):
            made = self.fields(_title(keys), keys)
            return self._closed("}", made, keys)
        if text := self._skip(_TEXT):
            return Literal[text[1] if text[2] is None else text[2]]
        if number := self._skip(_NUMBER):
            return Literal[int(number[0])]
        word = self._skip(_NAME)
        if word is None:
            self.fail(f"{self.text[start:][:1]!r} where a type is wanted" if self.text[start:] else "the end", keys)
        if word[0] in _HOLDING and self.take("["):
            self.blank()
            inner = self._union((*keys, 0))
            return self._closed("]", _HOLDING[word[0]](inner), keys)
        if word[0] not in _WORDS:
            near = get_close_matches(word[0].lower(), _WORDS, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"types are {', '.join(_WORDS)}"
            self.fail(f"{word[0]!r}, which is no type: {hint}", keys, start)
        return _WORDS[word[0]]

    def _closed(self, sign: str, made: Any, keys: Keys) -> Any:
        self.blank()
        if not self.take(sign):
            self.fail(f"no {sign!r} where one is wanted", keys)
        return made


def _either(kinds: list[Any]) -> Any:
    """A union; its words and numbers are one choice, where the first of them stands."""
    words = tuple(word for kind in kinds if get_origin(kind) is Literal for word in get_args(kind))
    choice: Any = Literal[words] if words else None
    return Union[tuple(choice if get_origin(kind) is Literal else kind for kind in kinds)]  # noqa: UP007


def _title(keys: Keys) -> str:
    """The name of the class of an object, by its field."""
    words = [key for key in keys if isinstance(key, str)]
    return "".join(part[:1].upper() + part[1:] for part in words[-1].split("_"))
