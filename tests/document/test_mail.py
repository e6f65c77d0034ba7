from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.document import Attachment, Document
from extractor.errors import DocumentError

from .pdfs import pdf
from .pictures import png


def mail(subject: str = "Rechnung Nr. 17 – Köln", body: str = "Hallo Ada,\nanbei 17.") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Jürgen Groß <j@example.com>"
    message["To"] = "Ada <ada@example.com>, bob@example.com"
    message["Date"] = "Fri, 05 Jun 2026 10:00:00 +0200"
    message["Message-ID"] = "<1@example.com>"
    message["Subject"] = subject
    message["MIME-Version"] = "1.0"
    message.set_content(body)
    return message


HEAD = (
    "From: Jürgen Groß <j@example.com>\nTo: Ada <ada@example.com>, bob@example.com\n"
    "Date: Fri, 05 Jun 2026 10:00:00 +0200\nSubject: Rechnung Nr. 17 – Köln\n\n"
)
TABLE = "<table><tr><th>Item<th>Price<tr><td>Pear<td>2.00</table>"


def read(message: EmailMessage) -> Document:
    return Document.of(message.as_bytes(policy=SMTP))


def test_a_mail_is_its_headers_and_its_body() -> None:
    document = read(mail())
    assert (document.text, document.notes) == (f"{HEAD}Hallo Ada,\nanbei 17.", ())


@pytest.mark.parametrize(
    ("plain", "markup", "body"),
    [
        ("Hallo Ada", "<p>Hallo Ada</p>", "Hallo Ada"),
        ("Please view in HTML", "<p>" + "Total due is 42.50. " * 9, ("Total due is 42.50. " * 9).strip()),
        ("Item\nPrice\nPear\n2.00", TABLE, "Item | Price\nPear | 2.00"),
    ],
)
def test_the_better_of_two_bodies_is_taken(plain: str, markup: str, body: str) -> None:
    message = mail(body=plain)
    message.add_alternative(markup, subtype="html")
    assert read(message).text == HEAD + body


def test_what_hangs_on_a_mail_is_listed_and_can_be_opened() -> None:
    inner = mail("Older", "the first mail")
    message = mail()
    message.add_alternative(TABLE, subtype="html")
    message.get_payload()[1].add_related(png(), "image", "png", cid="<logo>", filename="logo.png")  # type: ignore[union-attr, index]
    message.add_attachment(pdf("Invoice 17"), maintype="application", subtype="pdf", filename="Rechnung für Köln.pdf")
    message.add_attachment(inner)
    document = read(message)
    assert [(each.name, each.media_type) for each in document.attachments] == [
        ("logo.png", "image/png"),
        ("Rechnung für Köln.pdf", "application/pdf"),
        ("Older.eml", "message/rfc822"),
    ]
    assert document.notes == (
        "attached and not read: logo.png, Rechnung für Köln.pdf, Older.eml"
        " (Document.of(attachment) reads one of document.attachments)",
    )
    texts = [Document.of(attachment).text for attachment in document.attachments[1:]]
    assert texts == ["Invoice 17", HEAD.replace("Rechnung Nr. 17 – Köln", "Older") + "the first mail"]
    everything = Document.of([document, *document.attachments])
    assert [page.number for page in everything.pages] == [1, 2, 3, 4]


