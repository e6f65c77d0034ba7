"""What is installed: which extras are there, and what brings those that are not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version

NAME = "typed-extractor"
_REQUIREMENT = re.compile(
    r"(?P<name>[\w.-]+)(?:\[(?P<extras>[\w,-]+)\])?(?P<bounds>[^;]*)(?:;.*extra == ['\"](?P<extra>[\w-]+)['\"])?"
)
_NOT_FOR_USERS = frozenset({"all", "dev"})


@dataclass(frozen=True, slots=True)
class Extra:
    """One extra: its packages with their versions, None where one is not installed or too old."""

    name: str
    packages: dict[str, str | None]

    @property
    def is_there(self) -> bool:
        return all(self.packages.values())

    @property
    def install(self) -> str | None:
        """What brings it, where it is not there."""
        return None if self.is_there else f'pip install "{NAME}[{self.name}]"'


def extras() -> list[Extra]:
    """All of them, by name."""
    needs: dict[str, list[re.Match[str]]] = {}
    for line in requires(NAME) or ():
        found = _REQUIREMENT.match(line)
        if found and found["extra"]:
            needs.setdefault(found["extra"], []).append(found)
    return [Extra(name, dict(_packages(name, needs))) for name in sorted(needs.keys() - _NOT_FOR_USERS)]


def _packages(extra: str, needs: dict[str, list[re.Match[str]]]) -> Iterator[tuple[str, str | None]]:
    for need in needs.get(extra, ()):
        if need["name"] == NAME:
            for other in (need["extras"] or "").split(","):
                yield from _packages(other, needs)
        else:
            yield need["name"], _installed(need["name"], need["bounds"])


def _installed(package: str, bounds: str) -> str | None:
    try:
        found = version(package)
    except PackageNotFoundError:
        return None
    least = re.search(r">=\s*([\d.]+)", bounds)
    return found if least is None or _numbers(found) >= _numbers(least[1]) else None


def _numbers(written: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", written.split("+", maxsplit=1)[0])))
