"""What windows say of one value becomes that value, by the rules of its type."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, model_validator

from extractor import Extractor, Merge, Result, Verify
from extractor.chat import ChatRequest
from extractor.document import Document, Page
from extractor.errors import BudgetError, InvalidOutputError, UnsupportedTypeError
from extractor.testing import FakeModel, Reply

FILLER = "\n".join(f"This paragraph number {at} says nothing of what is wanted, at some length." for at in range(60))


def pages(*texts: str) -> Document:
    """Each text on a page of its own, long enough that each page is a window."""
    return Document("d", tuple(Page(at, f"{text}\n\n{FILLER}") for at, text in enumerate(texts, 1)))


def shown(request: ChatRequest) -> str:
    return str(request.messages[1]["content"]).rpartition("[The part:]\n")[2]


def read(kind: Any, document: Document, answer: Callable[[str], object], **options: Any) -> Result[Any]:
    model = FakeModel(lambda request: answer(shown(request)), repeat=True)  # type: ignore[arg-type, return-value]
    extractor = Extractor("m", base_url="http://models.example.com/v1", transport=model)
    return extractor.extract(kind, document, **{"window_tokens": 1800, **options})


def found(pattern: str, text: str) -> str | None:
    match = re.search(pattern, text)
    return match[1] if match else None


class Contract(BaseModel):
    number: str
    law: str
    pages: int | None = None


def test_a_scalar_that_stands_once_far_inside_is_found() -> None:
    texts = ["Contract 4711", *["More"] * 35, "This contract is governed by the law of Norway.", "End"]

    def answer(text: str) -> object:
        return {"number": found(r"Contract (\d+)", text), "law": found(r"law of (\w+)", text), "pages": None}

    result = read(Contract, pages(*texts), answer)
    assert result.value == Contract(number="4711", law="Norway")
    assert result.issues == ()
    assert result.coverage is not None
    assert len(result.coverage.windows) >= 38


class Total(BaseModel):
    total: float


def total(rule: Merge | None) -> Any:
    kind = Annotated[float, rule] if rule else float
    return type("Total", (BaseModel,), {"__annotations__": {"total": kind}, "__module__": __name__})


def say_total(text: str) -> object:
    if "do not say the same" in text:
        return {"total": None}
    said = found(r"Total ([\d.]+)", text)
    return {"total": float(said) if said else None}


@pytest.mark.parametrize(
    ("rule", "value"),
    [(None, 20.0), (Merge.first, 10.0), (Merge.latest, 40.0), (Merge.sum, 90.0)],
)
def test_scalars_that_differ_are_merged_by_the_rule(rule: Merge | None, value: float) -> None:
    document = pages("Total 10.00", "Total 20.00", "nothing", "Total 20.00", "Total 40.00")
    result = read(total(rule), document, say_total)
    assert result.value.total == value
    assert result.coverage is not None
    if rule is not None:
        assert result.coverage.conflicts == ()
        return
    (conflict,) = result.coverage.conflicts
    assert (conflict.path, conflict.chosen) == ("$.total", 20.0)
    assert [(said.value, said.where.page) for said in conflict.said] == [(10.0, 1), (20.0, 2), (40.0, 5)]
    assert [issue.kind for issue in result.issues] == ["conflict"]


def test_what_windows_do_not_agree_on_is_asked_once_with_the_lines_that_say_it() -> None:
    asked: list[str] = []

    def answer(text: str) -> object:
        if "do not say the same of $.total" not in text:
            return say_total(text)
        asked.append(text)
        return {"total": 40.0}

    document = pages("Carried forward Total 10.00", "Carried forward Total 20.00", "nothing", "To pay: Total 40.00")
    result = read(total(None), document, answer)
    assert result.value.total == 40.0
    (text,) = asked
    assert "Carried forward Total 10.00" in text
    assert "To pay: Total 40.00" in text
    assert len(text) < 2000
    assert result.coverage is not None
    assert [conflict.chosen for conflict in result.coverage.conflicts] == [40.0]
    assert len(result.attempts) == len(result.ledger.calls) == 5
    assert read(total(None), document, answer, max_attempts=1).value.total == 10.0


def test_a_rule_may_say_that_a_conflict_is_an_error() -> None:
    document = pages("Total 10.00", "Total 20.00")
    with pytest.raises(InvalidOutputError, match=r"\$\.total: its parts do not agree.*page 1.*page 2") as caught:
        read(total(Merge.conflict), document, say_total)
    assert [issue.kind for issue in caught.value.issues] == ["conflict"]
    assert read(total(Merge.conflict), pages("Total 10.00", "Total 10.00"), say_total).value.total == 10.0


def test_an_unknown_rule_in_a_raw_schema_is_an_error() -> None:
    kind = {"type": "object", "properties": {"a": {"type": "string", "x-merge": "best"}}}
    with pytest.raises(UnsupportedTypeError, match=r"\$\.a: x-merge is first, latest"):
        read(kind, pages("a", "b"), lambda text: {"a": "x"})


class Party(BaseModel):
    name: str
    role: str | None = None


def parties(rule: Merge | None) -> Any:
    kind = Annotated[list[Party], rule] if rule else list[Party]
    return type("Parties", (BaseModel,), {"__annotations__": {"parties": kind}, "__module__": __name__})


def say_parties(text: str) -> object:
    return {"parties": [{"name": a, "role": b or None} for a, b in re.findall(r"party (\w+)(?: is (\w+))?", text)]}


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        (None, [("ACME", None), ("Bolt", None), ("ACME", "seller"), ("ACME", None)]),
        (Merge.union(key="name"), [("ACME", "seller"), ("Bolt", None)]),
        (Merge.union(), [("ACME", None), ("Bolt", None), ("ACME", "seller")]),
        (Merge.first, [("ACME", None), ("Bolt", None)]),
        (Merge.latest, [("ACME", None)]),
    ],
)
def test_lists_are_joined_by_place_or_by_the_rule(rule: Merge | None, names: list[tuple[str, str | None]]) -> None:
    document = pages("party ACME, party Bolt", "party ACME is seller", "party ACME")
    result = read(parties(rule), document, say_parties)
    assert [(party.name, party.role) for party in result.value.parties] == names


def test_a_map_is_merged_key_by_key() -> None:
    def answer(text: str) -> object:
        return {"value": [{"key": key, "value": int(value)} for key, value in re.findall(r"(\w+)=(\d+)", text)]}

    assert read(dict[str, int], pages("a=1, b=2", "b=2, c=3"), answer).value == {"a": 1, "b": 2, "c": 3}


class Booking(BaseModel):
    text: str
    amount: float


class Account(BaseModel):
    iban: str
    bookings: list[Booking]


def test_an_item_that_goes_on_over_windows_is_one() -> None:
    lines, wanted = [], []
    for number in range(3):
        iban = f"DE{number}9500105170648489890"
        bookings = [Booking(text=f"Fee {at % 5}", amount=at * 1.25) for at in range(90)]
        wanted.append(Account(iban=iban, bookings=bookings))
        lines += ["", f"Account {iban}", "", "Text          Amount"]
        lines += [f"{one.text:<10}{one.amount:>10.2f}" for one in bookings]

    def answer(request: ChatRequest) -> object:
        accounts: dict[str, list[object]] = {}
        said = str(request.messages[-1]["content"])
        above, _, part = said.rpartition("[The part:]\n")
        iban = (re.findall(r"Account (\S+)", above) or [""])[-1]
        for line in part.split("\n"):
            if account := re.match(r"Account (\S+)", line):
                iban = account[1]
            elif booking := re.match(r"(Fee \d) +([\d.]+)$", line):
                accounts.setdefault(iban, []).append({"text": booking[1], "amount": float(booking[2])})
        return {"value": [{"iban": iban, "bookings": held} for iban, held in accounts.items()]}

    model = FakeModel(answer, repeat=True)  # type: ignore[arg-type]
    extractor = Extractor("m", base_url="http://models.example.com/v1", transport=model, window_tokens=1500)
    result = extractor.extract(list[Account], "\n".join(lines))
    assert result.value == wanted
    assert len(model.requests) == 3  # nothing was short of rows


class Sheet(BaseModel):
    id: int
    name: str
    price: float


@pytest.mark.parametrize("most", [10_000, 40])
def test_a_sheet_carries_its_header_into_every_window(most: int) -> None:
    wanted = [Sheet(id=at, name=f"Article {at % 20}", price=at * 1.5 % 99) for at in range(400)]
    lines = ["id,name,price", *(f"{one.id},{one.name},{one.price:.2f}" for one in wanted)]

    def answer(request: ChatRequest) -> object:
        assert "id,name,price" in str(request.messages[-1]["content"])
        rows = re.findall(r"^(\d+),([^,\n]+),([\d.]+)$", shown(request), re.MULTILINE)
        return {"value": [{"id": int(a), "name": b, "price": float(c)} for a, b, c in rows[:most]]}

    model = FakeModel(answer, repeat=True)  # type: ignore[arg-type]
    extractor = Extractor("m", base_url="http://models.example.com/v1", transport=model, window_tokens=2000)
    assert extractor.extract(list[Sheet], "\n".join(lines)).value == wanted


class Checked(BaseModel):
    total: float
    amounts: list[float]

    @model_validator(mode="after")
    def _adds_up(self) -> Checked:
        if abs(self.total - sum(self.amounts)) > 0.01:
            raise ValueError("the amounts do not add up to the total")
        return self


def say_amounts(text: str) -> object:
    amounts = [float(amount) for amount in re.findall(r"amount ([\d.]+)", text)]
    said = found(r"Total ([\d.]+)", text)
    return {"total": float(said) if said else None, "amounts": amounts}


def test_what_only_the_whole_can_keep_is_checked_of_the_whole() -> None:
    result = read(Checked, pages("amount 1.50", "amount 2.50", "Total 4.00"), say_amounts)
    assert result.value == Checked(total=4.0, amounts=[1.5, 2.5])
    with pytest.raises(InvalidOutputError, match="do not add up") as caught:
        read(Checked, pages("amount 1.50", "amount 2.50", "Total 9.00"), say_amounts)
    assert caught.value.best == {"total": 9.0, "amounts": [1.5, 2.5]}
    assert caught.value.coverage is not None


def test_what_no_window_states_is_missing() -> None:
    with pytest.raises(InvalidOutputError, match=r"\$\.total: Field required"):
        read(Total, pages("a", "b"), say_total)


def test_functions_see_the_typed_value_of_the_whole() -> None:
    seen: list[object] = []
    kind = type(
        "Seen",
        (BaseModel,),
        {"__annotations__": {"total": Annotated[float, Verify(seen.append)]}, "__module__": __name__},
    )
    read(kind, pages("Total 3.00", "nothing"), say_total)
    assert seen == [3.0]


def test_a_row_that_stays_wrong_costs_no_other() -> None:
    def answer(text: str) -> object:
        return {"value": [{"text": a, "amount": b} for a, b in re.findall(r"booking (\w+) (\S+)", text)]}

    document = pages("booking a 1.0, booking b many", "booking c 3.0")
    with pytest.raises(InvalidOutputError, match=r"\$\[1\]\.amount") as caught:
        read(list[Booking], document, answer)
    assert caught.value.best == [{"text": "a", "amount": 1.0}, {"text": "c", "amount": 3.0}]
    result = read(list[Booking], document, answer, on_invalid="best")
    assert [one.text for one in result.value] == ["a", "c"]
    assert "page 1" in result.issues[0].message


def test_a_window_that_is_too_much_for_the_endpoint_is_read_in_halves() -> None:
    def answer(text: str) -> object:
        if len(text) > 2000:
            return Reply(400, body='{"error": "This model\'s maximum context length is 500 tokens"}')
        return {"value": [{"text": a, "amount": float(b)} for a, b in re.findall(r"booking (\w+) (\S+)", text)]}

    result = read(list[Booking], pages("booking a 1.0", "booking b 2.0"), answer, max_attempts=5)
    assert [one.text for one in result.value] == ["a", "b"]
    assert result.coverage is not None
    assert result.coverage.complete


def test_ceilings_hold_over_all_windows_together() -> None:
    texts = [f"booking x{at} {at}.0" for at in range(30)]

    def answer(text: str) -> object:
        return {"value": [{"text": a, "amount": float(b)} for a, b in re.findall(r"booking (\w+) (\S+)", text)]}

    whole = read(list[Booking], pages(*texts), answer)
    spent = whole.ledger.total_tokens or 0
    with pytest.raises(BudgetError, match="max_tokens_total") as caught:
        read(list[Booking], pages(*texts), answer, max_tokens_total=spent // 2)
    error = caught.value
    assert error.ledger is not None
    assert error.ledger.total_tokens is not None
    assert error.ledger.total_tokens <= spent // 2
    assert isinstance(error.best, list)
    assert 5 < len(error.best) < 30
    assert error.coverage is not None
    assert len(error.coverage.skipped_pages) == 30 - len(error.best)
    partly = read(list[Booking], pages(*texts), answer, max_tokens_total=spent // 2, max_unread=1)
    assert [one.text for one in partly.value] == [row["text"] for row in error.best]
    priced = {"prices": {"m": (1.0, 1.0)}, "max_unread": 1.0}
    paid = read(list[Booking], pages(*texts), answer, max_usd=spent / 3e6, **priced)
    assert 0 < (paid.ledger.usd or 0) <= spent / 3e6
