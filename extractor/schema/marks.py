"""What stands on the wire where a property is not stated: null, or a word where null is a value of its own.

Absent, null and any other value are three things and come back as three. Where null is the default, null on the wire
is what a model writes when it finds nothing, so it means "not stated", and a word means null.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .form import Form, Json, or_null
from .matching import fits

if TYPE_CHECKING:
    from .strict import Compiler

TAG = "$tag"
"""Stands in the rule of a property that tells the branches of a union apart, and so is always written."""
_ABSENT, _NULL = "<absent>", "<null>"
_SIGNS = ("null", _ABSENT)


@dataclass(frozen=True, slots=True)
class Mark:
    """``word`` says that a property is not stated, or, where null says that, that it is null. Without a word null
    cannot be but "not stated". ``lax``: null is the default of a type that does not take it, and so may be dumped."""

    word: str | None = None
    absent: bool = False
    lax: bool = False

    @property
    def silence(self) -> str | None:
        """What stands on the wire where nothing is stated."""
        return self.word if self.absent else None

    def encode(self, wire: object) -> object:
        if wire is None and not self.absent:
            return self.word
        return f"<{wire}>" if isinstance(wire, str) and self._depth(wire) >= 0 else wire

    def decode(self, wire: object) -> object:
        depth = self._depth(wire) if isinstance(wire, str) else -1
        if depth == 0 and not self.absent:
            return None
        return wire[1:-1] if isinstance(wire, str) and depth > 0 else wire

    def _depth(self, text: str) -> int:
        """How many brackets a text has around the word, and -1 where it is another: texts that read like the word
        stand in one pair more on the wire."""
        depth = (len(text) - len(self.word or "")) // 2
        return depth if self.word and text == "<" * depth + self.word + ">" * depth else -1


def or_absent(c: Compiler, form: Form, rule: object) -> tuple[Form, Mark]:
    """The form with a way to say that it is not stated, and the mark that says so. ``rule`` is its source schema."""
    default = c.typed and isinstance(rule, dict) and rule.get("default", "") is None
    if not c.takes(rule, "null"):
        return or_null(form, type_lists=c.dialect.type_lists), Mark(lax=default)
    mark = Mark(_word(rule, _NULL if default else _ABSENT), absent=not default)
    return _or_word(c, form, mark), mark


def may_hold_marks(text: str) -> bool:
    """Whether a mark may stand in the text of an answer."""
    return any(sign in text for sign in _SIGNS)


def _word(rule: object, word: str) -> str:
    """A word that the schema does not speak of."""
    text = repr(rule)
    while word in text:
        word = f"<{word}>"
    return word


def _or_word(c: Compiler, form: Form, mark: Mark) -> Form:
    """The form with one more branch for the word. One that says null needs none where any text is taken."""
    schema = form.schema
    if not mark.absent and fits(schema, mark.word, c.forms) and "format" not in schema:
        return form
    branches = schema.get("anyOf")
    inner = {key: value for key, value in schema.items() if key != "description"}
    some = branches if isinstance(branches, list) and inner.keys() == {"anyOf"} else [inner]
    words: Json = {"description": schema["description"]} if "description" in schema else {}
    return Form({"anyOf": [*some, {"type": "string", "const": mark.word}], **words}, form.codec, form.notes)
