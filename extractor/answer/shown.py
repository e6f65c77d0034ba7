"""A value beside the document that it was read from, as HTML for notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from html import escape

from ..display import Marked, card, folded, link, marked, value
from ..evidence import Evidence

_KINDS = {"not_found": "bad", "ambiguous": "doubt", "fuzzy": "doubt"}
_QUIET = frozenset({"exact", "normalized", "null"})


def shown(data: object, evidence: Evidence, text: str, bill: str, asides: Mapping[str, Iterable[str]]) -> str:
    """``asides`` are lines under a title, folded away below."""
    name = f"x{blake2b(f'{data}{text}'.encode(errors='replace'), digest_size=6).hexdigest()}"

    def told(path: str) -> str:
        leaf = evidence.get(path)
        if leaf is None or (leaf.status in _QUIET and not leaf.found):
            return ""
        said = "→" if leaf.status in _QUIET else leaf.status.replace("_", " ")
        return link(name, path, said, _KINDS.get(leaf.status, ""))

    marks = [Marked(span.start, span.end, leaf.path) for leaf in evidence.values() for span in leaf.spans]
    below = (f"<p>{escape(bill)}</p>", *(folded(title, lines) for title, lines in asides.items()))
    return card((value(data, told), marked(text, marks, name) if text else ""), below=below)
