"""Long documents that are made here, and a model that reads them as real ones do: it loses rows of what is too long."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from pydantic import BaseModel

from extractor.chat import ChatRequest
from extractor.document import Document, Page
from extractor.testing import Reply, Script

HEAD = "Date        Description                          Amount         Balance"
_LINE = re.compile(
    r"^(\d\d)/(\d\d)/(\d{4})  (.+?)(?:\n {12}(.+?))?  +(-?[\d,]+\.\d\d)  +(-?[\d,]+\.\d\d)$", re.MULTILINE
)
_PART = "[The part:]\n"


class Row(BaseModel):
    day: date
    text: str
    amount: float
    balance: float


class Ledger(BaseModel):
    account: str
    rows: list[Row]


def rows(count: int, *, alike: int = 0) -> list[Row]:
    """Rows of an account; of ``alike`` in a row all say the same."""
    made = []
    for at in range(count):
        number = at - at % alike if alike else at
        day = date(2024, 1, 1) + timedelta(days=number % 360)
        text = f"{('Card payment', 'Transfer to', 'Fee', 'Salary of')[number % 4]} {number * 7919 % 100_003}"
        made.append(Row(day=day, text=text, amount=round(number * 13.37 % 5000 + 5, 2), balance=number * 3.0 - 900))
    return made


def written(row: Row, *, wrapped: bool = False) -> str:
    """A row as it is printed: the day first, thousands marked; over two lines where ``wrapped``."""
    words = row.text.replace(" ", "\n            ", 1) if wrapped else row.text
    width = 36 + (len(words) - len(words.split("\n")[-1]) - 12 if wrapped else 0)
    return f"{row.day:%d/%m/%Y}  {words:<{width}}{row.amount:>12,.2f}{row.balance:>15,.2f}"


def ledger(items: Iterable[Row], per_page: int = 13, *, wrap: int = 0, subtotals: int = 0) -> Document:
    """Pages with headers and footers; each ``wrap``-th row over two lines, a sub-total after so many rows."""
    items = list(items)
    count = -(-len(items) // per_page)
    pages = []
    for number in range(1, count + 1):
        lines = ["ACME Trading Ltd          Statement of account 0049-1122", f"Page {number} of {count}", "", HEAD]
        for at in range((number - 1) * per_page, min(number * per_page, len(items))):
            lines.append(written(items[at], wrapped=bool(wrap) and at % wrap == 0))
            if subtotals and at % subtotals == subtotals - 1:
                total = sum(row.amount for row in items[at - subtotals + 1 : at + 1])
                lines.append(
                    f"            Subtotal                            {total:>12,.2f}{items[at].balance:>15,.2f}"
                )
        pages.append(Page(number, "\n".join([*lines, "", f"Carried forward {items[at].balance:,.2f}", "Reg. 123456"])))
    return Document("ledger", tuple(pages))


def read(text: str) -> list[dict[str, object]]:
    """The rows that a text shows, as a model gives them: days in ISO 8601, amounts as numbers."""
    return [
        {
            "day": f"{year}-{month}-{day}",
            "text": " ".join(filter(None, (first.strip(), rest))),
            "amount": float(amount.replace(",", "")),
            "balance": float(balance.replace(",", "")),
        }
        for day, month, year, first, rest, amount, balance in _LINE.findall(text)
    ]


@dataclass
class Clerk:
    """A model that gives the first ``most`` rows of what it is shown, and fails where ``fails`` says so."""

    most: int = 10_000
    fails: Callable[[str], bool] = lambda text: False
    seen: list[str] = field(default_factory=list)

    def __call__(self, request: ChatRequest) -> Script:
        said = str(request.messages[-1]["content"])
        self.seen.append(said)
        part = said.rpartition(_PART)[2]
        if self.fails(part):
            return Reply(500, body="down")
        account = re.search(r"account (\S+)", said)
        return {"account": account[1] if account else None, "rows": read(part)[: self.most]}
