"""What the shell completes: names of types, without running anybody's code."""

from __future__ import annotations

import ast
import os
from collections.abc import MutableMapping
from pathlib import Path

_WORDS, _NUMBER, _FILE = "COMP_WORDS", "COMP_CWORD", "_EXTRACTOR_COMPLETE_IN"


def rejoin(environment: MutableMapping[str, str]) -> None:
    """Put words together that bash takes apart at a colon: ``orders.py``, ``:``, ``Order``.

    Of the word that is completed bash wants what comes after the colon alone: its file is put beside it.
    """
    joined: list[str] = []
    after_colon, number = False, int(environment[_NUMBER])
    for at, word in enumerate(environment[_WORDS].split("\n")):
        if joined and (after_colon or word == ":"):
            joined[-1] += word
        else:
            joined.append(word)
        after_colon = word == ":"
        if at == number:
            environment[_NUMBER] = str(len(joined) - 1)
            if ":" in joined[-1]:
                environment[_FILE], _, joined[-1] = joined[-1].rpartition(":")
            break
    environment[_WORDS] = "\n".join(joined)


def types(incomplete: str) -> list[str]:
    """Ready-made types and files of types, or the names in the file that was named."""
    if _FILE in os.environ:
        return [each for each in names_in(Path(os.environ[_FILE])) if each.startswith(incomplete)]
    place, colon, name = incomplete.rpartition(":")
    if colon and place.endswith(".py"):
        return [f"{place}:{each}" for each in names_in(Path(place)) if each.startswith(name)]
    return [*_ready_made(incomplete), *_files(incomplete)]


def dialects(incomplete: str) -> list[str]:
    from ..schema.dialects import DIALECTS

    return [name for name in DIALECTS if name.startswith(incomplete)]


def options(incomplete: str) -> list[str]:
    """Names of options, for ``-o``."""
    from .reading import NAMES

    return sorted(f"{name}=" for name in NAMES if name.startswith(incomplete))


def names_in(file: Path) -> list[str]:
    """The classes and type aliases at the top of a Python file, which is not run."""
    try:
        tree = ast.parse(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, SyntaxError):
        return []
    return [name for node in tree.body for name in _names(node) if name[:1].isupper()]


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    alias = getattr(node, "name", None) or getattr(node, "target", None)
    return [alias.id] if isinstance(alias, ast.Name) else []


def dashed(name: str) -> str:
    """``BankStatement`` as a word of the command line: ``bank-statement``."""
    return "".join(f"-{char.lower()}" if char.isupper() else char for char in name).removeprefix("-")


def _ready_made(incomplete: str) -> list[str]:
    from importlib.util import find_spec

    found = find_spec("schemas")
    assert found is not None
    names = _listed(Path(str(found.origin)), "TYPES")
    made = map(dashed, names)
    return sorted(name for name in made if name.startswith(incomplete))


def _listed(file: Path, name: str) -> list[str]:
    """The words in the list of a name at the top of a file."""
    assigned = (node for node in ast.parse(file.read_text("utf-8")).body if isinstance(node, ast.Assign))
    lists = (node.value for node in assigned if name in _names(node))
    return [word for each in lists for word in ast.literal_eval(each)]


def _files(incomplete: str) -> list[str]:
    """Python files, from whose name on the types in them are completed, folders, and JSON Schemas."""
    folder, begun = os.path.split(incomplete)
    try:
        found = sorted(os.scandir(folder or "."), key=lambda entry: entry.name)
    except OSError:
        return []
    near = [entry for entry in found if entry.name.startswith(begun) and not entry.name.startswith(".")]
    made = [(os.path.join(folder, entry.name), entry) for entry in near]
    return [f"{name}{_ending(entry)}" for name, entry in made if _ending(entry) or name.endswith(".json")]


def _ending(entry: os.DirEntry[str]) -> str:
    if entry.is_dir():
        return "/"
    return ":" if entry.name.endswith(".py") else ""
