"""Pages a second of processor time for text, boxes, judgement and pictures of PDFs, beside pdfplumber and pypdf in one
run; memory; OCR.

    python bench/documents.py [--quick] [FILE...]

Without files it makes its own. Ratios are to pdfplumber on the same pages; a peer that is not installed is passed over.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from extractor import Document
from tests.document.pdfs import Mark, Text, pdf

QUICK = "--quick" in sys.argv
PAGES = 10 if QUICK else 60
LONG = 100 if QUICK else 1000
WORDS = "paper ink glue invoice total amount delivery quantity customer address payment account".split()


def page(number: int) -> list[Mark]:
    """A head, a paragraph, and a table of forty rows: some 2,700 characters."""
    marks: list[Mark] = [Text(60, 800, f"Statement {number}", 16, bold=True)]
    marks += [Text(60, 780 - 12 * row, " ".join(WORDS[(row + at) % 12] for at in range(11))) for row in range(6)]
    for row in range(40):
        cells = f"{number}-{row:03}", f"{WORDS[row % 12]} {WORDS[row % 7]}", f"{row}", f"{row * 3.5:.2f}"
        marks += [Text(x, 690 - 15 * row, cell) for x, cell in zip((60, 150, 380, 460), cells, strict=True)]
    return marks


def rate(what: str, work: Callable[[], int], floor: float | None = None) -> float:
    started = time.process_time()  # the machine may have other things to do
    count = work()
    each = count / (time.process_time() - started)
    print(f"{what:<28} {each:>9.1f} pages/s" + (f" {each / floor:>7.1f} x pdfplumber" if floor else ""))
    return each


def plumber_words(files: Iterable[Path]) -> int:
    import pdfplumber

    count = 0
    for file in files:
        with pdfplumber.open(file) as opened:
            for each in opened.pages:
                each.extract_words()
                count += 1
                each.close()
    return count


def pypdf_text(files: Iterable[Path]) -> int:
    from pypdf import PdfReader

    return sum(len([each.extract_text() for each in PdfReader(file).pages]) for file in files)


def of_ours(files: Iterable[Path], work: Callable[[Document], object]) -> int:
    count = 0
    for file in files:
        document = Document.of(file)
        work(document)
        count += len(document.pages)
    return count


def peer(what: str, work: Callable[[], int], floor: float | None = None) -> float | None:
    try:
        return rate(what, work, floor)
    except ImportError as error:
        print(f"{what:<28} passed over: {error}")
        return None


def memory(file: Path) -> None:
    """The peak of a process of its own that reads a long PDF, and then the words of each of its pages."""
    code = (
        "import sys, resource; from pathlib import Path; from extractor import Document\n"
        "document = Document.of(Path(sys.argv[1]))\n"
        "read = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "words = sum(len(page.words) for page in document.pages)\n"
        "print(len(document.pages), read // 1024, words, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True)
    pages, read, words, peak = ran.stdout.split()
    print(f"{pages} pages: {read} MB at the peak when read, {peak} MB with the places of all {words} words")


def ocr() -> None:
    try:
        from extractor.document.ocr import read_page
    except ImportError as error:
        print(f"OCR passed over: {error}")
        return
    read_page(Document.of(pdf("warm")).pages[0])
    started = time.perf_counter()
    found = read_page(Document.of(pdf(page(1))).pages[0])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"OCR of a full page: {time.perf_counter() - started:.1f} s, {len(found.words)} words; {peak} MB at the peak")


def main() -> None:
    given = [Path(word) for word in sys.argv[1:] if word != "--quick"]
    with tempfile.TemporaryDirectory() as folder:
        made, long = Path(folder, "made.pdf"), Path(folder, "long.pdf")
        made.write_bytes(pdf(*map(page, range(PAGES))))
        long.write_bytes(pdf(*map(page, range(LONG))))
        files = given or [made]
        of_ours(files[:1], lambda all: [each.judge() for each in all.pages])  # imports are not what is measured
        floor = peer("pdfplumber: words, boxes", lambda: plumber_words(files))
        peer("pypdf: text", lambda: pypdf_text(files), floor)
        rate("extractor: text", lambda: of_ours(files, lambda document: document.text), floor)
        rate("extractor: words, boxes", lambda: of_ours(files, lambda all: [each.words for each in all.pages]), floor)
        rate("extractor: judgement", lambda: of_ours(files, lambda all: [each.judge() for each in all.pages]), floor)
        rate("extractor: pictures", lambda: of_ours(files, lambda all: [each.picture(1000) for each in all.pages]))
        memory(long)
    ocr()


if __name__ == "__main__":
    main()
