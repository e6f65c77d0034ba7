"""What validation found, as issues with paths of the source form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from pydantic_core import ErrorDetails, PydanticSerializationError, ValidationError, from_json, to_json

from ..issues import Issue
from ..paths import Keys, to_path
from .dumping import dumped

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Checked(Generic[T]):
    """What validation gave: ``value`` means something where there are no issues."""

    value: T | None
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class _Fault:
    """One error of Pydantic: where it stands in the value, and the union branches around it, each with its depth."""

    keys: Keys
    branches: tuple[tuple[int, str | int], ...]
    error: ErrorDetails


def issues_of(error: ValidationError, value: object) -> tuple[Issue, ...]:
    """The issues of a value that Pydantic refused; of a union those of the branch that it comes nearest to."""
    faults = [_fault(detail, value) for detail in error.errors(include_url=False)]
    told = {id(fault) for fault in _nearest(faults, 0)}
    return tuple(_issue(fault, value) for fault in faults if id(fault) in told)


def unreadable(text: str | bytes) -> object:
    """The JSON in the text as far as it goes, for paths and values of issues."""
    try:
        return from_json(text)
    except ValueError:
        return None


def _fault(error: ErrorDetails, value: object) -> _Fault:
    """Parts of ``loc`` that are not in the value name branches and validators."""
    keys: list[str | int] = []
    branches: list[tuple[int, str | int]] = []
    missing = error["type"] in {
        "missing",
        "missing_argument",
        "missing_keyword_only_argument",
        "missing_positional_only_argument",
    }
    last = len(error["loc"]) - 1
    for at, part in enumerate(error["loc"]):
        if missing and at == last:
            keys.append(part)
        elif _holds(value, part):
            keys.append(_key(value, part))
            value = value[_key(value, part)]  # type: ignore[index]
        elif part != "[key]":
            branches.append((len(keys), part))
    return _Fault(tuple(keys), tuple(branches), error)


def _holds(value: object, part: str | int) -> bool:
    if isinstance(value, Mapping):
        return _key(value, part) in value
    return isinstance(value, list) and isinstance(part, int) and 0 <= part < len(value)


def _key(value: object, part: str | int) -> str | int:
    return str(part) if isinstance(value, Mapping) else part


def _nearest(faults: Sequence[_Fault], level: int) -> Iterator[_Fault]:
    """Faults without those of the branches of a union that the value comes less near to."""
    unions: dict[Keys, dict[str | int, list[_Fault]]] = {}
    for fault in faults:
        if len(fault.branches) <= level:
            yield fault
        else:
            depth, name = fault.branches[level]
            unions.setdefault(fault.keys[:depth], {}).setdefault(name, []).append(fault)
    for keys, branches in unions.items():
        yield from _nearest(min(branches.values(), key=partial(_distance, depth=len(keys))), level + 1)


def _distance(faults: Sequence[_Fault], depth: int) -> tuple[int, int, int]:
    """How far a value is from a branch: another type at all, another tag, so many faults."""
    shallow = sum(1 for fault in faults if len(fault.keys) <= depth and fault.error["type"] not in _INSIDE)
    tags = sum(
        1
        for fault in faults
        if len(fault.keys) == depth + 1 and fault.error["type"] in {"literal_error", "enum", "missing"}
    )
    return shallow, tags, len(faults)


_INSIDE = frozenset(
    [
        "value_error",
        "assertion_error",
        "missing",
        "too_short",
        "too_long",
        "string_too_short",
        "string_too_long",
        "string_pattern_mismatch",
        "greater_than",
        "greater_than_equal",
        "less_than",
        "less_than_equal",
        "multiple_of",
        "enum",
        "literal_error",
    ]
)


def _issue(fault: _Fault, value: object) -> Issue:
    error = fault.error
    if error["loc"] and error["loc"][-1] == "[key]" and fault.keys:
        return Issue(to_path(fault.keys), f"The key: {_message(error)}", fault.keys[-1], error["type"])
    for key in fault.keys:
        value = value[key] if _holds(value, key) else None  # type: ignore[index]
    return Issue(to_path(fault.keys), _message(error), value, error["type"])


def _message(error: ErrorDetails) -> str:
    raised = error.get("ctx", {}).get("error")
    if error["type"] in {"value_error", "assertion_error"} and raised is not None:
        return short(str(raised)) or short(error["msg"])
    return short(error["msg"])


def short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _is_finite(text: str | bytes) -> bool:
    """Whether no NaN or Infinity stands in the JSON outside strings: Pydantic would read them."""
    named = ("NaN" in text or "Infinity" in text) if isinstance(text, str) else b"NaN" in text or b"Infinity" in text
    if not named:
        return True
    try:
        from_json(text, allow_inf_nan=False)
    except ValueError:
        return False
    return True


def _strange(made: object, value: object, listed: Set[str]) -> tuple[Issue, ...]:
    """The issue of an object that became a model though none of its keys is the model's, nor one of its schema."""
    names = [field.alias or name for name, field in getattr(type(made), "model_fields", {}).items()]
    if not names or not isinstance(value, dict) or not value or value.keys() & listed:
        return ()
    text = f"None of these keys belongs here: {', '.join(value)}. There are: {', '.join(names)}"
    return (Issue("$", short(text), None, "strange_keys"),)


