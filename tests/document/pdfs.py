"""A PDF writer of one page: enough to make every kind of PDF that the tests need, byte for byte the same each time.

pdf("first page\\nsecond line", "", "third page")          # "" is a page without text
pdf([Text(72, 700, "Total", bold=True), Line(72, 690, 520)])
pdf("secret", password="sesame")
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import md5
from typing import TypeAlias

WIDTH, HEIGHT = 595, 842
_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
_ID = bytes(range(16))
_PERMISSIONS = -4


@dataclass(frozen=True, slots=True)
class Text:
    """Text with its baseline's start at x, y (points from the bottom left), in Windows-1252."""

    x: float
    y: float
    text: str
    size: float = 10
    bold: bool = False
    hidden: bool = False  # as the text of OCR is, behind the picture of a scan
    shifted: bool = False  # in a font whose table says of every letter that it is another, 29 codes before it


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Text of up to 200 different characters of any script, mapped by a ToUnicode table (left out: no way to tell)."""

    x: float
    y: float
    text: str
    mapped: bool = True


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG, its lower left corner at x, y."""

    x: float
    y: float
    width: float
    height: float
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Line:
    """A thin horizontal rule."""

    x: float
    y: float
    to: float


@dataclass(frozen=True, slots=True)
class Field:
    """A form field that somebody filled in."""

    x: float
    y: float
    name: str
    value: str


Mark: TypeAlias = Text | Glyphs | Line | Field | Picture


def pdf(*pages: str | Sequence[Mark], password: str | None = None, extra: str = "") -> bytes:
    """A PDF of the pages: lines of text from the top, or marks. With a password it is encrypted (RC4, 40 bits).

    ``extra`` stands in each page's dictionary: ``/Rotate 90``, ``/CropBox [0 0 300 400]``.
    """
    objects: dict[int, bytes] = {}
    drawn = [_lines(page) if isinstance(page, str) else list(page) for page in pages]
    alphabet = sorted({char for page in drawn for mark in page if isinstance(mark, Glyphs) for char in mark.text})
    mapped = all(mark.mapped for page in drawn for mark in page if isinstance(mark, Glyphs))
    key = _key(password)
    objects[3] = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    objects[4] = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>"
    objects[5] = _mapped_font(len(alphabet), mapped)
    objects[6] = _stream(_to_unicode(alphabet), key, 6)
    if any(mark.shifted for page in drawn for mark in page if isinstance(mark, Text)):
        objects[7] = objects[3][:-3] + b" /ToUnicode 8 0 R >>"
        objects[8] = _stream(_to_unicode([chr(max(code - 29, 1)) for code in range(33, 127)]), key, 8)
    kids, fields = [], []
    for marks in drawn:
        number = max(objects) + 1
        widgets = [mark for mark in marks if isinstance(mark, Field)]
        names = [f"{number + 2 + 2 * place} 0 R" for place in range(len(widgets))]
        pictures = [mark for mark in marks if isinstance(mark, Picture)]
        first = number + 2 + 2 * len(widgets)
        drawings = " ".join(f"/I{place} {first + place} 0 R" for place in range(len(pictures)))
        objects[number] = _page(number + 1, names, extra, drawings, 7 in objects)
        objects[number + 1] = _stream(
            "\n".join(_draw(mark, alphabet, pictures) for mark in marks).encode("latin-1"), key, number + 1
        )
        for widget in widgets:
            at = max(objects) + 1
            objects[at], objects[at + 1] = _widget(widget, at + 1), _appearance(widget, key, at + 1)
        for picture in pictures:
            at = max(objects) + 1
            objects[at] = _image(picture, key, at)
        kids.append(f"{number} 0 R")
        fields += names
    form = f" /AcroForm << /Fields [{' '.join(fields)}] >>" if fields else ""
    objects[1] = f"<< /Type /Catalog /Pages 2 0 R{form} >>".encode()
    objects[2] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    return _file(objects, password)


def _lines(text: str) -> list[Mark]:
    return [Text(72, HEIGHT - 72 - 14 * row, line) for row, line in enumerate(text.split("\n")) if line]


