from __future__ import annotations

import codecs

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from extractor.document import Document
from extractor.errors import DocumentError

PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), min_size=1).filter(
    str.strip
)
WIDE = ["utf-16", "utf-32", "utf-8-sig"]


@given(PLAIN, st.sampled_from(WIDE))
def test_a_byte_order_mark_tells(text: str, encoding: str) -> None:
    assert Document.of(text.encode(encoding)).text == text


@given(PLAIN)
def test_big_ends_too(text: str) -> None:
    assert Document.of(codecs.BOM_UTF16_BE + text.encode("utf-16-be")).text == text
    assert Document.of(codecs.BOM_UTF32_BE + text.encode("utf-32-be")).text == text


@given(PLAIN)
def test_utf8_is_read_as_it_is(text: str) -> None:
    data = text.encode()
    assume(not data.startswith((b"{\\rtf", b"%!PS", b"%PDF", b"GIF8")))
    assert Document.of(data).text == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_seen_and_told(encoding: str) -> None:
    document = Document.of("Rechnung Nr. 17\r\nGrüße aus Köln".encode(encoding))
    assert (document.text, document.notes) == (
        "Rechnung Nr. 17\nGrüße aus Köln",
        ("has no byte order mark; it was taken for UTF-16",),
    )


@pytest.mark.parametrize(
    "text", ["Grüße aus Köln für 12 €", "L’été à Besançon: « voilà »", "ÄÖÜ äöüß in Zürich", "café"]
)
def test_western_windows_text_is_read_and_told(text: str) -> None:
    document = Document.of(text.encode("cp1252"))
    assert document.text == text
    assert len(document.notes) == 1
    assert document.notes[0].startswith("is no UTF-8; it was taken for Windows-1252.")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Счёт на оплату № 17 от 5 июня", "cp1251"),
        ("Τιμολόγιο πώλησης αριθμός", "cp1253"),
        ("請求書番号と合計金額", "shift_jis"),
        ("发票号码和总金额", "gbk"),
        ("청구서 번호와 합계 금액", "euc_kr"),
        ("Счёт на оплату от июня", "koi8-r"),
    ],
)
def test_other_encodings_are_never_guessed_into_gibberish(text: str, encoding: str) -> None:
    with pytest.raises(DocumentError, match=r"encoding that cannot be told .*: decode it yourself"):
        Document.of(text.encode(encoding))


def test_damaged_utf8_keeps_the_rest_and_tells() -> None:
    data = "Grüße, Zürich, Köln, Besançon".encode()
    document = Document.of(data[:-3] + b"\xff" + data[-2:] + b"\xe2\x82")
    assert (document.text, document.notes) == (
        "Grüße, Zürich, Köln, Besan\ufffd\ufffdon\ufffd"[:27] + document.text[27:],
        ("is damaged UTF-8: 3 characters were lost, the first at byte 30",),
    )


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE])
def test_wide_text_that_is_cut_off(mark: bytes) -> None:
    with pytest.raises(DocumentError, match=r"is no valid UTF-\d\d"):
        Document.of(mark + b"\xd8\x00\xd8")


def test_control_characters_of_real_text_stay() -> None:
    text = "page one, with some words in it\fpage two \x1b[1mbold\x1b[0m and a bell \x07 in a long enough line"
    assert Document.of(text.encode()).text == text
