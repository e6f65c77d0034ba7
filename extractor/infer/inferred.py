"""``infer``: files with examples or a schema → the code of a type, and which examples it does not take."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import SetupError
from ..schema import Schema
from .code import code_of, tried
from .samples import Sample, read
from .shape import schema_of_values

_SAYS_NOTHING = {"data", "example", "examples", "sample", "samples", "schema", "test", "input", "output", "items", ""}


@dataclass(frozen=True, slots=True)
class Inferred:
    """``code`` is a module whose class ``name`` is the type, ``schema`` what it compiles to. So many ``examples`` were
    looked at; ``refused`` says of each that the type does not take where it stands and why."""

    code: str
    name: str
    schema: Schema[Any]
    examples: int
    refused: Sequence[str]


def infer(files: Mapping[str, bytes], *, name: str | None = None) -> Inferred:
    """The type of the examples in files, by their names; of a JSON Schema where one of them is one.

    Examples are JSON values, one a file, in a list, or one a line, or rows of CSV. They are held against the type, also
    those beside a schema. Takes the extra ``infer``. SetupError says what cannot be read or made.
    """
    schemas: list[Mapping[str, object]] = []
    samples: list[Sample] = []
    for file, data in files.items():
        found = read(file, data)
        if isinstance(found, Mapping):
            schemas.append(found)
        else:
            samples += found
    if len(schemas) > 1 or not (schemas or samples):
        raise SetupError(f"{', '.join(files)}: {len(schemas)} schemas, and no example. Give examples, or one schema.")
    schema = schemas[0] if schemas else schema_of_values([sample.value for sample in samples])
    title = schema.get("title")
    called = name or _class_name(title if isinstance(title, str) else "") or _class_name(_stem(files)) or "Record"
    code = code_of(schema, called, f"extractor infer {' '.join(map(_file_name, files))}")
    compiled = tried(code, called)
    refused = [said for sample in samples if (said := _refusal(sample, compiled))]
    return Inferred(code, called, compiled, len(samples), refused)


def _refusal(sample: Sample, schema: Schema[Any]) -> str | None:
    issues = schema.validate(sample.value).issues
    return f"{sample.place}: {'; '.join(map(str, issues))}" if issues else None


def _file_name(file: str) -> str:
    return Path(file).name


def _stem(files: Mapping[str, bytes]) -> str:
    stem = Path(next(iter(files))).stem
    return "" if stem.casefold() in _SAYS_NOTHING else _singular(stem)


def _singular(word: str) -> str:
    import inflect

    one = inflect.engine().singular_noun(word)
    return str(one) if one else word


def _class_name(text: str) -> str:
    words = re.findall(r"[^\W_]+", text)
    name = "".join(word[:1].upper() + word[1:] for word in words)
    return name if name.isidentifier() else ""
