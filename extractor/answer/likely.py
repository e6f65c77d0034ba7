"""Which texts of a document are likely for a field, by the words of its name and the document's layout.

For small models alone: they choose badly among all that a document says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Literal

from .finding import Finder
from .labels import Labels
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
_NUMBERED = re.compile(r"\d+(?:\s?,|\s)")
"""How an address or a row of a table begins, and hardly ever a name."""
_DIGIT = re.compile(r"\d")
_CODE = re.compile(r"\b(?:[A-Z]{1,3}(?=[ \t]\S*\d)|[^\s,;:()\[\]#°]*\d(?:[^\s,;:()\[\]#°]*\w)?)")
_AMOUNT = re.compile(r"\d+(?:[.,]\d{3})*[.,]\d\d")
_CENTS = re.compile(r"\d\.\d\d(?!\d)|\d,\d\d(?!\d|\s?[&,])")
NONE = Labels((), ())
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


def likely_texts(finder: Finder, shape: Shape, labels: Labels = NONE) -> list[str]:
    """Texts that the layout sets apart and that look like the shape, each once; none where it is any run of words.

    Codes and days are those that ``labels`` fit best, where they fit any.
    """
    return list(dict.fromkeys(text for text in _SOURCES[shape](finder, labels) if 0 < len(text) <= _LONGEST))


def _names(finder: Finder, labels: Labels) -> Iterable[str]:
    """Words rather than numbers: what is labelled by the field's name, or else cells, alone or one under the other."""
    labelled = (cell for cell in finder.layout.cells if cell.label and labels.is_named(cell.label))
    told = [text for cell in labelled for text in cell.parts if _is_name(text) and not text.startswith(cell.label)]
    if told:
        return told
    runs = (text for column in finder.layout.columns for text in joined(column, _NAME_CELLS))
    return filter(_is_name, chain((text for cell in finder.layout.cells for text in cell.parts), runs))


def _places(finder: Finder, _: Labels) -> list[str]:
    """Blocks with numbers, those of few parts only where there are none of many."""
    found = chain.from_iterable(blocks(column, _PLACE_CELLS) for column in finder.layout.columns)
    parts = {text: len(_PART.findall(text)) for text in found if _is_wordy(text)}
    return [text for text, count in parts.items() if 2 * count >= max(parts.values())]


def _codes(finder: Finder, labels: Labels) -> Iterator[str]:
    """Words with digits, and up to four in a row, that are neither days nor amounts; short capitals may go before."""
    days = [place[:2] for places in finder.surface.days.values() for place in places]
    spans = [word.span() for word in _CODE.finditer(finder.text) if _AMOUNT.fullmatch(word[0]) is None]
    words = [span for span in spans if not any(start <= span[0] < end for start, end in days)]
    begins = set(_best(finder, words, labels))
    for at, (start, _) in enumerate(words):
        for end_at, (_, end) in enumerate(words[at : at + _CODE_WORDS], 1):
            run = finder.text[start:end]
            if words[at] not in begins or "\n" in run or len(run.split()) != end_at:
                break
            if _DIGIT.search(run):
                yield " ".join(run.split())


def _days(finder: Finder, labels: Labels) -> Iterator[str]:
    return _written(finder, finder.surface.days.values(), labels)


def _counts(finder: Finder, labels: Labels) -> Iterator[str]:
    alone = ([place for place in places if place.cost < _INSIDE] for places in finder.surface.numbers.values())
    return _written(finder, alone, replace(labels, described=()))


def _written(finder: Finder, places: Iterable[Iterable[Place]], labels: Labels) -> Iterator[str]:
    spans = sorted({place[:2] for each in places for place in each})
    return (" ".join(finder.text[start:end].split()) for start, end in _best(finder, spans, labels))


def _best(finder: Finder, spans: Sequence[tuple[int, int]], labels: Labels) -> list[tuple[int, int]]:
    fit = {span: finder.labelled(span[0], labels) for span in spans}
    best = max(fit.values(), default=0.0)
    return [span for span in spans if fit[span] == best]


_SOURCES: Mapping[Shape, Callable[[Finder, Labels], Iterable[str]]] = {
    "part": lambda *_: (),
    "code": _codes,
    "place": _places,
    "day": _days,
    "number": _counts,
    "name": _names,
}


def _is_wordy(text: str) -> bool:
    """Whether it is words rather than numbers, and no amount stands in it."""
    letters, digits = sum(map(str.isalpha, text)), sum(map(str.isdigit, text))
    return letters > 1 and letters > digits and _CENTS.search(text) is None


def _is_name(text: str) -> bool:
    return _is_wordy(text) and _NUMBERED.match(text) is None
