"""XML as text: as it stands, held to be harmless. Nothing that it declares is followed."""

from __future__ import annotations

import re
from html import unescape
from xml.parsers.expat import ExpatError, ParserCreate

from ..limits import unreadable

_REFERENCE = re.compile(r"&(?:#x?[0-9a-fA-F]{1,6}|quot|apos|amp);")
_LONG_LINE = 2000
_DECLARATION = re.compile(r"\s*<\?xml\b.*?\?>\s*", re.DOTALL)
_PASS_TEXT = "pass its text as str if that is what is to be read"


class _Refused(Exception):
    pass


def text_of(xml: str, source: str) -> tuple[str, tuple[str, ...]]:
    """The text without its first declaration, and notes. Characters that are written as numbers stand as themselves.

    DocumentError where it declares entities: one small file can make gigabytes of them, or name other files.
    """
    notes = _checked(xml, source)
    text = _REFERENCE.sub(_character, _DECLARATION.sub("", xml, count=1))
    return _broken_up(text), notes


def _character(found: re.Match[str]) -> str:
    """``&#60;`` and ``&lt;`` stay: they are no tags."""
    character = unescape(found[0])
    return found[0] if character in "<>\0" or not character.isprintable() else character


def _broken_up(text: str) -> str:
    """One line that holds everything becomes a line an element."""
    if len(text) <= _LONG_LINE * (text.count("\n") + 1):
        return text
    return re.sub(r">\s*<(?!/)", ">\n<", text)


def _checked(xml: str, source: str) -> tuple[str, ...]:
    parser = ParserCreate()
    parser.EntityDeclHandler = _declared
    try:
        parser.Parse(_DECLARATION.sub("", xml, count=1).encode("utf-8", "surrogatepass"), True)
    except _Refused as entity:
        raise unreadable(source, f"declares the entity {entity}, and entities are not expanded: {_PASS_TEXT}") from None
    except ExpatError as error:
        return (f"is no well-formed XML ({error}); it was read as it stands",)
    return ()


def _declared(name: str, *facts: object) -> None:
    raise _Refused(name)
