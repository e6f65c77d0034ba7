"""How much of documents a small model gets right, and how much it invents: four ways, one model, one run.

    python bench/accuracy.py                      # on documents of our own (accuracy_documents.py)
    python bench/accuracy.py --folder FOLDER      # on others' data (sroie, zugferd, invoice2data, muc4)
    python bench/accuracy.py --peer PYTHON        # with instructor, which this interpreter has
    python bench/accuracy.py --install VENV       # makes an environment for instructor there, once (PyPI)
    python bench/accuracy.py --quick              # two receipts and invoices of our own, without instructor

The model is the embedded one. Instructor asks it through a local HTTP server, in its mode JSON_SCHEMA (the engine holds
the answer to the schema), with two re-asks. The others are this library: ``schema`` holds answers to the schema alone,
``verbatim`` to what the document says, ``all`` is what ``Extractor.local()`` does: to the likely values by field name
and layout. Answers have 512 tokens at most (``--tokens``), since lists of a small model run on. ``right``: numbers and
days equal, texts alike to 90 % by letters and digits, one rule for all; of lists, each known item that is given.
``invented``: values given that ``extractor.ground`` finds nowhere.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
import venv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
from accuracy_documents import Sample, found, made
from accuracy_types import TYPES
from rapidfuzz import fuzz

from extractor import ExtractionError, Extractor, Options, ground
from extractor.transports import LocalTransport

WAYS: dict[str, Options] = {
    "schema": {"grounding": "off"},
    "verbatim": {"candidates": "all"},
    "all": {},
}
_ALIKE = 90


@dataclass
class Tally:
    """What became of one way's answers, by kind of document."""

    known: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    given: Counter[str] = field(default_factory=Counter)
    invented: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    tokens: Counter[str] = field(default_factory=Counter)

    def add(self, sample: Sample, value: Any, seconds: float, tokens: int) -> None:
        said = value if isinstance(value, dict) else {}
        kind = sample.kind
        pairs = [(gold, said.get(name)) for name, golds in sample.gold.items() for gold in _each(golds)]
        self.known[kind] += len(pairs)
        self.right[kind] += sum(any(same(gold, one) for one in _each(given)) for gold, given in pairs)
        places = ground(said, sample.text)
        self.given[kind] += sum(leaf.status != "null" for _, leaf in places.items())
        self.invented[kind] += sum(leaf.status == "not_found" for _, leaf in places.items())
        self.seconds[kind] += seconds  # type: ignore[assignment]
        self.tokens[kind] += tokens

    def line(self, kinds: Iterable[str]) -> str:
        known, right, given, invented, seconds, tokens = (
            sum(counter[kind] for kind in kinds)
            for counter in (self.known, self.right, self.given, self.invented, self.seconds, self.tokens)
        )
        return (
            f"{right:4} of {known:3} {right / max(known, 1):6.0%} {invented:5} of {given:3} {seconds:8.1f} {tokens:8}"
        )


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def same(gold: Any, value: Any) -> bool:
    """The one rule for all: whether a given value is the known one."""
    if isinstance(gold, int | float):
        return isinstance(value, int | float) and abs(gold - value) < 0.005
    if not isinstance(value, str):
        return False
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", gold):
        return gold == value
    return fuzz.ratio(_folded(gold), _folded(value)) >= _ALIKE


def _folded(text: str) -> str:
    return re.sub(r"\W", "", text).casefold()


def ours(samples: list[Sample], options: Options, most: int) -> Iterator[tuple[Any, float, int]]:
    extractor = Extractor.local(**{**options, "max_completion_tokens": most})
    for sample in samples:
        started = time.perf_counter()
        try:
            result = extractor.extract(TYPES[sample.kind], sample.text)
            value, ledger = result.data, result.ledger
        except ExtractionError as error:
            value, ledger = error.best, error.ledger
        yield value, time.perf_counter() - started, ledger.total_tokens or 0


