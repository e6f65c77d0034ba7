"""The documents of ``accuracy.py``, each with its right values: made here, or read from a folder of others' data."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from extractor import Document
from extractor.answer.dates import moments

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Sample:
    """A text, what it is read as, and the right values, those that are known."""

    kind: str
    text: str
    gold: Json


def made(count: int) -> Iterator[Sample]:
    """So many receipts, invoices and news of our own. The same ones each time."""
    chance = random.Random(7)
    for number in range(count):
        for make in (_receipt, _invoice, _news):
            yield make(chance, number)


_SHOPS = "Blue Door Books Ltd;Café Amsel GmbH;Pine & Daughters;Corner Pharmacy;Tienda Sol SL;Harbour Tools Inc".split(
    ";"
)
_STREETS = "4 Mill Lane;Lindenallee 17;22 Harbour Road, Unit 3;No. 9, Jalan Melati;Calle Mayor 31".split(";")
_TOWNS = "Leeds LS1 4AP;50667 Köln;Portland, ME 04101;46000 Petaling Jaya;28013 Madrid".split(";")
_GOODS = "Notebook;Pencil 2B;Green tea;Batteries AA;Rye bread;Soap;Light bulb E27;Apples".split(";")
_DAYS = ("%d/%m/%Y", "%Y-%m-%d", "%d %b %Y", "%d.%m.%Y")


def _receipt(chance: random.Random, number: int) -> Sample:
    place = chance.randrange(5)
    day = date(2024, 1, 13) + timedelta(days=31 * number)
    prices = [chance.randrange(80, 4000) / 100 for _ in range(chance.randrange(2, 5))]
    goods = [f"{chance.choice(_GOODS)}\n1 x {price:.2f}  {price:.2f}" for price in prices]
    total, paid = round(sum(prices), 2), 10 * (int(sum(prices)) // 10 + 1)
    shop = chance.choice(_SHOPS)
    lines = (
        shop, _STREETS[place], _TOWNS[place], f"Tel: 0{chance.randrange(10**8, 10**9)}",
        f"Receipt no. {10_000 + 37 * number}",
        f"Date: {day.strftime(chance.choice(_DAYS))} {chance.randrange(8, 20)}:{chance.randrange(10, 60)}", *goods,
        f"Total  {total:.2f}", f"Cash  {paid:.2f}", f"Change  {paid - total:.2f}", "Thank you!",
    )  # fmt: skip
    gold = {"company": shop, "date": str(day), "address": f"{_STREETS[place]} {_TOWNS[place]}", "total": total}
    return Sample("receipts", "\n".join(lines), gold)


def _invoice(chance: random.Random, number: int) -> Sample:
    seller, buyer = chance.sample(_SHOPS, 2)
    day = date(2025, 2, 14) + timedelta(days=17 * number)
    net = chance.randrange(4_000, 900_000) / 100
    tax, code = round(net * 0.2, 2), f"R-{2025 + number}-{chance.randrange(100, 999)}"
    text = f"""{seller}
{_STREETS[number % 5]}
{_TOWNS[number % 5]}

Bill to: {buyer}

Invoice {code}
Invoice date: {day.strftime("%d %B %Y")}
Payable by: {(day + timedelta(days=30)).strftime("%d %B %Y")}

{chance.choice(_GOODS)}   {net:,.2f}
Net   {net:,.2f}
VAT 20 %   {tax:,.2f}
Total due   EUR {net + tax:,.2f}

Please give the invoice number with your payment. Our terms of business apply to all that we sell."""
    return Sample(
        "invoices", text, {"number": code, "issued": str(day), "seller": seller, "total": round(net + tax, 2)}
    )


def _news(chance: random.Random, number: int) -> Sample:
    victim = chance.choice(("two bus drivers", "the mayor of Halden", "a night guard", "seven farm workers"))
    group = chance.choice(("the Iron Circle", "the Northern Column", "the Free Valley Front"))
    weapon = chance.choice(("a car bomb", "hand grenades", "hunting rifles"))
    where = chance.choice(("the border town of Teyra", "the capital", "a village near the coast"))
    text = (
        f"In {where} {victim} were attacked last night with {weapon}, the local police reported today. "
        f"According to a radio station, {group} claimed responsibility for the attack in a letter. "
        f"The government said that it would send {chance.randrange(20, 90)} soldiers to the region. "
        "Schools and shops stayed closed this morning, and the roads to the south are still blocked."
    )
    return Sample("news", text, {"victims": [victim], "organisations": [group], "weapons": [weapon]})


def found(folder: Path, count: int) -> Iterator[Sample]:
    """At most so many of each kind from a folder with ``sroie``, ``zugferd``, ``invoice2data`` and ``muc4``."""
    invoices = [*_records(folder, "zugferd"), *_records(folder, "invoice2data")]
    for kind, records in (
        ("receipts", _records(folder, "sroie")),
        ("invoices", invoices),
        ("news", _records(folder, "muc4")),
    ):
        samples = (Sample(kind, _text(record), _GOLD[kind](record["gold"])) for record in records)
        yield from [sample for sample in samples if sample.gold and 0 < len(sample.text) < 12_000][:count]


def _records(folder: Path, name: str) -> list[dict[str, Any]]:
    lines = (folder / name / "records.jsonl").read_text("utf-8").splitlines()
    return [{**json.loads(line), "folder": folder / name} for line in lines]


def _text(record: Json) -> str:
    return record["text"] if "text" in record else Document.of(record["folder"] / record["files"][0]).text


def _day(written: str) -> str:
    """A day that its own place writes, by the British order where the writing leaves it open."""
    read = [moment.text for moment in moments(written, "date", "en-GB")]
    return read[0] if read else written


def _receipt_gold(gold: Json) -> Json:
    return {**gold, "date": _day(gold["date"]), "total": float(gold["total"].strip("$RM ").replace(",", ""))}


def _invoice_gold(gold: Json) -> Json:
    known = {
        "number": gold.get("invoice_number"),
        "issued": gold.get("issue_date") or gold.get("date"),
        "seller": (gold.get("seller") or {}).get("name") or gold.get("issuer"),
        "total": gold.get("grand_total") or gold.get("amount"),
    }
    return {name: value for name, value in known.items() if value is not None}


def _news_gold(gold: Json) -> Json:
    named = {"victims": gold["Victim"], "organisations": gold["PerpOrg"], "weapons": gold["Weapon"]}
    return {name: values for name, values in named.items() if values}


_GOLD = {"receipts": _receipt_gold, "invoices": _invoice_gold, "news": _news_gold}
