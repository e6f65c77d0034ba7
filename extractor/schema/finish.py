"""The compiled forms as one schema to send: the definitions that are used, each once, and a root that is an object."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from .form import Form, Json

_PREFIX = "#/$defs/"


def finished(root: Json, forms: Mapping[str, Form]) -> Json:
    """The schema that is sent. ``root`` is an object or a reference to one."""
    own = name_in(root)
    if own is not None:
        root = forms[own].schema
    used = _reached(root, forms)
    names = {name: _PREFIX + name for name in used} | ({own: "#"} if own is not None else {})
    rename = _renamer(names)
    schema = rename(root)
    defs = {name: rename(forms[name].schema) for name in used if name != own}
    return {**schema, "$defs": defs} if defs else schema


def name_in(schema: Mapping[str, object]) -> str | None:
    """The name of the definition that the schema refers to."""
    ref = schema.get("$ref")
    return ref.removeprefix(_PREFIX) if isinstance(ref, str) else None


def _reached(root: Json, forms: Mapping[str, Form]) -> list[str]:
    """The names of definitions in use, in the order in which they are met."""
    found: dict[str, None] = {}
    waiting = list(_names(root))
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = None
            waiting += _names(forms[name].schema)
    return list(found)


def _names(schema: Mapping[str, object]) -> Iterator[str]:
    name = name_in(schema)
    if name is not None:
        yield name
    for inner in children(schema):
        yield from _names(inner)


def children(schema: Mapping[str, object]) -> Iterator[Json]:
    """The strict schemas directly inside one."""
    properties, items, branches = schema.get("properties"), schema.get("items"), schema.get("anyOf")
    if isinstance(properties, Mapping):
        yield from properties.values()
    if isinstance(items, dict):
        yield items
    if isinstance(branches, list):
        yield from branches


def mapped(schema: Mapping[str, object], change: Callable[[Json], Json]) -> Json:
    """A copy of a strict schema whose direct children are changed."""
    copy: Json = dict(schema)
    if isinstance(copy.get("properties"), Mapping):
        copy["properties"] = {key: change(inner) for key, inner in copy["properties"].items()}  # type: ignore[attr-defined]
    if isinstance(copy.get("items"), dict):
        copy["items"] = change(copy["items"])  # type: ignore[arg-type]
    if isinstance(copy.get("anyOf"), list):
        copy["anyOf"] = list(map(change, copy["anyOf"]))  # type: ignore[call-overload]
    return copy


def _renamer(names: Mapping[str, str]) -> Callable[[Json], Json]:
    def rename(schema: Json) -> Json:
        name = name_in(schema)
        return {"$ref": names[name]} if name is not None else mapped(schema, rename)

    return rename
