"""Documents on which "the text layer is there, so take it" goes wrong, and their twins on which it is right."""

from __future__ import annotations

import pytest

from extractor.document import Document
from extractor.document.gibberish import is_gibberish

from .pdfs import Field, Glyphs, Line, Mark, Picture, Text, pdf

LETTER = """Dear Ms Lovelace,
thank you for your order of the twelfth of March. The paper that you
asked for is in our warehouse and will be sent to you this week.
The price of the whole delivery is 1,240.50 euro, to be paid within
thirty days to the account that is named below. Please give the number
of the invoice with your payment, so that we can tell what it is for.
Yours sincerely, the accounts department of Larkfield Paper Limited"""
ROWS = LETTER.split("\n")


def lines(left: float = 72, top: float = 750, **how: bool) -> list[Mark]:
    return [Text(left, top - 14 * row, line, **how) for row, line in enumerate(ROWS)]


def scan() -> Picture:
    """The letter as a picture of its page."""
    drawn = Document.of(pdf(lines())).pages[0].picture(1200)
    assert drawn is not None
    assert isinstance(drawn.source, bytes)
    return Picture(0, 0, 595, 842, drawn.source)


STAMP = Text(200, 20, "Scanned with a phone, page 1 of 1", 8)
LOGO = Picture(400, 770, 60, 40, scan().jpeg)


@pytest.mark.parametrize(
    ("marks", "kind", "simple"),
    [
        (lines(), "good", True),
        ([*lines(), LOGO], "good", True),
        ([*lines(), *(Line(40, 30 + 8 * row, 560) for row in range(80))], "good", True),
        ([scan(), *lines(hidden=True)], "good", True),
        ([scan(), STAMP], "partial", True),
        ([*lines(top=300), Picture(0, 350, 595, 490, scan().jpeg)], "partial", True),
        (lines(shifted=True), "gibberish", True),
        ([Glyphs(72, 700 - 14 * row, line, mapped=False) for row, line in enumerate(ROWS)], "gibberish", True),
        ([scan()], "scanned", False),
        ([], "blank", False),
        ([Line(72, 700, 300)], "blank", False),
    ],
    ids="text logo rules hidden-ocr stamped-scan half-scanned wrong-map no-map scan empty rule".split(),
)
def test_what_a_text_layer_is_worth(marks: list[Mark], kind: str, simple: bool) -> None:
    """``simple``: what one sees who only asks whether there is text."""
    page = Document.of(pdf(marks)).pages[0]
    assert (page.judge().kind, bool(page.text)) == (kind, simple)


def test_judgements_say_why() -> None:
    (stamped, wrong) = Document.of([pdf([scan(), STAMP]), pdf(lines(shifted=True))]).pages
    assert stamped.judge().why.startswith("the page shows as much as ")
    assert wrong.text.startswith("'HDU 0V /RYHODFH")
    assert wrong.judge().why == "the fonts of the text layer do not say which characters they show"


@pytest.mark.parametrize("extra", ["/Rotate 90", "/CropBox [0 200 595 842]", "/Rotate 270 /CropBox [50 200 595 842]"])
def test_turned_and_cropped_pages_are_judged_alike(extra: str) -> None:
    kinds = [page.judge().kind for page in Document.of(pdf(lines(), [scan(), STAMP], [scan()], extra=extra)).pages]
    assert kinds == ["good", "partial", "scanned"]


def test_what_was_typed_into_a_form_counts() -> None:
    assert Document.of(pdf([Text(72, 703, "Name:"), Field(150, 700, "name", "Ada")])).pages[0].judge().kind == "good"


@pytest.mark.parametrize(
    "text",
    [
        LETTER,
        "Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv. Jsou nadáni rozumem a svědomím.",
        "Minden emberi lény szabadon születik és egyenlő méltósága és joga van. Az emberek, ésszel bírván",
        "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler",
        "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan. Heille on annettu järki",
        "Genir pawb yn rhydd ac yn gydradd â'i gilydd mewn urddas a hawliau. Fe'u cynysgaeddir â rheswm a chydwybod",
        "Todos os seres humanos nascem livres e iguais em dignidade e em direitos. Dotados de razão e de consciência",
        "所有人生来都是平等的，享有同样的尊严和权利。他们有理性和良心，应当以兄弟般的精神相对待。" * 3,
        "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью",
        "BX-4471 XPQ-22 GTR RFQ KLM-9 QX ZZ-1 BQR PFX XKCD WPM TGV SQL HTML CSS XML JSON PNG SVG MP4 GTQ RFC XCVB",
        "\n".join(
            f"{row:05} 2026-03-{row % 28 + 1:02} {row * 17.35:,.2f} EUR DE8937040044053201{row:04}" for row in range(90)
        ),
        "def f(x): return [a[i] for i in range(len(a))]; print(f(x)); if (x == y) { z += 1; }",
    ],
)
def test_text_of_people_is_none(text: str) -> None:
    assert not is_gibberish(text)


@pytest.mark.parametrize("shift", [-31, -29, -3, 1, 2, 3, 29])
def test_letters_that_are_all_others_are(shift: int) -> None:
    swapped = "".join(chr(ord(char) + shift) if char.isalpha() else char for char in LETTER)
    assert is_gibberish(swapped)
    assert is_gibberish("\ue001\ue002\ue003 \ufffd\ufffd")
