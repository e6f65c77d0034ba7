"""Chance that is the same for the same seed, whatever else is asked, and in whatever order."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from random import Random
from threading import Lock

from ..chat import ChatRequest


class Chances:
    """A source of chance for each request: it turns on the seed, on what is asked, and on how often that was asked,
    which is of no account where the request has a seed of its own."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._asked: Counter[str] = Counter()
        self._lock = Lock()

    def of(self, chat: ChatRequest) -> Random:
        said = sha256(chat.to_json()).hexdigest()
        with self._lock:
            self._asked[said] += 1
            turn = self._asked[said] if chat.seed is None else 0
        return Random(f"{self._seed} {said} {turn}")
