"""Makes the two documents of the demo, the same bytes each time: ``python -m bench.make_demo_documents``.

All people, companies and numbers are invented; the IBAN and the VAT number pass their check digits.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.document.pdfs import Line, Mark, Text, pdf

FOLDER = Path(__file__).parent.parent / "extractor" / "demo"
IBAN = "IE66 LARK 9000 1700 4209 15"
ITEMS = [
    ("Copy paper A4, box of 5 reams", 4, Decimal("22.50")),
    ("Menu cards A5, linen", 150, Decimal("0.60")),
    ("Receipt rolls 80 mm", 24, Decimal("1.25")),
    ("Delivery", 1, Decimal("15.00")),
]
VAT_RATE = 23
_LEFT, _RIGHT = 60, 535
_COLUMNS = (360, 445, _RIGHT)

LETTER = """\
Marta Quill
3 Orchard Lane
Galway H91 X2F4
marta.quill@example.com

Brightwater Energy
Customer Service
40 Quay Street
Limerick V94 T9P3

2 April 2026

Subject: Wrong meter reading on bill 7731-B

Dear Ms Okafor,

On 27 March I received bill 7731-B for 418.60 euros. It is based on an estimated reading of 15,920 kWh for my meter \
M-20418. I read the meter myself on 30 March: it shows 14,385 kWh. A photograph of the display is enclosed.

Please cancel the bill and send me a corrected one by 24 April 2026. Until then I ask you not to collect the amount \
from my account. If your technician has to see the meter, I am at home on weekdays after 16:00; please call \
+353 91 555 0142 the day before.

I have been your customer since 2019 and would like this settled without a formal complaint.

Yours sincerely,

Marta Quill

Enclosure: photograph of the meter
"""


def invoice() -> bytes:
    """One A4 page with seller, buyer, four items, VAT, total and bank details."""
    return pdf([*_head(), *_items(), *_foot()])


def _head() -> list[Mark]:
    return [
        Text(_LEFT, 780, "Larkfield Paper Ltd", 16, bold=True),
        Text(_LEFT, 764, "14 Harbour Road, Dublin 2, Ireland"),
        Text(_LEFT, 750, "accounts@larkfield.example.com, VAT no. IE4820915K"),
        Text(_LEFT, 706, "INVOICE", 20, bold=True),
        Text(_LEFT, 680, "Invoice number: LP-2026-0417"),
        Text(_LEFT, 666, "Invoice date: 2026-03-12"),
        Text(_LEFT, 652, "Due date: 2026-04-11"),
        Text(_LEFT, 622, "Bill to:", bold=True),
        Text(_LEFT, 608, "Fennel & Rye Café"),
        Text(_LEFT, 594, "8 Linden Street, Cork, Ireland"),
    ]


def _items() -> list[Mark]:
    marks: list[Mark] = [Text(_LEFT, 556, "Description", bold=True)]
    marks += [
        _right(x, 556, name, bold=True) for x, name in zip(_COLUMNS, ("Quantity", "Price", "Amount"), strict=True)
    ]
    marks.append(Line(_LEFT, 549, _RIGHT))
    for row, (name, quantity, price) in enumerate(ITEMS):
        y = 534 - 16 * row
        cells = (str(quantity), str(price), str(quantity * price))
        marks += [Text(_LEFT, y, name), *(_right(x, y, cell) for x, cell in zip(_COLUMNS, cells, strict=True))]
    return [*marks, Line(_LEFT, 478, _RIGHT)]


def _foot() -> list[Mark]:
    net = sum((quantity * price for _, quantity, price in ITEMS), Decimal())
    vat = (net * VAT_RATE / 100).quantize(Decimal("0.01"))
    rows = [("Net", net, False), (f"VAT {VAT_RATE}%", vat, False), ("Total EUR", net + vat, True)]
    marks: list[Mark] = []
    for row, (name, amount, bold) in enumerate(rows):
        marks += [Text(_COLUMNS[0], 462 - 16 * row, name, bold=bold), _right(_RIGHT, 462 - 16 * row, str(amount), bold)]
    return [
        *marks,
        Text(_LEFT, 380, "Please pay by bank transfer and quote the invoice number."),
        Text(_LEFT, 366, f"IBAN: {IBAN}"),
    ]


def _right(x: float, y: float, text: str, bold: bool = False) -> Text:
    """Text that ends at x: Helvetica's figures are 0.556 of its size wide, its point and narrow letters about half."""
    width = sum(2.78 if char in ".il," else 5.56 for char in text)
    return Text(round(x - width, 2), y, text, bold=bold)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "invoice.pdf").write_bytes(invoice())
    (FOLDER / "letter.txt").write_text(LETTER, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
