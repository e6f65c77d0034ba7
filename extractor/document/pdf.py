"""PDF: the text layer, page by page, through pdfium."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from ..errors import DocumentError, SetupError
from .file import File
from .limits import TEXT_CHARACTERS, unreadable
from .page import Contents, Page
from .ranges import PageChoice, chosen, spelled

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument  # type: ignore[import-untyped]

_LOCK = Lock()
"""pdfium is not thread-safe: every call into it is made under this lock, which is given back after each page."""

_TAIL_BYTES = 4096
_SAMPLES = 100
_LOST = "\ufffd"
_LINE_END_HYPHEN = 2
"""pdfium's code for a hyphen at a line's end, whether it splits a word ("knowl-edge") or belongs to it ("W-8")."""
_LINE_END = [13, 10]
_NO_CHARACTER = dict.fromkeys([*range(9), *range(11, 32), 0xFFFE, 0xFFFF], _LOST)
_AS_PICTURES = (
    "pass its pages as pictures instead, for example [Image(Path('page-1.png')), Image(Path('page-2.png'))],"
    " to a model that reads images"
)


class _Read(NamedTuple):
    text: str
    mapped: bool


def read(file: File, password: str | None, pages: PageChoice | None) -> Contents:
    """The text of the pages that are wanted, as it stands in the text layer; memory holds one page beside the text."""
    _check_end(file)
    with _opened(file, password) as pdf:
        numbers = chosen(pages, len(pdf), file.source)
        found = _texts(pdf, numbers, file.source)
    if not any(page.text for page in found):
        what = "it has no text layer" if pages is None else f"page {spelled(numbers)} of it has no text layer"
        raise unreadable(file.source, f"{what} (it is scanned or drawn): {_AS_PICTURES}")
    return Contents(
        tuple(Page(number, page.text) for number, page in zip(numbers, found, strict=True)),
        tuple(_notes(numbers, found)),
    )


def _notes(numbers: Sequence[int], found: Sequence[_Read]) -> Iterator[str]:
    rows = list(zip(numbers, found, strict=True))
    if blank := [number for number, page in rows if not page.text]:
        yield f"no text on page {spelled(blank)}: blank, or scanned (then pass its picture too)"
    if strange := [number for number, page in rows if page.text and not page.mapped]:
        yield f"the text of page {spelled(strange)} may be gibberish: its fonts do not say which characters they show"
    if lost := [number for number, page in rows if _LOST in page.text]:
        count = sum(page.text.count(_LOST) for page in found)
        yield f"{count:,} characters on page {spelled(lost)} are unknown and stand as {_LOST}"


def _check_end(file: File) -> None:
    """A file whose end is missing may open all the same, with pages lost in silence."""
    if b"startxref" not in file.tail(_TAIL_BYTES):
        raise unreadable(file.source, "the PDF is cut off, its end is missing: fetch or save it again")


@contextmanager
def _opened(file: File, password: str | None) -> Iterator[PdfDocument]:
    pdf = _load(file, password)
    try:
        yield pdf
    finally:
        with _LOCK:
            pdf.close()


def _load(file: File, password: str | None) -> PdfDocument:
    """Through the raw calls: pypdfium2's own constructor tells a PDF of no pages by the last error of another."""
    try:
        import pypdfium2
        from pypdfium2 import raw
    except ImportError:
        raise SetupError("Reading PDFs needs pypdfium2:", remedy='pip install "typed-extractor[pdf]"') from None
    secret = None if password is None else password.encode(errors="replace") + b"\0"
    with _LOCK:
        if file.path is not None:
            handle = raw.FPDF_LoadDocument(str(file.path.resolve()).encode("utf-8", "surrogateescape") + b"\0", secret)
        else:
            handle = raw.FPDF_LoadMemDocument64(file.data, file.size, secret)
        if not handle:
            raise unreadable(file.source, _refused(raw.FPDF_GetLastError(), password))
        pdf = pypdfium2.PdfDocument(handle)
        if len(pdf) > 0:
            return pdf
        pdf.close()
    raise unreadable(file.source, "the PDF has no pages")