def test_parts_side_by_side_are_all_read() -> None:
    data = (
        b"From: a@x.org\r\nDate: Fri, 05 Jun 2026\r\nSubject: Three\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n"
        b"--b\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n" + "Счёт".encode("koi8-r") + b"\r\n"
        b"--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        b"<b>Gr=C3=BC=C3=9Fe</b>\r\n"
        b"--b\r\nContent-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        b"w7wgZW5k\r\n--b--\r\n"
    )
    assert Document.of(data).text.split("\n\n")[1:] == ["Счёт", "Grüße", "ü end"]


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        (b"=?shift_jis?B?kL+LgY+R?= =?utf-8?q?_=E2=82=AC?=", "請求書 €"),
        (b"=?nonsense?B?kL+LgY+R?=", "=?nonsense?B?kL+LgY+R?="),
        ("Grüße".encode(), "Grüße"),
        ("Grüße".encode("cp1252"), "Grüße"),
        (b"folded\r\n over lines", "folded over lines"),
    ],
)
def test_headers_in_their_encodings(header: bytes, subject: str) -> None:
    data = b"Received: by x\r\nFrom: a@x.org\r\nSubject: " + header + b"\r\nDate: today\r\n\r\nbody\r\n"
    assert f"Subject: {subject}\n\nbody" in Document.of(data).text


def test_a_flowed_paragraph_is_one_line() -> None:
    data = (
        b"From: a@x.org\nTo: b@x.org\nDate: today\nContent-Type: text/plain; format=flowed\n\n"
        b"One paragraph \nthat goes on.\nEnd\n-- \nAda"
    )
    assert Document.of(data).text.endswith("One paragraph that goes on.\nEnd\n-- \nAda")


def test_a_mailbox_has_a_page_a_mail() -> None:
    mails = [mail(f"No. {number}", "text\n>From here").as_bytes() for number in (1, 2, 3)]
    box = b"".join(b"From a@x.org Fri Jun  5 10:00:00 2026\n" + each + b"\n\n" for each in mails)
    pages = Document.of(box).pages
    assert [page.text.split("Subject: ")[1] for page in pages] == [f"No. {n}\n\ntext\nFrom here" for n in (1, 2, 3)]
    assert Document.open(box, pages="2").pages == pages[1:2]


def test_a_web_page_that_was_saved_as_a_mail() -> None:
    data = (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.com/\r\nSubject: Page\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<h1>Prices</h1>" + TABLE.encode() + b"\r\n--b--\r\n"
    )
    assert Document.of(data).text.endswith("Subject: Page\n\n# Prices\n\nItem | Price\nPear | 2.00")


@pytest.mark.parametrize(
    "text",
    [
        "From: the beginning\nwe knew",
        "Subject: a note\nTo: do\nDate: soon is not good\nbut later",
        "Name: Ada\nTo: Bob\nDate: 1\nFrom: x\nplain lines\n",
        "To be: or not\nto be: that is",
    ],
)
def test_text_that_looks_a_little_like_a_mail_stays_text(text: str) -> None:
    assert "".join(Document.of(text.encode()).text.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("media_type", "said"),
    [
        ("application/ms-tnef", "winmail.dat"),
        ("application/pkcs7-mime", "S/MIME"),
        ("application/pgp-encrypted", "PGP"),
    ],
)
def test_what_cannot_be_opened_is_told(media_type: str, said: str) -> None:
    message = mail()
    message.add_attachment(b"\x78\x9f\x3e\x22", *media_type.split("/"), filename="part.bin")
    document = read(message)
    assert said in document.notes[0]
    assert document.attachments == (Attachment("part.bin", media_type, b"\x78\x9f\x3e\x22"),)


def test_a_mail_that_nests_too_deep() -> None:
    data = b"From: a@x.org\nDate: today\nMIME-Version: 1.0\n"
    for level in range(1500):
        data += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level)
    with pytest.raises(DocumentError, match="nests"):
        Document.of(data + b"Content-Type: text/plain\n\nx")


@given(st.binary(max_size=200), st.integers(0, 600))
def test_any_bytes_in_a_mail_are_read_or_refused(junk: bytes, at: int) -> None:
    message = mail()
    message.add_alternative(TABLE, subtype="html")
    message.add_attachment(b"x", maintype="application", subtype="pdf", filename="a.pdf")
    data = message.as_bytes()
    try:
        text = Document.of(data[:at] + junk + data[at + len(junk) :]).text
    except DocumentError:
        return
    assert text.encode().decode() == text != ""
