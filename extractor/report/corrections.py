"""What a person decided on the review page, read back."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

import orjson

from ..errors import DocumentError


def corrections(path: str | PathLike[str]) -> list[tuple[Path, object]]:
    """Pairs of a document's path and its right value, in JSON: what ``examples=`` takes, and gold to measure by.

    Of each document the last line counts. DocumentError, with the line's number, where the file is no such JSONL.
    """
    found: dict[str, object] = {}
    for number, line in enumerate(Path(path).read_bytes().splitlines(), 1):
        if line.strip():
            name, value = _read(line, number, str(path))
            found[name] = value
    return [(Path(name), value) for name, value in found.items()]


def _read(line: bytes, number: int, source: str) -> tuple[str, object]:
    try:
        said = orjson.loads(line)
        return str(said["document"]), said["value"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise DocumentError(
            f"{source}, line {number}: it is no correction; save them on the review page (key s)", source=source
        ) from None
