"""What the strict schema says otherwise than the type, where, and why."""

from __future__ import annotations

from dataclasses import dataclass

_WHY = {
    "boxed": "the root of a strict schema must be an object",
    "optional": "every property must be listed as required",
    "absent": "every property must be listed as required, and null is a value here",
    "entries": "a strict object lists all its properties, so free keys must be values",
    "closed keys": "a strict object lists all its properties",
    "further properties": "a strict object lists all its properties, so free keys must be values",
    "many properties": "the endpoint takes fewer properties",
    "tuple": "a strict array has one schema for all items",
    "json text": "the value itself is easier to write than JSON inside a string",
    "said": "the endpoint does not take the keyword",
    "format": "the endpoint takes a fixed list of formats",
    "pattern": "look-around and back-references cannot be compiled to a grammar",
    "named": "an enum may hold strings, numbers, booleans and null only",
    "huge enum": "the endpoint limits the values of enums",
    "unique": "uniqueItems is not taken",
    "not": "not is not taken",
    "left out": "it takes no JSON value",
    "tag first": "the model decides on the branch before it writes the rest",
    "kind": "the endpoint tells the branches of a union apart by their first key",
    "unrolled": "the endpoint takes no circular references",
    "hoisted": "the endpoint limits how deep objects nest",
    "text": "the endpoint takes no circular references, so any JSON is written as text",
    "one stated": "fields beside each other could be stated at once",
    "one of all": "what is combined would grow without bounds",
    "merged": "allOf, oneOf and if are not taken",
}


@dataclass(frozen=True, slots=True)
class Change:
    """``name`` is a stable short word for the kind of change, ``text`` what was done, ``why`` the rule behind it."""

    path: str
    name: str
    text: str

    @property
    def why(self) -> str:
        return _WHY.get(self.name, "")

    def __str__(self) -> str:
        return f"{self.path}: {self.text}, because {self.why}"
