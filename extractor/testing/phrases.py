"""What a document says, as values: its words, its numbers, and the words that stand for a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from typing import Any

from ..schema.matching import fits

_NUMBER = re.compile(r"(?<![\w.,'-])-?\d{1,15}(?:\.\d+)?(?![\w'])(?![.,]\d)")
_AROUND = " \t.,:;()[]\"'"
_READ = 5000
"""Characters."""


class Phrases:
    """Of up to three words each, from the beginning of a document."""

    def __init__(self, document: str) -> None:
        self._document = document
        self._numbers = {found[0]: float(found[0]) for found in _NUMBER.finditer(document)}
        lines = [line.split() for line in document[:_READ].splitlines()]
        runs = (" ".join(words[at : at + size]) for words in lines for at in range(len(words)) for size in (1, 2, 3))
        self._phrases = list(dict.fromkeys(run.strip(_AROUND) for run in runs if any(map(str.isalnum, run))))

    def text(self, rule: Mapping[str, Any], chance: Random) -> str | None:
        """Some words in a row that the rule takes; None where there are none."""
        if not self._phrases or "format" in rule:
            return None
        taken = [phrase for phrase in self._phrases if fits({**rule, "type": "string"}, phrase, {})]
        return chance.choice(taken) if taken else None

    def number(self, rule: Mapping[str, Any], kind: str, chance: Random) -> float | None:
        """A number of the document that the rule takes."""
        read = (int(number) if number.is_integer() else number for number in self._numbers.values())
        taken = [number for number in read if fits({**rule, "type": kind}, number, {})]
        return chance.choice(taken) if taken else None

    def quote(self, value: object) -> str | None:
        """The words of the document that say a value."""
        if isinstance(value, str):
            return value if value in self._document else None
        return next((said for said, number in self._numbers.items() if number == value), None)
