from __future__ import annotations

import codecs
from contextlib import suppress

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


OTHER_ENCODINGS = [
    ("Счёт на оплату № 17 от 5 июня", "cp1251", "CP1251"),
    ("Счёт на оплату от июня", "koi8-r", "KOI8-R"),
    ("Счёт на оплату от июня, ООО Ромашка", "cp866", "CP866"),
    ("Τιμολόγιο πώλησης αριθμός και ποσό πληρωμής", "cp1253", "CP1253"),
    ("請求書番号と合計金額", "shift_jis", "Shift-JIS"),
    ("請求書番号と合計金額", "euc_jp", "EUC_JP"),
    ("发票号码和总金额", "gb18030", "GB18030"),
    ("發票號碼和總金額", "big5", "BIG5"),
    ("청구서 번호와 합계 금액", "euc_kr", "EUC-KR"),
    ("Razem do zapłaty: sto złotych, płatność przelewem", "cp1250", "CP1250"),
    ("Razem do zapłaty: sto złotych, płatność przelewem", "iso8859-2", "ISO8859-2"),
    ("Fatura numarası: 17, müşteri: Şükrü Işık", "cp1254", "CP1254"),
    ("فاتورة رقم 17 المبلغ الإجمالي", "cp1256", "CP1256"),
    ("ใบแจ้งหนี้เลขที่ จำนวนเงินรวม", "tis-620", "CP874"),
]


@pytest.mark.parametrize(("text", "encoding", "name"), OTHER_ENCODINGS)
def test_other_encodings_are_told_by_their_letters(text: str, encoding: str, name: str) -> None:
    document = Document.of(f"17;{text};2026-06-05\r\n".encode(encoding))
    assert document.text == f"17;{text};2026-06-05\n"
    assert document.notes[0].startswith(f"is no UTF-8; it was taken for {name}. Where letters are wrong, decode it")


@pytest.mark.parametrize(("text", "encoding", "name"), OTHER_ENCODINGS)
@pytest.mark.parametrize("words", [1, 2])
def test_what_is_too_short_to_tell_is_refused_and_not_guessed_into_gibberish(
    text: str, encoding: str, name: str, words: int
) -> None:
    short = " ".join(text.split()[:words])
    with suppress(DocumentError):
        assert Document.of(short.encode(encoding)).text == short


def test_a_word_of_three_letters_tells_nothing() -> None:
    with pytest.raises(DocumentError, match="encoding that cannot be told"):
        Document.of("Счёт".encode("mac_cyrillic"))


@pytest.mark.parametrize("data", [bytes(range(0xC0, 0x100)) * 3, bytes([0xA4, 0xD7, 0xF7, 0xB8, 0xA8, 0x20]) * 9])
def test_letters_of_no_language_are_refused(data: bytes) -> None:
    with pytest.raises(DocumentError, match=r"encoding that cannot be told .*: decode it yourself"):
        Document.of(data)


def test_japanese_of_old_mails_is_no_ascii() -> None:
    assert Document.of("請求書 No. 17".encode("iso2022_jp")).text == "請求書 No. 17"


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<?xml version="1.0" encoding="{}"?>', "iso-8859-1"),
        ("<?xml version='1.0' encoding='{}' ?>", "koi8-r"),
        ('<!doctype html><head><meta charset="{}">', "shift_jis"),
        ('<html><meta http-equiv=Content-Type content="text/html; charset={}">', "gb2312"),
    ],
)
def test_markup_names_its_encoding(head: str, encoding: str) -> None:
    text = {"koi8-r": "Счёт", "shift_jis": "請求", "gb2312": "发票"}.get(encoding, "Straße")
    document = Document.of(f"{head.format(encoding)}<p>{text}</p>".encode(encoding))
    assert (text in document.text, document.notes) == (True, ())


def test_a_name_that_is_no_encoding_is_not_followed() -> None:
    assert "Straße" in Document.of('<?xml version="1.0" encoding="rot13"?><p>Straße</p>'.encode()).text


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
