"""The compiled forms as one schema to send: the definitions in use, each once, and nothing nested too deep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from .form import Form, Json

_PREFIX = "#/$defs/"


def finished(root: Json, forms: Mapping[str, Form]) -> Json:
    """The schema that is sent. ``root`` is an object or a reference to one, which becomes ``#``."""
    own = name_in(root)
    schema = root if own is None else forms[own].schema
    defs = {name: forms[name].schema for name in _reached(schema, forms) if name != own}
    if own is not None:
        rename = _renamer(own)
        schema, defs = rename(schema), {name: rename(held) for name, held in defs.items()}
    return {**schema, "$defs": defs} if defs else schema


def lifted(schema: Json, most: int) -> Json:
    """The schema with what nests deeper than is taken in definitions of its own, where the depth counts anew."""
    old = schema.get("$defs")
    old = old if isinstance(old, dict) else {}
    new: dict[str, Json] = {}
    lift = _lifter(new, set(old), most)
    root = lift({key: value for key, value in schema.items() if key != "$defs"}, 0)
    kept = {name: lift(held, 0) for name, held in old.items()}
    return {**root, "$defs": {**kept, **new}}


def name_in(schema: Mapping[str, object]) -> str | None:
    """The name of the definition that the schema refers to."""
    ref = schema.get("$ref")
    return ref.removeprefix(_PREFIX) if isinstance(ref, str) else None


def children(schema: Mapping[str, object]) -> Iterator[Json]:
    """The strict schemas directly inside one."""
    properties, items, branches = schema.get("properties"), schema.get("items"), schema.get("anyOf")
    if isinstance(properties, dict):
        yield from properties.values()
    if isinstance(items, dict):
        yield items
    if isinstance(branches, list):
        yield from branches


def mapped(schema: Mapping[str, object], change: Callable[[Json], Json]) -> Json:
    """A copy of a strict schema whose direct children are changed."""
    copy: Json = dict(schema)
    properties, items, branches = schema.get("properties"), schema.get("items"), schema.get("anyOf")
    if isinstance(properties, dict):
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


def _renamer(own: str) -> Callable[[Json], Json]:
    """Leads references to the definition that became the root there."""

    def rename(schema: Json) -> Json:
        return {"$ref": "#"} if name_in(schema) == own else mapped(schema, rename)

    return rename


def _lifter(defs: dict[str, Json], taken: set[str], most: int) -> Callable[[Json, int], Json]:
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
