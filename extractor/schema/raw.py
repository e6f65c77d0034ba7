"""Raw schemas: validated by jsonschema, in their own draft. Imported when one is met, since types need none of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any, cast

from jsonschema import (
    Draft3Validator,
    Draft4Validator,
    Draft7Validator,
    Draft201909Validator,
    Draft202012Validator,
    FormatChecker,
)
from jsonschema.exceptions import SchemaError
from jsonschema.exceptions import ValidationError as Mismatch
from jsonschema.validators import extend, validator_for
from pydantic_core import PydanticSerializationError, from_json, to_json
from referencing import Registry
from referencing.exceptions import Unresolvable

from ..errors import UnsupportedTypeError
from ..issues import Issue
from ..paths import to_path
from .checking import Checked, short
from .drafts import pointed
from .patterns import MOMENT, STANDARD
from .regexes import pattern_fits, search

if TYPE_CHECKING:
    from jsonschema.protocols import Validator


class RawChecker:
    """A raw schema, in its own draft."""

    __slots__ = ("_draft", "_validator")

    context: object = None

    def __init__(self, schema: Mapping[str, object], draft: type[Validator]) -> None:
        uri = str(draft.META_SCHEMA.get("$schema"))
        self._draft, self._validator = draft, _searching(draft)(pointed(schema, uri), format_checker=_held_formats())

    def value(self, value: object, exact: bool = False) -> Checked[Any]:
        try:
            issues = mismatches(self._validator.iter_errors(cast(Any, value)))
        except RecursionError:
            issues = (Issue("$", "It cannot be validated: it, or the schema, goes on without an end", None, "depth"),)
        return Checked(None if issues else value, issues)

    def text(self, text: str | bytes) -> Checked[Any]:
        try:
            return self.value(from_json(text))
        except ValueError as error:
            return Checked(None, (Issue("$", short(str(error)), None, "syntax"),))

    def dump(self, value: object) -> object:
        return value

    def within(self, context: object) -> RawChecker:
        return self

    def of(self, rule: Mapping[str, object]) -> RawChecker:
        """What validates by another schema of the same draft."""
        return RawChecker(rule, self._draft)


@cache
def _searching(draft: type[Validator]) -> type[Validator]:
    """A draft whose patterns are searched as ours are, so that none takes a time without bounds."""
    kind: type[Validator] = extend(draft, _SEARCHED)  # type: ignore[no-untyped-call]
    return kind


def _pattern(validator: Validator, pattern: Any, instance: Any, schema: Any) -> Iterator[Mismatch]:
    if isinstance(instance, str) and not pattern_fits(pattern, instance):
        yield Mismatch(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(validator: Any, rules: Any, instance: Any, schema: Any) -> Iterator[Mismatch]:
    for pattern, rule in rules.items() if isinstance(instance, dict) else ():
        for key in [key for key in instance if pattern_fits(pattern, key)]:
            yield from validator.descend(instance[key], rule, path=key, schema_path=pattern)


def _additional(validator: Any, rule: Any, instance: Any, schema: Any) -> Iterator[Mismatch]:
    if not isinstance(instance, dict):
        return
    listed, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    further = [key for key in instance if key not in listed and not any(pattern_fits(one, key) for one in patterns)]
    if isinstance(rule, dict):
        for key in further:
            yield from validator.descend(instance[key], rule, path=key)
    elif not rule and further:
        yield Mismatch(f"Properties that do not belong here: {', '.join(map(repr, further))}")


_SEARCHED: dict[str, Any] = {
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional,
    "dependencies": Draft7Validator.VALIDATORS["dependencies"],  # which later drafts leave out, and schemas do not
}


@cache
def _held_formats() -> FormatChecker:
    """The formats that answers are held to: those that endpoints hold them to where they take the strict schema.

    A list of our own, since jsonschema's hangs on which other packages are there.
    """
    checker = FormatChecker(("date", "email", "ipv4", "ipv6", "uuid"))
    for name, pattern in {**STANDARD, "date-time": MOMENT}.items():
        checker.checkers[name] = (partial(_is_found, pattern), ())
    return checker


def _is_found(pattern: str, text: object) -> bool:
    return not isinstance(text, str) or pattern_fits(pattern, text)


def _formats(draft: type[Validator]) -> FormatChecker:
    """What a draft's metaschema checks, with our own readers of patterns."""
    checker = FormatChecker(())
    checker.checkers = {**draft.FORMAT_CHECKER.checkers, "regex": (_is_regex, ())}
    return checker


