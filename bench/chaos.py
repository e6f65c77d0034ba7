"""A batch that is killed again and again, against an endpoint that answers badly too: what is paid twice, what is lost?

    python bench/chaos.py                     # 400 documents, 20 kills
    python bench/chaos.py --quick             # 60 documents, 4 kills

The endpoint is a process of its own that answers 429, 500, garbage, half answers, stalls and good answers. The batch
runs in a process that is killed with SIGKILL at random moments and started anew with the same journal, until it ends.
Then three things must hold, else the exit code is 1: every document ended exactly once; the endpoint saw no document
again after it was recorded; and what the journal's ledgers say was spent is what the endpoint counted for the answers
that were recorded.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import httpx

from extractor import ChatRequest, Completion
from extractor.chat import Usage
from extractor.testing import FakeModel, FakeServer, Faults

NAME = re.compile(rb"document-(\d+)-")
FAULTS = ("status_429", "status_500", "garbage", "cut", "stall")
RATE = 0.05
"""Of each fault, and of answers that are half of one."""


class Noted(httpx.BaseTransport):
    """Notes what is asked, when it comes."""

    def __init__(self, model: FakeModel, log: int) -> None:
        self.model, self.log = model, log

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        os.write(self.log, f"asked {document_in(request.content)} {time.time()}\n".encode())
        time.sleep(0.01)
        return self.model.handle_request(request)


def serve(log: Path, seed: int) -> None:
    """Answer as chance has it, and note what was asked and what was charged."""
    chance = random.Random(seed)
    with log.open("ab", buffering=0) as opened:

        def answer(request: ChatRequest) -> Completion:
            """What is charged is noted before it is sent: what is on its way is paid."""
            document, tokens = document_in(request.to_json()), chance.randrange(10, 99)
            content = json.dumps({"number": document, "words": ["x"] * 5})
            usage = Usage(prompt_tokens=7, completion_tokens=tokens, total_tokens=tokens + 7)
            name = f"{document}/{tokens}/{time.time_ns()}"
            os.write(opened.fileno(), f"charged {document} {tokens + 7} {name}\n".encode())
            return Completion(content=content[:-9] if chance.random() < RATE else content, usage=usage, id=name)

        model = FakeModel(answer, repeat=True, faults=Faults(**dict.fromkeys(FAULTS, RATE)), seed=seed)
        with FakeServer(Noted(model, opened.fileno()), stall=1.0) as server:
            print(server.base_url, flush=True)
            threading.Event().wait()


def document_in(request: bytes) -> str:
    return NAME.search(request)[1].decode()  # type: ignore[index]


def work(base: str, journal: str, documents: int, out: str) -> None:
    """The batch, as a user writes it. Each item is a line of ``out``."""
    from pydantic import BaseModel

    from extractor import Extractor

    class Paper(BaseModel):
        number: str
        words: list[str]

    extractor = Extractor("m", base_url=base, timeout=0.7)
    texts = ((number, f"document-{number}-") for number in range(documents))
    with open(out, "w", encoding="utf-8") as opened:
        for item in extractor.batch(Paper, texts, concurrency=16, journal=journal, redo="transient"):
            opened.write(json.dumps([item.key, item.status, item.value.number if item.result else None]) + "\n")


def killed_and_resumed(base: str, folder: Path, documents: int, kills: int, seed: int) -> tuple[int, int]:
    """Run it until all documents are recorded well; how often it was killed, and how often it was started."""
    chance, killed, started = random.Random(seed), 0, 0
    command = [sys.executable, __file__, "--work", base, str(folder / "run.jsonl"), str(documents), str(folder / "out")]
    while started < kills + 40:
        started += 1
        process = subprocess.Popen(command)
        if killed < kills:
            share = (documents - recorded(folder / "run.jsonl")) // (kills - killed + 1)
            wait_for_work(folder / "run.jsonl", process, chance.randint(1, max(share, 1)))
            time.sleep(chance.uniform(0.0, 0.01))
            killed += process.poll() is None
            process.kill()
        if process.wait() == 0 and all(json.loads(line)[1] == "ok" for line in (folder / "out").open()):
            break
    return killed, started


def recorded(journal: Path) -> int:
    """Lines of the journal behind its first."""
    return max(journal.read_bytes().count(b"\n") - 1, 0) if journal.exists() else 0


def wait_for_work(journal: Path, process: subprocess.Popen[bytes], records: int) -> None:
    """Wait until the process has recorded so much, so that it is killed at work, however fast the machine is."""
    wanted = recorded(journal) + records
    while process.poll() is None and recorded(journal) < wanted:
        time.sleep(0.002)


def faults_of(folder: Path, documents: int) -> list[str]:
    """What does not hold."""
    items = [json.loads(line) for line in (folder / "out").open()]
    records = [json.loads(line) for line in (folder / "run.jsonl").open()][1:]
    log = [line.split() for line in (folder / "log").read_text().splitlines()]
    good = [record for record in records if record["error"] is None]
    recorded_at = {record["given"]: record["at"] for record in good}
    asked_later = [one[1] for one in log if one[0] == "asked" and float(one[2]) > recorded_at.get(int(one[1]), 9e9)]
    charged = {one[3]: int(one[2]) for one in log if one[0] == "charged"}
    kept = [attempt["completion"]["id"] for record in records for attempt in record["attempts"]]
    ledger = sum(call["usage"]["total_tokens"] for record in records for call in record["calls"] if call["usage"])
    told = []
    if sorted(items) != [[number, "ok", str(number)] for number in range(documents)]:
        told.append("not every document ended once, with its own value")
    if Counter(record["given"] for record in good) != Counter(range(documents)):
        told.append("not every document is recorded once")
    if asked_later:
        told.append(f"asked again after it was recorded: {asked_later}")
    if len(set(kept)) != len(kept) or ledger != sum(charged[each] for each in kept):
        told.append(f"the ledgers say {ledger} tokens, the endpoint {sum(charged.get(each, 0) for each in kept)}")
    return told


def chaos(folder: Path, documents: int, kills: int, seed: int) -> list[str]:
    command = [sys.executable, __file__, "--serve", str(folder / "log"), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            base = server.stdout.readline().strip()
            began = time.monotonic()
            killed, started = killed_and_resumed(base, folder, documents, kills, seed)
            seconds = time.monotonic() - began
        finally:
            server.send_signal(signal.SIGTERM)
    asked = sum(line.startswith("asked") for line in (folder / "log").open())
    print(f"{documents} documents, killed {killed} times, started {started} times, {asked} requests, {seconds:.1f} s")
    return [*faults_of(folder, documents), *(["it was hardly ever killed"] if killed < kills / 2 else [])]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--quick", action="store_true", help="some seconds")
    options.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    options.add_argument("--work", nargs=4, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.serve:
        serve(Path(given.serve[0]), int(given.serve[1]))
    if given.work:
        work(given.work[0], given.work[1], int(given.work[2]), given.work[3])
        return
    documents, kills = (120, 3) if given.quick else (400, 20)
    print(f"seed {given.seed}")
    with tempfile.TemporaryDirectory() as folder:
        told = chaos(Path(folder), documents, kills, given.seed)
    print("\n".join(told) or "every document ended once, nothing that was recorded was asked again, the ledgers agree")
    raise SystemExit(bool(told))


if __name__ == "__main__":
    main()
