"""Facts of an extraction for who wants to watch it: one method that is given each of them as it happens.

    Began       an extraction begins
    Requested   a request is about to be sent: the first, a re-ask, a patch (``purpose`` says which)
    Answered    its answer came, or the error that it ended in, with its line of the ledger
    Read        what became of a completion: its issues, and the fixes that were made
    Ended       the extraction gave its result, or raised

What an observer raises never costs the answer that was paid for: the extraction goes on, and an ``ObserverWarning``
tells what was raised. KeyboardInterrupt and its like pass.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from .chat import ChatRequest, Completion
from .result import Attempt, Call, Ledger, Result

if TYPE_CHECKING:
    from .options import Mode


class ObserverWarning(RuntimeWarning):
    """An observer raised. ``warnings.simplefilter("error", ObserverWarning)`` makes it an error."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One extraction: the same object in all its facts. Names only: nothing of the document's content.

    A window of a long document, or a document of a bundle, is a run of its own, whose ``parent`` is that of the whole.
    """

    type: str
    document: str
    model: str
    endpoint: str
    parent: Run | None = None


@dataclass(frozen=True, slots=True)
class Began:
    """Nothing has been read or sent yet."""

    run: Run


@dataclass(frozen=True, slots=True)
class Requested:
    """``number`` counts the requests of the run from 1: the ``Answered`` and ``Read`` of a request have the same."""

    run: Run
    number: int
    purpose: str
    mode: Mode
    request: ChatRequest


@dataclass(frozen=True, slots=True)
class Answered:
    """``answer`` is the completion, or what was raised instead: a ``ModelCallError``, or what broke the request off."""

    run: Run
    number: int
    call: Call
    answer: Completion | BaseException


@dataclass(frozen=True, slots=True)
class Read:
    """``attempt`` has the issues and fixes; where it has no issues its value is the result's."""

    run: Run
    number: int
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Ended:
    """``outcome`` is the result, or what was raised."""

    run: Run
    outcome: Result[Any] | BaseException
    ledger: Ledger


Fact: TypeAlias = Began | Requested | Answered | Read | Ended


class Observer(Protocol):
    """What is given each fact of the extractions that it watches, in the thread or task that they run in."""

    def observe(self, fact: Fact, /) -> None:
        """Called at once, between request and answer: what takes long belongs elsewhere."""
        ...


class Below:
    """The observer of a run, for the runs that it consists of."""

    __slots__ = ("observer", "run")

    def __init__(self, observer: Observer, run: Run) -> None:
        self.observer, self.run = observer, run

    def observe(self, fact: Fact, /) -> None:
        self.observer.observe(fact)


class Watch:
    """What tells an observer of one run."""

    __slots__ = ("_numbers", "_observer", "_sent", "run")

    def __init__(self, observer: Observer, run: Run) -> None:
        self._observer, self.run, self._sent = observer, run, 0
        self._numbers: dict[int, int] = {}

    def tell(self, fact: Fact) -> None:
        with _Warned(fact):
            self._observer.observe(fact)

    def below(self) -> Below:
        return Below(self._observer, self.run)

    def requested(self, purpose: str, mode: Mode, request: ChatRequest) -> int:
        """The number of the request."""
        self._sent += 1
        number = self._numbers[id(request)] = self._sent
        self.tell(Requested(self.run, number, purpose, mode, request))
        return number

    def answered(self, number: int, call: Call, answer: Completion | BaseException) -> None:
        self.tell(Answered(self.run, number, call, answer))

    def read(self, attempt: Attempt) -> None:
        self.tell(Read(self.run, self._numbers[id(attempt.request)], attempt))


class _Warned:
    """Makes a warning of what an observer raises."""

    def __init__(self, fact: Fact) -> None:
        self._fact = fact

    def __enter__(self) -> None: ...

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        if not isinstance(error, Exception):
            return False
        said = f"The observer raised at {type(self._fact).__name__}: {type(error).__name__}: {error}"
        warnings.warn(said, ObserverWarning, stacklevel=3)
        return True