def _is_regex(text: object) -> bool:
    return not isinstance(text, str) or search(text) is not None


_DRAFTS = (Draft202012Validator, Draft201909Validator, Draft7Validator, Draft4Validator)
_KEYWORDS = {keyword for draft in _DRAFTS for keyword in draft.VALIDATORS} | set(
    "$schema $id id $defs definitions $comment $anchor title description default examples readOnly writeOnly deprecated"
    " contentEncoding contentMediaType contentSchema then else".split()
)


def checked_schema(schema: Mapping[str, object]) -> tuple[dict[str, object], type[Validator]]:
    """A copy of a raw JSON Schema and its draft: the stated one, else the latest whose metaschema takes it."""
    try:
        copy: dict[str, object] = from_json(to_json(dict(schema)))
    except (PydanticSerializationError, ValueError, RecursionError) as error:
        raise UnsupportedTypeError(f"the JSON Schema is no JSON: {short(str(error))}") from error
    if copy and copy.keys().isdisjoint(_KEYWORDS):
        raise UnsupportedTypeError(
            f"the dict is no JSON Schema: none of its keys is a keyword ({short(', '.join(copy))});"
            ' write it like {"type": "object", "properties": {"name": {"type": "string"}}}'
        )
    drafts: list[type[Validator]]
    drafts = [validator_for(copy)] if "$schema" in copy else list(_DRAFTS)
    if Draft3Validator in drafts:
        raise UnsupportedTypeError("the JSON Schema is of draft 3; write it as draft 4 to 2020-12", path="$")
    faults: list[SchemaError] = []
    for draft in drafts:
        fault = _invalid(copy, draft)
        if fault is None:
            _check_ends(copy, draft)
            return copy, draft
        faults.append(fault)
    first = faults[0]
    path = to_path(first.absolute_path)
    text = f"the JSON Schema is invalid at {path}: {short(first.message)}; correct it there"
    raise UnsupportedTypeError(text, path=path) from first


def _check_ends(schema: dict[str, object], draft: type[Validator]) -> None:
    """UnsupportedTypeError where references lead round in a circle, so that no value can ever be validated."""
    try:
        for _ in draft(schema, registry=Registry()).iter_errors(None):
            pass
    except RecursionError:
        text = "the JSON Schema refers to itself without an end ($ref, allOf): no value can be held against it"
        raise UnsupportedTypeError(f"{text}; take the reference out that leads back") from None
    except Unresolvable:  # told, with its place, where references are followed
        pass


def _invalid(schema: dict[str, object], draft: type[Validator]) -> SchemaError | None:
    try:
        cast(Any, draft).check_schema(schema, format_checker=_formats(draft))
    except SchemaError as error:
        return error
    return None


def mismatches(errors: Iterable[Mismatch]) -> tuple[Issue, ...]:
    """The issues of a value that jsonschema refused; of a union those of the branch it comes nearest to."""
    return tuple(_mismatch(leaf) for error in errors for leaf in _leaves(error))


def _leaves(error: Mismatch) -> Iterator[Mismatch]:
    if error.validator not in {"anyOf", "oneOf"} or not error.context:
        yield error
        return
    branches: dict[object, list[Mismatch]] = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).append(inner)
    nearest = min(branches.values(), key=_far)
    for inner in nearest:
        yield from _leaves(inner)


def _far(errors: Sequence[Mismatch]) -> tuple[int, int, int]:
    wrong_type = sum(1 for error in errors if not error.relative_path and error.validator == "type")
    tags = sum(1 for error in errors if error.validator in {"const", "enum"})
    return wrong_type, tags, len(errors)


def _mismatch(error: Mismatch) -> Issue:
    keys = tuple(error.absolute_path)
    wanted = error.validator_value
    if error.validator == "required" and isinstance(wanted, list):
        missing = [key for key in wanted if error.message.startswith(repr(key))]
        return Issue(to_path((*keys, *missing)), "Field required", None, "missing")
    return Issue(to_path(keys), _words(error), error.instance, str(error.validator))


def _words(error: Mismatch) -> str:
    """jsonschema's sentence, without the value that it starts with where that is long."""
    shown = repr(error.instance)
    if len(shown) > 80 and error.message.startswith(shown):
        return short("The value" + error.message[len(shown) :])
    return short(error.message)
