"""JSON that was written as a string inside JSON."""

from __future__ import annotations

from .parse import parse
from .shapes import Guide, Shape, Shapes
from .strict import NotJson, read


def embedded(text: str, shape: Shape, shapes: Shapes) -> object:
    """The object or list that a string holds; None where it holds none that is whole."""
    bare = text.strip()
    if bare.startswith("```"):
        bare = bare.strip("`").partition("\n")[2] or bare.strip("`")
    if not bare.startswith(("{", "[")):
        return None
    try:
        return read(bare)
    except NotJson:
        parsed = parse(bare, 0, None, Guide([(shapes, shape)]))
    whole = parsed.found and parsed.cut is None and not parsed.issues and not bare[parsed.end :].strip()
    return parsed.value if whole else None
