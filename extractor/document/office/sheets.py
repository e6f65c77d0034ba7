"""XLSX and XLS: a sheet a page, a row a line. Formulas give what was stored with them; none is run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import chain, groupby
from typing import TYPE_CHECKING, TypeAlias

from ...errors import DocumentError
from ...needs import needed
from ..file import File
from ..limits import TEXT_CHARACTERS, unreadable
from ..page import Contents, Page
from ..ranges import PageChoice, chosen
from ..tables import again, block
from . import workbook

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook, SheetMetadata

    from .formats import Format

Value: TypeAlias = int | float | str | bool | date | datetime | time | timedelta

_MOST_MERGED = 100_000
_SAVE = "open it in a spreadsheet program and save it"


def read(file: File, password: str | None, pages: PageChoice | None) -> Contents:
    """Hidden sheets are read too, and told. A password is not looked at: encrypted files are told."""
    extra = workbook.looked_over(file)
    with _opened(file) as book:
        sheets = _of_cells(book, file.source)
        numbers = chosen(pages, len(sheets), file.source)
        names = [sheets[number - 1].name for number in numbers]
        texts = _texts(book, names, extra, file.source)
        hidden = [sheet.name for sheet in sheets if sheet.name in names and _is_hidden(sheet)]
    told = (f"hidden in the file: sheet {', '.join(hidden)}",) if hidden else ()
    found = tuple(Page(number, text) for number, text in zip(numbers, texts, strict=True))
    return Contents(found, (*told, *extra.notes), extra.attachments)


def _of_cells(book: CalamineWorkbook, source: str) -> list[SheetMetadata]:
    """The sheets that are no charts, dialogs or macros."""
    from python_calamine import SheetTypeEnum

    sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    if not sheets:
        raise unreadable(source, "has no sheet of cells: save it as PDF")
    return sheets


def _is_hidden(sheet: SheetMetadata) -> bool:
    from python_calamine import SheetVisibleEnum

    return sheet.visible != SheetVisibleEnum.Visible


def _texts(book: CalamineWorkbook, names: Sequence[str], extra: workbook.Extra, source: str) -> list[str]:
    texts: list[str] = []
    room = TEXT_CHARACTERS
    for name in names:
        lines: list[str] = []
        rows = _lines(book.get_sheet_by_name(name), extra.formats.get(name, {}))
        for line in chain(rows, extra.beside.get(name, ())):
            lines.append(line if lines else f"# {name}\n{line}")
            room -= len(line) + 1
            if room < 0:
                limit = f"{TEXT_CHARACTERS:,} characters of text, which is the limit"
                raise unreadable(source, f"has more than {limit}: choose sheets with pages=…, or split it")
        texts.append("\n".join(lines))
    if not any(texts):
        raise unreadable(source, "has no cell with anything in it")
    return texts


def _lines(sheet: CalamineSheet, formats: workbook.Formats) -> Iterator[str]:
    """Rows in blocks, as empty rows part them: an empty line stands between."""
    before = False
    for filled, rows in groupby(_rows(sheet, formats), any):
        if filled:
            yield from [""] * before
            yield from block(rows)
            before = True


def _rows(sheet: CalamineSheet, formats: workbook.Formats) -> Iterator[list[str]]:
    """The rows as text. A cell that spans rows stands in each of them."""
    left = sheet.start[1] if sheet.start else 0
    merged = (sheet.merged_cell_ranges or [])[:_MOST_MERGED]
    spans = {(top, column - left): bottom for (top, column), (bottom, _) in merged if bottom > top}
    hanging: dict[int, tuple[int, str]] = {}
    for place, values in enumerate(sheet.iter_rows()):
        cells = [shown(value, formats.get((place + 1, left + at))) for at, value in enumerate(values, 1)]
        for column, (bottom, text) in hanging.items():
            if place <= bottom and column < len(cells):
                cells[column] = cells[column] or text
        hanging.update({at: (spans[place, at], again(cells[at])) for at in range(len(cells)) if (place, at) in spans})
        yield cells


def shown(value: Value, form: Format | None = None) -> str:
    """As a person would write it: ISO for dates, numbers as far as they are stored exactly (15 digits)."""
    if isinstance(value, bool):
        return str(value).upper()
    if form is not None and isinstance(value, int | float):
        return form.shown(value, shown)
    if isinstance(value, float):
        return f"{value:.15g}" if abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ").removesuffix(" 00:00:00")
    return str(value)


@contextmanager
def _opened(file: File) -> Iterator[CalamineWorkbook]:
    with needed("Reading Excel sheets", "python-calamine", "office"):
        from python_calamine import CalamineError, CalamineWorkbook, PasswordError
    with file.opened() as opened:
        try:
            with CalamineWorkbook.from_filelike(opened) as book:
                yield book
        except PasswordError:
            raise unreadable(file.source, "is encrypted: Document.open(path, password='…') opens it") from None
        except DocumentError:
            raise
        except (CalamineError, ValueError, OverflowError) as error:
            raise unreadable(file.source, f"is a broken Excel file ({error}): {_SAVE}") from None
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # what the reader cannot go on from, which is no Exception
                raise
            raise unreadable(file.source, f"is a broken Excel file: {_SAVE}") from None