def _refused(code: int, password: str | None) -> str:
    if code == 4:
        if password is None:
            return "the PDF is encrypted: Document.open(path, password='…') opens it"
        return "the PDF is encrypted, and the password is not the right one"
    if code == 5:
        return "the PDF is encrypted in a way that is not supported: save it without encryption"
    return "the PDF is broken: save it again from where it came, or mend it with a PDF tool"


def _texts(pdf: PdfDocument, numbers: Sequence[int], source: str) -> list[_Read]:
    found: list[_Read] = []
    room = TEXT_CHARACTERS
    for number in numbers:
        with _LOCK:
            page = _read_page(pdf, number, source, room)
        if page is None:
            so_far = spelled(numbers[: len(found)])
            way_out = (
                f"choose pages (pages='{so_far}' is as much as can be had at once)"
                if so_far
                else "pass its text in parts"
            )
            raise unreadable(
                source, f"has more than {TEXT_CHARACTERS:,} characters of text, which is the limit: {way_out}"
            )
        room -= len(page.text)
        found.append(page)
    return found


def _read_page(pdf: PdfDocument, number: int, source: str, room: int) -> _Read | None:
    """None where the page has more text than there is room for."""
    from pypdfium2 import PdfiumError, raw

    try:
        page = pdf[number - 1]
        if raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == raw.FLATTEN_SUCCESS:
            page.close()  # what was typed into its form fields is text of the page from now on (in memory alone)
            page = pdf[number - 1]
    except PdfiumError:
        raise _broken_page(number, source) from None
    try:
        return _read_text(page, room)
    except PdfiumError:
        raise _broken_page(number, source) from None
    finally:
        page.close()


def _read_text(page: object, room: int) -> _Read | None:
    """Character by character: the bulk call shifts, and swallows, where it meets surrogates and line-end hyphens."""
    from pypdfium2 import raw

    layer = page.get_textpage()  # type: ignore[attr-defined]
    try:
        count = layer.count_chars()
        if count > room:
            return None
        codes = [raw.FPDFText_GetUnicode(layer, place) for place in range(count)]
        written = list(map(chr, codes))
        for place, code in enumerate(codes):
            if code == _LINE_END_HYPHEN and raw.FPDFText_IsHyphen(layer, place) == 1:
                written[place] = "-\n"
            elif codes[place - 1 : place + 1] == _LINE_END and _goes_on(layer, place - 2, place + 1, count):
                written[place - 1 : place + 1] = " ", ""
        sample = range(0, count, max(1, count // _SAMPLES))
        unmapped = sum(raw.FPDFText_HasUnicodeMapError(layer, place) == 1 for place in sample)
    finally:
        layer.close()
    return _Read(_cleaned("".join(written)), mapped=unmapped * 2 <= len(sample))


def _goes_on(layer: object, before: int, after: int, count: int) -> bool:
    """A gap between the cells of one row, which pdfium takes for a line's end: what follows stands to the right."""
    from pypdfium2 import raw

    if before < 0 or after >= count or raw.FPDFText_GetCharAngle(layer, before) != 0:
        return False
    _, bottom, right, top = _box(layer, before)
    left, next_bottom, _, next_top = _box(layer, after)
    shared = min(top, next_top) - max(bottom, next_bottom)
    return left >= right and shared * 2 > min(top - bottom, next_top - next_bottom) > 0


def _box(layer: object, place: int) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of a character's line box, in points of the page before it is turned."""
    from pypdfium2 import raw

    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(layer, place, box)
    return box.left, box.bottom, box.right, box.top


def _cleaned(text: str) -> str:
    """Lines without blanks at their ends; ``\\ufffd`` for every code that is no character."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_NO_CHARACTER)
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if not text.strip(f"{_LOST} \n\t\xa0"):
        return ""
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def _broken_page(number: int, source: str) -> DocumentError:
    return unreadable(source, f"page {number} of the PDF is broken: leave it out with pages=…, or save the PDF again")
