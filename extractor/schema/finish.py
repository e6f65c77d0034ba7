"""The compiled forms as one schema to send: the definitions in use, each once, and nothing nested too deep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from .dialects import Dialect
from .form import Form, Json

_PREFIX = "#/$defs/"


def finished(root: Json, forms: Mapping[str, Form], dialect: Dialect) -> Json:
    """The schema that is sent. ``root`` is an object or a reference to one, which becomes ``#``."""
    own = name_in(root)
    if own is not None:
        root = forms[own].schema
    used = _reached(root, forms)
    names = {name: _PREFIX + name for name in used} | ({own: "#"} if own is not None else {})
    rename = _renamer(names)
    defs: dict[str, Json] = {}
    lift = _lifter(defs, set(used), dialect.depth)
    schema = lift(rename(root), 0)
    defs |= {name: lift(rename(forms[name].schema), 0) for name in used if name != own}
    return {**schema, "$defs": defs} if defs else schema


def name_in(schema: Mapping[str, object]) -> str | None:
    """The name of the definition that the schema refers to."""
    ref = schema.get("$ref")
    return ref.removeprefix(_PREFIX) if isinstance(ref, str) else None


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
    properties, items, branches = schema.get("properties"), schema.get("items"), schema.get("anyOf")
    if isinstance(properties, Mapping):
        copy["properties"] = {key: change(inner) for key, inner in properties.items()}
    if isinstance(items, dict):
        copy["items"] = change(items)
    if isinstance(branches, list):
        copy["anyOf"] = list(map(change, branches))
    return copy


def _reached(root: Json, forms: Mapping[str, Form]) -> list[str]:
    """The names of definitions in use, in the order in which they are met."""
    found: dict[str, None] = {}
    waiting = list(_names(root))[::-1]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = None
            waiting += list(_names(forms[name].schema))[::-1]
    return list(found)


def _names(schema: Json) -> Iterator[str]:
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        name = name_in(node)
        if name is not None:
            yield name
        waiting += list(children(node))[::-1]


def _renamer(names: Mapping[str, str]) -> Callable[[Json], Json]:
    def rename(schema: Json) -> Json:
        name = name_in(schema)
        return {"$ref": names[name]} if name is not None else mapped(schema, rename)

    return rename


def _lifter(defs: dict[str, Json], taken: set[str], most: int) -> Callable[[Json, int], Json]:
    """Lifts objects that stand deeper than is taken into definitions, where the depth counts anew."""

    def lift(schema: Json, depth: int) -> Json:
        if "properties" not in schema:
            return mapped(schema, lambda inner: lift(inner, depth))
        if depth < most:
            return mapped(schema, lambda inner: lift(inner, depth + 1))
        name = next(name for at in range(len(taken) + 1) if (name := f"Part{at + 1}") not in taken)
        taken.add(name)
        defs[name] = lift(schema, 0)
        return {"$ref": _PREFIX + name}

    return lift
