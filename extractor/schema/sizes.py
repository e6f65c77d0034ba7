"""How long the answers to a strict schema are, in tokens: the shortest, and one that says all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..tokens import text_tokens

_DEEPEST = 6
_SHORTEST = {"string": 1, "number": 1, "integer": 1, "boolean": 1, "null": 1}
_USUAL = {"string": 10, "number": 4, "integer": 3, "boolean": 1, "null": 1}
_ITEMS = 3
"""Items of a list for which no rows were seen."""


def shortest(strict: Mapping[str, Any]) -> int:
    """Of an answer that has nothing to say: nulls, and empty lists."""
    return _Length(strict, full=False).of(strict, 0, 0)


def fullest(strict: Mapping[str, Any], rows: int) -> int:
    """Of an answer with a usual value at every place, and an item of each list for each row."""
    return _Length(strict, full=True).of(strict, rows, 0)


@dataclass(frozen=True, slots=True)
class _Length:
    root: Mapping[str, Any]
    full: bool

    def of(self, rule: Any, rows: int, depth: int) -> int:
        """Tokens of a value by the rule; the items of its outermost lists are ``rows``."""
        rule = self._resolved(rule)
        if not isinstance(rule, Mapping) or depth > _DEEPEST:
            return 1
        if "enum" in rule:
            return max(text_tokens(str(word)) for word in rule["enum"])
        kinds = rule.get("type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        lengths = [self.of(branch, rows, depth + 1) for branch in rule.get("anyOf", ())]
        lengths += [self._kind(str(kind), rule, rows, depth) for kind in kinds if kind is not None]
        return (max if self.full else min)(lengths, default=1)

    def _kind(self, kind: str, rule: Mapping[str, Any], rows: int, depth: int) -> int:
        if kind == "object":
            parts = rule.get("properties", {}).items()
            return 2 + sum(text_tokens(f'"{name}":,') + self.of(part, rows, depth + 1) for name, part in parts)
        if kind == "array":
            count = max(rows, _ITEMS) if self.full else int(rule.get("minItems", 0))
            return 2 + count * self.of(rule.get("items", {}), 0, depth + 1)
        return (_USUAL if self.full else _SHORTEST).get(kind, 1)

    def _resolved(self, rule: Any) -> Any:
        for _ in range(_DEEPEST):
            ref = rule.get("$ref") if isinstance(rule, Mapping) else None
            if not isinstance(ref, str):
                break
            rule = self.root if ref == "#" else self.root.get("$defs", {}).get(ref.removeprefix("#/$defs/"), {})
        return rule