def _draw(mark: Mark, alphabet: Sequence[str], pictures: Sequence[Picture]) -> str:
    match mark:
        case Text(x, y, text, size, bold, hidden, shifted):
            font = "F4" if shifted else "F2" if bold else "F1"
            return f"BT {(hidden and '3 Tr ') or ''}/{font} {size:g} Tf {x:g} {y:g} Td ({_escaped(text)}) Tj ET"
        case Picture(x, y, width, height):
            return f"q {width:g} 0 0 {height:g} {x:g} {y:g} cm /I{pictures.index(mark)} Do Q"
        case Glyphs(x, y, text):
            codes = "".join(f"{33 + alphabet.index(char):02x}" for char in text)
            return f"BT /F3 10 Tf {x:g} {y:g} Td <{codes}> Tj ET"
        case Line(x, y, to):
            return f"0.5 w {x:g} {y:g} m {to:g} {y:g} l S"
        case _:
            return ""


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return "".join(chr(byte) if byte < 128 else f"\\{byte:03o}" for byte in text.encode("cp1252"))


def _page(contents: int, widgets: Sequence[str], extra: str, drawings: str, shifted: bool) -> bytes:
    annotations = f" /Annots [{' '.join(widgets)}]" if widgets else ""
    images = f" /XObject << {drawings} >>" if drawings else ""
    fonts = "/F1 3 0 R /F2 4 0 R /F3 5 0 R" + " /F4 7 0 R" * shifted
    return (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {contents} 0 R"
        f" /Resources << /Font << {fonts} >>{images} >>{annotations}{extra and f' {extra}'} >>"
    ).encode()


def _image(picture: Picture, key: bytes, number: int) -> bytes:
    from io import BytesIO

    from PIL import Image

    width, height = Image.open(BytesIO(picture.jpeg)).size
    size = f"/Width {width} /Height {height} /BitsPerComponent 8 /ColorSpace /DeviceRGB"
    return _stream(picture.jpeg, key, number, f"/Type /XObject /Subtype /Image {size} /Filter /DCTDecode ")


def _widget(field: Field, appearance: int) -> bytes:
    return (
        f"<< /Type /Annot /Subtype /Widget /FT /Tx /F 4 /T ({field.name}) /V ({field.value})"
        f" /Rect [{field.x:g} {field.y:g} {field.x + 200:g} {field.y + 14:g}] /AP << /N {appearance} 0 R >> >>"
    ).encode()


def _appearance(field: Field, key: bytes, number: int) -> bytes:
    drawn = f"/Tx BMC BT /F1 10 Tf 2 3 Td ({_escaped(field.value)}) Tj ET EMC".encode()
    entries = "/Type /XObject /Subtype /Form /BBox [0 0 200 14] /Resources << /Font << /F1 3 0 R >> >> "
    return _stream(drawn, key, number, entries)


def _mapped_font(count: int, mapped: bool) -> bytes:
    names = " ".join(f"/g{place}" for place in range(count))
    widths = " ".join(["600"] * count)
    table = " /ToUnicode 6 0 R" if mapped else ""
    return (
        f"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /FirstChar 33 /LastChar {32 + max(count, 1)}"
        f" /Widths [{widths or '600'}] /Encoding << /Differences [33 {names}] >>{table} >>"
    ).encode()


def _to_unicode(alphabet: Sequence[str]) -> bytes:
    rows = "\n".join(f"<{33 + place:02x}> <{_utf16(char)}>" for place, char in enumerate(alphabet))
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Own def /CMapType 2 def\n"
        "1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"{len(alphabet)} beginbfchar\n{rows}\nendbfchar\nendcmap end end"
    ).encode()


def _utf16(char: str) -> str:
    return char.encode("utf-16-be", "surrogatepass").hex()


def _stream(data: bytes, key: bytes, number: int, entries: str = "") -> bytes:
    if key:
        data = _rc4(md5(key + number.to_bytes(3, "little") + b"\0\0").digest()[:10], data)
    return f"<< {entries}/Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def _file(objects: dict[int, bytes], password: str | None) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number in sorted(objects):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + objects[number] + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R{_encryption(password)} >>\n".encode()
    return bytes(out + f"startxref\n{start}\n%%EOF\n".encode())


def _encryption(password: str | None) -> str:
    if password is None:
        return ""
    owner, user = _owner(password), _rc4(_key(password), _PADDING)
    return (
        f" /Encrypt << /Filter /Standard /V 1 /R 2 /P {_PERMISSIONS} /O <{owner.hex()}> /U <{user.hex()}> >>"
        f" /ID [<{_ID.hex()}> <{_ID.hex()}>]"
    )


def _padded(password: str) -> bytes:
    return (password.encode("latin-1") + _PADDING)[:32]


def _owner(password: str) -> bytes:
    return _rc4(md5(_padded(password)).digest()[:5], _padded(password))


def _key(password: str | None) -> bytes:
    if password is None:
        return b""
    permissions = (_PERMISSIONS & 0xFFFFFFFF).to_bytes(4, "little")
    return md5(_padded(password) + _owner(password) + permissions + _ID).digest()[:5]


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
