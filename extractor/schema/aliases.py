"""The aliases of a field: the names that it is read by, and the nested shapes that they lead into."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import JsonSchemaValue


def plain_names(alias: Any) -> list[str]:
    """The choices of an alias that are keys of the object itself."""
    if isinstance(alias, str):
        return [alias]
    paths = [] if not alias else alias if isinstance(alias[0], list) else [alias]
    return [path[0] for path in paths if len(path) == 1 and isinstance(path[0], str)]


def alias_path(alias: Any) -> list[str | int] | None:
    """The first way of an alias that leads deeper than one key, where no plain name is among its choices."""
    if not isinstance(alias, list) or not alias:
        return None
    paths = alias if isinstance(alias[0], list) else [alias]
    return paths[0] if all(len(path) > 1 for path in paths) else None


def nest(node: JsonSchemaValue, path: list[str | int], rule: JsonSchemaValue, needed: bool) -> None:
    """Puts the rule of a field at the end of its alias path, into fresh objects and arrays."""
    key, rest = path[0], path[1:]
    if isinstance(key, int):
        node.setdefault("type", "array")
        items = node.setdefault("prefixItems", [])
        items += [{} for _ in range(key + 1 - len(items))]
        node["items"] = False
        node["minItems"] = max(node.get("minItems", 0), key + 1 if needed else 0)
        held = items
    else:
        node.setdefault("type", "object")
        held = node.setdefault("properties", {})
        if needed:
            node["required"] = list(dict.fromkeys([*node.get("required", []), key]))
        held.setdefault(key, {})
    if rest:
        nest(held[key], rest, rule, needed)
    else:
        held[key] = rule
