"""Equal parts of a schema as one definition, so that nothing long is sent twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from .anything import is_entry
from .finish import children, mapped
from .form import Json, text_of

_WORTH = 60
"""How many characters a definition must save: about what its name and its references cost."""


def shared(schema: Json) -> Json:
    """The schema with objects that come again, the same to the last word, in ``$defs``."""
    old = schema.get("$defs")
    old = old if isinstance(old, dict) else {}
    root = {key: value for key, value in schema.items() if key != "$defs"}
    found = _Parts()
    for part in (root, *old.values()):
        found.read(part)
    names = found.worth(set(old), {id(part) for part in (root, *old.values())})
    if not names:
        return schema
    new = {name: found.inside(found.sample[key], names) for key, name in names.items()}
    kept = {name: found.inside(part, names) for name, part in old.items()}
    return {**found.inside(root, names), "$defs": {**kept, **new}}


@dataclass(slots=True)
class _Parts:
    """Every node by number: equal nodes have the same. ``size`` is how long its text is."""

    numbers: dict[str, int] = field(default_factory=dict)
    of: dict[int, int] = field(default_factory=dict)
    size: dict[int, int] = field(default_factory=dict)
    sample: dict[int, Json] = field(default_factory=dict)
    counts: Counter[int] = field(default_factory=Counter)

    def read(self, node: Json) -> int:
        inner = [self.read(child) for child in children(node)]
        rest = iter(inner)
        text = text_of(mapped(node, lambda child: {"n": next(rest)}))
        number = self.numbers.setdefault(text, len(self.numbers))
        self.of[id(node)] = number
        self.size[number] = len(text) + sum(self.size[one] for one in inner)
        self.sample.setdefault(number, node)
        self.counts[number] += 1
        return number

    def worth(self, taken: set[str], roots: set[int]) -> dict[int, str]:
        """The nodes to be defined, with a name for each. Parts of a part that is defined are not counted again."""
        whole = {self.of[one] for one in roots}
        names: dict[int, str] = {}
        for number, count in self.counts.items():
            saves = (count - 1) * (self.size[number] - 30)
            if saves > _WORTH and number not in whole and self.sample[number].get("type") == "object":
                names[number] = _free(_stem(self.sample[number]), taken)
                taken.add(names[number])
        return names

    def inside(self, node: Json, names: Mapping[int, str]) -> Json:
        """The node with references for what is defined inside it."""
        return mapped(node, lambda child: self._or_ref(child, names))

    def _or_ref(self, node: Json, names: Mapping[int, str]) -> Json:
        name = names.get(self.of[id(node)])
        return {"$ref": f"#/$defs/{name}"} if name is not None else self.inside(node, names)


def _stem(node: Json) -> str:
    return "Entry" if is_entry(node["properties"]) else "Part"


def _free(stem: str, taken: set[str]) -> str:
    names = (f"{stem}{at or ''}" for at in range(len(taken) + 2) if at != 1)
    return next(name for name in names if name not in taken)