class Checker(Protocol):
    """What validates source JSON: Pydantic for types, jsonschema for raw schemas."""

    @property
    def context(self) -> object: ...

    def value(self, value: object, exact: bool = False) -> Checked[Any]: ...

    def text(self, text: str | bytes) -> Checked[Any]: ...

    def dump(self, value: object) -> object: ...

    def within(self, context: object) -> Checker: ...


class PydanticChecker:
    """A type's own rules, in JSON mode.

    ``listed`` are the properties of its source schema. ``context`` is what Pydantic hands to the type's validators.
    ``whole`` reads the text in the place of the type, where the type alone would leave some of it unread.
    """

    __slots__ = ("_listed", "_read", "_whole", "adapter", "context")

    def __init__(
        self,
        adapter: TypeAdapter[Any],
        listed: Set[str],
        context: object = None,
        whole: Callable[..., object] | None = None,
    ) -> None:
        self.adapter, self._listed, self.context, self._whole = adapter, listed, context, whole
        read: Callable[..., Any] = adapter.validator.validate_json if whole is None else whole
        self._read = read if context is None else partial(read, context=context)

    def within(self, context: object) -> PydanticChecker:
        return PydanticChecker(self.adapter, self._listed, context, self._whole)

    def value(self, value: object, exact: bool = False) -> Checked[Any]:
        try:
            return self.text(to_json(value)) if exact else self._checked(to_json(value))
        except (PydanticSerializationError, RecursionError) as error:
            text = short(f"This is no JSON value: {error}")
            return Checked(None, (Issue("$", text, None, "json_invalid"),))

    def text(self, text: str | bytes) -> Checked[Any]:
        """As the type says it to the letter: Pydantic alone would take true for 1.0 and 0 for 1970-01-01."""
        try:
            value = self._read(text, strict=True)
        except ValidationError as error:
            return Checked(None, issues_of(error, unreadable(text)))
        if not _is_finite(text):
            return Checked(None, (Issue("$", "NaN and Infinity are no JSON", None, "json_invalid"),))
        return Checked(value) if getattr(value, "model_fields_set", True) else self._checked(text)

    def _checked(self, text: str | bytes) -> Checked[Any]:
        try:
            value = self._read(text)
        except ValidationError as error:
            return Checked(None, issues_of(error, unreadable(text)))
        strange = () if getattr(value, "model_fields_set", True) else _strange(value, unreadable(text), self._listed)
        return Checked(None, strange) if strange else Checked(value)

    def dump(self, value: object) -> object:
        return dumped(self.adapter, value)
