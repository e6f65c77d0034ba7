"""What outside scorers call, so that anyone can run them on this library."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import extractor
from extractor import answer
from extractor.evidence import Leaf
from extractor.paths import to_keys
from extractor.schema import Schema

_UNREAD = {"syntax", "depth", "ambiguous"}


def strict(obj: object) -> tuple[Mapping[str, object], Callable[[object], object], Callable[[object], object]]:
    """The strict schema of a type or raw schema, decode and encode."""
    schema: Schema[object] = Schema.of(obj, open_objects=True)  # type: ignore[arg-type]
    return schema.strict, schema.decode, schema.encode


def repair(raw: str, schema: Mapping[str, object] | None) -> object:
    """The value of a text, or ValueError where none could be read."""
    repaired = answer.repair(raw, schema)
    unread = [issue for issue in repaired.issues if issue.kind in _UNREAD]
    if unread:
        raise ValueError("; ".join(map(str, unread)))
    return repaired.partial


def ground(value: object, document: str) -> dict[str, dict[str, object]]:
    """Where each leaf of a value stands in a document, a path or a text, by JSON pointer."""
    source = Path(document) if len(document) < 250 and "\n" not in document and Path(document).is_file() else document
    evidence = extractor.ground(value, source)
    return {_pointer(path): _place(leaf) for path, leaf in evidence.items()}


def _pointer(path: str) -> str:
    return "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in to_keys(path))


def _place(leaf: Leaf) -> dict[str, object]:
    boxes = [{"page": span.page, "bbox": list(box)} for span in leaf.spans for box in span.boxes]
    spanned = {"span": [leaf.spans[0].start, leaf.spans[-1].end]} if leaf.spans else {}
    return {"status": leaf.status, "boxes": boxes, **spanned}
