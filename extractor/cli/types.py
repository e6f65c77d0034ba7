"""From a word of the command line to a type: ``module:Name``, ``file.py:Name``, a JSON Schema, fields, ``invoice``."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson

from ..errors import SetupError
from .completing import dashed
from .streams import set_aside

_WAYS = "Write module:Name, file.py:Name, a .json file with a JSON Schema, fields ('name, age int'), or one of: "
_FIELDS = re.compile(r"(?!.*\.py:\w+$)[^\W\d]\w*(?:[\s,?]|:\s).*", re.S)
"""A name with more behind it, which is no file's."""


def load(word: str) -> Any:
    """The type, or the JSON Schema as a dict. SetupError says what a word may be."""
    if word.endswith(".json"):
        return _json_schema(Path(word))
    if word.endswith(".py"):
        raise SetupError(f"{word!r} names a file and no type in it.", remedy=f"Write {word}:Name.")
    if _FIELDS.fullmatch(word):
        from ..schema.notation import schema_of

        return schema_of(word).type
    place, _, name = word.rpartition(":")
    if not place:
        return _ready_made(word)
    set_aside()
    return _attribute(_module(place), name, word)


def _ready_made(word: str) -> Any:
    import schemas

    by_name = {_plain(name): getattr(schemas, name) for name in schemas.TYPES}
    if _plain(word) not in by_name:
        names = ", ".join(sorted(map(dashed, schemas.TYPES)))
        raise SetupError(f"There is no ready-made type {word!r}.", remedy=f"{_WAYS}{names}.")
    return by_name[_plain(word)]


def _plain(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "")


def _json_schema(path: Path) -> object:
    try:
        return orjson.loads(path.read_bytes())
    except OSError as error:
        raise SetupError(f"{path} cannot be read: {error.strerror}.") from None
    except orjson.JSONDecodeError as error:
        raise SetupError(f"{path} holds no JSON: {error}.") from None


def _module(place: str) -> ModuleType:
    if place.endswith(".py"):
        return _file(Path(place))
    sys.path.append(str(Path.cwd()))  # at the end, so that a file here hides no package
    try:
        return importlib.import_module(place)
    except ModuleNotFoundError as error:
        if error.name and place.startswith(error.name):
            raise SetupError(f"There is no module {place!r} here.", remedy="Write file.py:Name for a file.") from None
        raise


def _file(path: Path) -> ModuleType:
    if not path.is_file():
        raise SetupError(f"There is no file {path}.")
    name = f"_types_of_{path.stem}"  # a file may be called types.py
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.append(str(path.parent.resolve()))
    try:
        spec.loader.exec_module(module)
    except ImportError as error:
        raise SetupError(f"{path} cannot be imported: {error}.") from None
    return module


def _attribute(module: ModuleType, name: str, word: str) -> Any:
    if not hasattr(module, name):
        types = sorted(key for key, value in vars(module).items() if isinstance(value, type) and key[:1] != "_")
        raise SetupError(f"{word!r}: there is no {name!r} in it.", remedy=f"It has: {', '.join(types) or 'no types'}.")
    return getattr(module, name)
