"""What stands on the wire where nothing is stated: null, or a word where null is a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .form import Form, Json, or_null, text_of

if TYPE_CHECKING:
    from .strict import Compiler


def or_absent(c: Compiler, form: Form, rule: object) -> tuple[Form, str | None]:
    """The form with a way to say that it is not stated, and the mark that says so. ``rule`` is its source schema."""
    if not c.takes(rule, "null"):
        return or_null(form, type_lists=c.dialect.type_lists), None
    word = _word(rule)
    return _or_word(form, word), word


def is_mark(value: object, mark: object) -> bool:
    return value is None if mark is None else isinstance(value, str) and value == mark


def _word(rule: object) -> str:
    """A word for "not stated" that the schema does not speak of."""
    text = text_of(rule)
    word = "<absent>"
    while word in text:
        word = f"<{word}>"
    return word


def _or_word(form: Form, word: str) -> Form:
    schema = form.schema
    branches = schema.get("anyOf")
    inner = {key: value for key, value in schema.items() if key != "description"}
    some = branches if isinstance(branches, list) and inner.keys() == {"anyOf"} else [inner]
    words: Json = {"description": schema["description"]} if "description" in schema else {}
    return Form({"anyOf": [*some, {"type": "string", "const": word}], **words}, form.codec, form.notes)