def theirs(python: str, samples: list[Sample], most: int) -> Iterator[tuple[Any, float, int]]:
    """Instructor's answers, with the tokens that the server counted meanwhile."""
    with serving() as (url, counted):
        command = [python, str(Path(__file__).with_name("accuracy_peer.py")), url, str(most)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            for sample in samples:
                started, before = time.perf_counter(), counted["tokens"]
                process.stdin.write(json.dumps({"kind": sample.kind, "text": sample.text}) + "\n")
                process.stdin.flush()
                line = process.stdout.readline()
                if not line:
                    raise SystemExit("instructor's run broke off: what it said stands above")
                yield json.loads(line), time.perf_counter() - started, counted["tokens"] - before


@contextmanager
def serving() -> Iterator[tuple[str, Counter[str]]]:
    """The embedded engine as an HTTP server on a local port, and what it counted."""
    engine, counted = LocalTransport(), Counter[str]()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            response = engine.handle_request(httpx.Request("POST", f"http://local{self.path}", content=body))
            said = response.read()
            counted["tokens"] += (json.loads(said).get("usage") or {}).get("total_tokens", 0)
            self.send_response(response.status_code)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *said: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", counted
    finally:
        server.shutdown()


def installed(folder: Path) -> str:
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "instructor"], check=True)
    return str(python)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two receipts and invoices of our own")
    parser.add_argument("--folder", type=Path, help="others' documents, in place of our own")
    parser.add_argument("--documents", type=int, default=16, help="at most so many of each kind (16)")
    parser.add_argument("--tokens", type=int, default=512, help="at most so many in an answer (512)")
    parser.add_argument("--kinds", nargs="+", default=list(TYPES), choices=list(TYPES))
    parser.add_argument("--ways", nargs="+", default=list(WAYS), choices=list(WAYS), help="of this library")
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter that has instructor")
    parser.add_argument("--install", type=Path, metavar="VENV", help="where instructor is, or gets, an environment")
    parser.add_argument("--wrong", action="store_true", help="print each value that is not right")
    return parser.parse_args()


def main() -> None:
    chosen = options()
    count, most = (2, 128) if chosen.quick else (chosen.documents, chosen.tokens)
    folder = None if chosen.quick else chosen.folder
    kinds = ["receipts", "invoices"] if chosen.quick else chosen.kinds
    samples = [sample for sample in (found(folder, count) if folder else made(count)) if sample.kind in kinds]
    print(f"documents: {f'from {folder}' if folder else 'made by bench/accuracy_documents.py'},"
          f" {dict(Counter(sample.kind for sample in samples))}")  # fmt: skip
    python = None if chosen.quick else chosen.peer or (str(installed(chosen.install)) if chosen.install else None)
    ways: dict[str, Callable[[], Iterator[tuple[Any, float, int]]]] = {}
    if python:
        ways["instructor"] = lambda: theirs(python, samples, most)
    else:
        print("without instructor: name an interpreter that has it (--peer), or --install")
    ways |= {
        name: (lambda given=given: ours(samples, given, most)) for name, given in WAYS.items() if name in chosen.ways
    }  # type: ignore[misc]
    print(f"\n{'':24}{'right':>18} {'invented':>12} {'seconds':>8} {'tokens':>8}")
    for name, answers in ways.items():
        tally = Tally()
        for sample, (value, seconds, tokens) in zip(samples, answers(), strict=True):
            tally.add(sample, value, seconds, tokens)
            if chosen.wrong:
                _show_wrong(name, sample, value)
        for kind in kinds:
            print(f"{name:12}{kind:12}{tally.line([kind])}", flush=True)
        print(f"{name:12}{'together':12}{tally.line(kinds)}\n", flush=True)


def _show_wrong(way: str, sample: Sample, value: Any) -> None:
    said = value if isinstance(value, dict) else {}
    for name, golds in sample.gold.items():
        for gold in _each(golds):
            if not any(same(gold, one) for one in _each(said.get(name))):
                print(f"    {way} {sample.kind} {name}: {gold!r} is read as {said.get(name)!r}", file=sys.stderr)


if __name__ == "__main__":
    main()
