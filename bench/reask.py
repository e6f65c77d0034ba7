"""What re-asks cost, and whether they end right: a local HTTP endpoint that answers from gold with a mix of faults.

    python bench/reask.py                                   # ours alone, 200 documents a size
    python bench/reask.py --peers instructor=PYTHON pydantic-ai=PYTHON    # with those that these interpreters have
    python bench/reask.py --install FOLDER                  # makes an environment for each peer there, once (PyPI)
    python bench/reask.py --quick                           # ours alone, 20 documents a size

Each answer is faulty with p = 0.5, the Nth about a document in the same way for every client; three re-asks at most.
``right``: a value that equals gold, or a refusal that was told as one. ``wrong`` was accepted all the same, ``told``
ended in another error. Requests and tokens are the endpoint's own count, tokens per document that ended right;
``after``: those of all requests and answers but the first. The ratios are ours to the better peer's.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orders import Endpoint, gold_of, serving
from reask_clients import CLIENTS

OURS = "extractor"
PEERS = {"instructor": "instructor", "pydantic-ai": "pydantic-ai-slim[openai]"}
SIZES = (5, 40, 400)


@dataclass(frozen=True)
class Row:
    """What became of one client's documents. Tokens are sums over all of them."""

    client: str
    documents: int
    right: int
    wrong: int
    requests: int
    prompt: int
    answer: int
    after: int

    def __str__(self) -> str:
        told, right = self.documents - self.right - self.wrong, max(self.right, 1)
        return (
            f"{self.client:20} {self.right / self.documents:7.1%} {self.wrong:6} {told:6}"
            f" {self.requests / self.documents:9.2f} {self.prompt / right:8.0f} {self.answer / right:8.0f}"
            f" {self.after / right:8.0f}"
        )

    @property
    def costs(self) -> tuple[float, float]:
        """Tokens after the first answer, and all tokens, per document that ended right."""
        right = max(self.right, 1)
        return self.after / right, (self.prompt + self.answer) / right


def ran(python: str, client: str, url: str, leaves: int, documents: int) -> list[dict[str, Any]] | None:
    """The client's lines, after that of its version; None where it is not there."""
    script = Path(__file__).with_name("reask_clients.py")
    command = [python, str(script), client, url, str(leaves), str(documents)]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    if process.returncode:
        print(f"{client:20} is absent: {process.stderr.strip().splitlines()[-1:]}")
        return None
    return [json.loads(line) for line in process.stdout.splitlines()]


def counted(client: str, leaves: int, ends: list[dict[str, Any]], endpoint: Endpoint) -> Row:
    path, right, wrong = client.replace(", ", "-"), 0, 0
    asked = [endpoint.asked[path, leaves, number] for number in range(len(ends))]
    for number, (end, what) in enumerate(zip(ends, asked, strict=True)):
        valued = "value" in end
        good = end["value"] == gold_of(leaves, number) if valued else what.refused and end["refused"]
        right, wrong = right + good, wrong + (valued and not good)
    tokens = [pair for what in asked for pair in what.tokens]
    after = sum(sum(pair) for what in asked for pair in what.tokens[1:])
    prompt, answer = (sum(pair[at] for pair in tokens) for at in (0, 1))
    return Row(client, len(ends), right, wrong, sum(what.requests for what in asked), prompt, answer, after)


def rows(pythons: dict[str, str], leaves: int, documents: int) -> Iterator[Row]:
    with serving() as (url, endpoint):
        for client in CLIENTS:
            python = pythons.get(client.split(",", maxsplit=1)[0])
            lines = ran(python, client, url, leaves, documents) if python else None
            if lines:
                yield counted(client, leaves, lines[1:], endpoint)


def compared(ours: Row, peers: list[Row]) -> str:
    (after, whole), better = ours.costs, [min(costs) for costs in zip(*(peer.costs for peer in peers), strict=True)]
    later, every = after / better[0], whole / better[1]
    return f"tokens after the first answer {later:.2f} ×, all tokens {every:.2f} × the better peer's"


def installed(folder: Path) -> dict[str, str]:
    """An environment for each peer in the folder, made where it is not there yet."""
    pythons = {}
    for peer, package in PEERS.items():
        python = folder / peer / "bin" / "python"
        if not python.exists():
            venv.create(folder / peer, with_pip=True)
            subprocess.run([python, "-m", "pip", "install", "-q", package], check=True)
        pythons[peer] = str(python)
    return pythons


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="ours alone, 20 documents a size")
    parser.add_argument("--documents", type=int, default=200, help="documents a size (200)")
    parser.add_argument("--peers", nargs="+", default=[], metavar="NAME=PYTHON", help=f"of {', '.join(PEERS)}")
    parser.add_argument(
        "--install", type=Path, metavar="FOLDER", help="where each peer has an environment, or gets one"
    )
    return parser.parse_args()


def main() -> None:
    chosen = options()
    pythons = dict(each.split("=", 1) for each in chosen.peers)
    if chosen.install and not chosen.quick:
        pythons |= installed(chosen.install)
    absent = [peer for peer in PEERS if peer not in pythons]
    if absent:
        print(f"without {' and '.join(absent)}: name an interpreter that has it (--peers), or --install")
    for leaves in SIZES:
        print(f"\n{leaves:4} leaves            right  wrong   told  requests   prompt   answer    after")
        found = []
        for row in rows({**pythons, OURS: sys.executable}, leaves, 20 if chosen.quick else chosen.documents):
            print(row, flush=True)
            found.append(row)
        if len(found) > 1:
            print(compared(found[0], found[1:]))


if __name__ == "__main__":
    main()
