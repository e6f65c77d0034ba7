"""A node as it is sent, with the way back beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from .codec import SAME, Codec, nullable

Json: TypeAlias = dict[str, object]

ANY_ITEM = "[*]"
ANY_KEY = ".*"
ABSTRACT = "$abstract"
"""Stands in the rule of a class that cannot be made, with its name."""
TOLD = "$told"
"""Stands beside a format that a user's own words add to a type: nothing checks it."""

FOLDED = "$folded"
"""Stands beside an enum whose texts the type takes in any case."""

SAID = "$said"
"""Stands in a merged rule and lists keywords that hold besides, with their values: a rule has each of them once."""

TAKEN = "$taken"
"""Stands in the rule of a class that takes no other properties than those named, and says what takes them."""

ALSO = "$also"
"""Stands in the rule of a class: other names by which it reads its properties, and the names that are shown."""

EXCLUSIVE = "$exclusive"
"""Stands in the rule of a class and lists groups of fields of which at most one may be stated."""


def text_of(value: object) -> str:
    """A value as compact JSON text, whatever the size of its numbers and the signs in its strings."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node stands in the source form: ``$.items[*].total``. Rendered only when it is asked for."""

    parent: Place | None = None
    step: str = "$"

    def __truediv__(self, step: str) -> Place:
        return Place(self, step)

    def __str__(self) -> str:
        steps: list[str] = []
        place: Place | None = self
        while place is not None:
            steps.append(place.step)
            place = place.parent
        return "".join(reversed(steps))


@dataclass(frozen=True, slots=True)
class Form:
    """``schema`` is what is sent, ``codec`` leads between its values and the source's, ``notes`` say in words what
    ``schema`` cannot. A form is never changed once it is made."""

    schema: Json
    codec: Codec = SAME
    notes: tuple[str, ...] = ()


class Nothing(Exception):
    """No JSON value fits the schema at ``place``, and why."""

    def __init__(self, place: Place, why: str = "no value fits its schema") -> None:
        super().__init__(why)
        self.place = place
        self.why = why


def closed(schemas: Mapping[str, object]) -> Json:
    """The strict schema of an object with exactly these properties."""
    return {
        "type": "object",
        "properties": dict(schemas),
        "required": list(schemas),
        "additionalProperties": False,
    }


def described(form: Form, *texts: object) -> Form:
    """The form with texts and notes in its description."""
    words = [text.strip() for text in (*texts, *form.notes) if isinstance(text, str) and text.strip()]
    if not words:
        return form
    old = form.schema.get("description")
    text = " ".join(_sentence(word) if len(words) > 1 or old else word for word in ([str(old)] if old else []) + words)
    rest: Json = {"anyOf": [form.schema]} if "$ref" in form.schema else form.schema
    return Form({**rest, "description": text}, form.codec)


def or_null(form: Form, *, type_lists: bool) -> Form:
    """The form, null taken too. The description moves up, so that it stands where the model meets the field first."""
    schema = form.schema
    codec = nullable(form.codec)
    if takes_null(schema):
        return Form(schema, codec, form.notes)
    if "anyOf" in schema:
        branches = schema["anyOf"]
        assert isinstance(branches, list)
        return Form({**schema, "anyOf": [*branches, {"type": "null"}]}, codec, form.notes)
    kind = schema.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    if type_lists and not {"object", "array", None} & set(kinds) and "const" not in schema:
        kinds = [*kinds, "null"]
        enum = schema.get("enum")
        more: Json = {"enum": [*enum, None]} if isinstance(enum, list) else {}
        return Form({**schema, "type": kinds, **more}, codec, form.notes)
    inner = {key: value for key, value in schema.items() if key != "description"}
    words: Json = {"description": schema["description"]} if "description" in schema else {}
    return Form({"anyOf": [inner, {"type": "null"}], **words}, codec, form.notes)


def takes_null(schema: Mapping[str, object]) -> bool:
    """Whether null is one of the values, as far as can be seen without following references."""
    kind = schema.get("type")
    branches = schema.get("anyOf")
    if isinstance(branches, list):
        return any(map(takes_null, branches))
    return kind == "null" or (isinstance(kind, list) and "null" in kind)


def _sentence(text: str) -> str:
    return text if text[-1] in ".!?:;" else text + "."
