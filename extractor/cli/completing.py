"""What the shell completes: names of types, without running anybody's code."""

from __future__ import annotations

import ast
import os
from pathlib import Path

_WORDS, _PLACE = "COMP_WORDS", "COMP_CWORD"


def types(incomplete: str) -> list[str]:
    """Ready-made types and files of types, or the names in the file that was named."""
    place, colon, name = incomplete.rpartition(":")
    if colon and place.endswith(".py"):
        return [f"{place}:{each}" for each in names_in(Path(place)) if each.startswith(name)]
    return [*_ready_made(incomplete), *_files(incomplete)]


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


def _ready_made(incomplete: str) -> list[str]:
    import schemas

    names = ("".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-") for name in schemas.TYPES)
    return sorted(name for name in names if name.startswith(incomplete))


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
