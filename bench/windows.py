"""Long documents against a model that loses rows: one request beside windows, in rows that are right, lost and doubled.

    python bench/windows.py            # a minute
    python bench/windows.py --quick    # a tenth of the rows

The model is scripted: it gives the first rows of what it is shown and leaves out the others in silence, as real ones do
with long lists; in one case it fails for some of its requests.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from zlib import crc32

sys.path.insert(0, str(Path(__file__).parent.parent))

from extractor import Coverage, Document, Extractor
from extractor.testing import FakeModel
from tests.ledgers import Clerk, Ledger, Row, ledger, rows, written

MOST = 120
"""Rows that the model gives at once."""


def one_in_twenty(part: str) -> bool:
    return crc32(part.encode()) % 20 == 0


def never(part: str) -> bool:
    return False


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--quick", action="store_true", help="a tenth of the rows")
    count = 500 if options.parse_args().quick else 5000
    plain = rows(count)
    cases = {
        "a ledger": (ledger(plain), plain, never),
        "5 % of requests fail": (ledger(plain), plain, one_in_twenty),
        "rows over two lines, sub-totals": (ledger(plain, wrap=3, subtotals=5), plain, never),
        "seven rows alike": (ledger(alike := rows(count, alike=7)), alike, never),
    }
    print(f"{count:,} rows, a model that gives {MOST} at once\n")
    print(
        f"{'':34}{'right':>8}{'lost':>7}{'doubled':>9}{'in order':>10}{'requests':>10}{'seconds':>9}  told as missing"
    )
    for name, (document, wanted, fails) in cases.items():
        print(f"{name}, {len(document.pages)} pages")
        show("    one request", document, wanted, Clerk(MOST), window_tokens=10_000_000, count_rows=False)
        show("    windows", document, wanted, Clerk(MOST, fails))


def show(name: str, document: Document, wanted: list[Row], clerk: Clerk, **how: object) -> None:
    model = FakeModel(clerk, repeat=True)
    extractor = Extractor("m", base_url="http://models.example.com/v1", transport=model)
    started = time.perf_counter()
    result = extractor.extract(Ledger, document, **how)  # type: ignore[arg-type]
    seconds = time.perf_counter() - started
    got, want = (Counter(map(str, found)) for found in (result.value.rows, wanted))
    places = {text: at for at, text in enumerate(map(str, wanted))}
    order = [places.get(str(row), -1) for row in result.value.rows]
    right, lost, doubled = ((got & want).total(), (want - got).total(), (got - want).total())
    ordered = "yes" if order == sorted(order) else "no"
    told = missing(result.coverage, document, wanted)
    print(f"{name:34}{right:8,}{lost:7,}{doubled:9,}{ordered:>10}{len(model.requests):10,}{seconds:9.1f}  {told}")


def missing(coverage: Coverage | None, document: Document, wanted: list[Row]) -> str:
    """How many rows stand in what is told as not read, or as a row without an item."""
    if coverage is None:
        return "-"
    texts = [document.pages[one.page - 1].text[one.start : one.end] for one in coverage.unread + coverage.uncovered]
    printed = set(map(written, wanted))
    return f"{sum(line in printed for text in texts for line in text.split(chr(10))):,} rows"


if __name__ == "__main__":
    main()
