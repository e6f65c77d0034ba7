"""Which texts of a document are likely for a field, by the words of its name and the document's layout.

For small models alone: they choose badly among all that a document says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Literal

from .finding import Finder
from .layout import blocks, joined
from .surface import Place

Shape = Literal["part", "code", "place", "day", "number", "name"]
_ASKED: Mapping[Shape, str] = {
    "part": "first last given family surname forename middle initial initials salutation prefix suffix currency unit"
    " language gender sex nationality country city town state region street status type kind category colour color",
    "code": "no number nr num nummer id code key ref reference serial sku iban bic swift vat ein ssn tin isbn phone tel"
    " telephone fax mobile zip postcode postal plz account version registration licence license plate",
    "place": "address addresses location adresse anschrift",
    "day": "date day datum dated",
    "number": "amount total sum price cost fee subtotal balance quantity qty rate percentage discount betrag",
}
_SHAPES: Mapping[str, Shape] = {word: shape for shape, words in _ASKED.items() for word in words.split()}
_ORDER: tuple[Shape, ...] = (*_ASKED, "name")
_NAME = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBERED = re.compile(r"\d+\s?,")
"""How an address begins, and hardly ever a name."""
_PART = re.compile(r"\d+|,")
_HEADWORDS = 3
_NAME_CELLS, _PLACE_CELLS, _CODE_WORDS, _LONGEST = 4, 6, 4, 240
_INSIDE = 0.5


def shape_of(name: str, description: str) -> Shape:
    """What the words of a field's name ask for, or else the first ones of its description."""
    for words in (_NAME.findall(name), _WORD.findall(description)[:_HEADWORDS]):
        shapes = [_SHAPES[word.casefold()] for word in words if word.casefold() in _SHAPES]
        if shapes:
            return min(shapes, key=_ORDER.index)
    return "name"


def likely_texts(finder: Finder, shape: Shape) -> list[str]:
    """Texts that the layout sets apart and that look like the shape, each once; none where it is any run of words."""
    return list(dict.fromkeys(text for text in _SOURCES[shape](finder) if len(text) <= _LONGEST))


def _names(finder: Finder) -> Iterator[str]:
    """Cells, their parts, and cells one under the other, that are words rather than numbers."""
    runs = (text for column in finder.layout.columns for text in joined(column, _NAME_CELLS))
    found = chain((text for cell in finder.layout.cells for text in cell.parts), runs)
    return (text for text in found if _is_wordy(text) and _NUMBERED.match(text) is None)


def _places(finder: Finder) -> list[str]:
    """Blocks with numbers, those of few parts only where there are none of many."""
    found = chain.from_iterable(blocks(column, _PLACE_CELLS) for column in finder.layout.columns)
    parts = {text: len(_PART.findall(text)) for text in found if _is_wordy(text)}
    return [text for text, count in parts.items() if 2 * count >= max(parts.values())]


def _codes(finder: Finder) -> Iterator[str]:
    for cell in finder.layout.cells:
        for part in (cell.text, *cell.parts):
            words = part.split()
            spans = ((at, end) for at in range(len(words)) for end in range(at + 1, at + 1 + _CODE_WORDS))
            runs = (" ".join(words[at:end]).strip("()[].,;:#") for at, end in spans)
            yield from (run for run in runs if any(map(str.isdigit, run)))


def _days(finder: Finder) -> Iterator[str]:
    return _written(finder, finder.surface.days.values())


def _counts(finder: Finder) -> Iterator[str]:
    alone = ([place for place in places if place.cost < _INSIDE] for places in finder.surface.numbers.values())
    return _written(finder, alone)


def _written(finder: Finder, places: Iterable[Iterable[Place]]) -> Iterator[str]:
    for start, end in sorted({place[:2] for each in places for place in each}):
        yield " ".join(finder.text[start:end].split())


_SOURCES: Mapping[Shape, Callable[[Finder], Iterable[str]]] = {
    "part": lambda finder: (),
    "code": _codes,
    "place": _places,
    "day": _days,
    "number": _counts,
    "name": _names,
}


def _is_wordy(text: str) -> bool:
    """Whether it is words rather than numbers."""
    letters, digits = sum(map(str.isalpha, text)), sum(map(str.isdigit, text))
    return letters > 1 and letters > digits
