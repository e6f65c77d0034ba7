"""The documents of a batch: pulled one by one from whatever they come in, never gathered."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from typing import Protocol, TypeAlias

from ..document import DocumentSource
from ..document.columns import WHICH_COLUMN, Column, Frame
from .caught import Caught

Given: TypeAlias = DocumentSource | tuple[Hashable, DocumentSource]
"""A document, or a tuple of a key and a document. (Several parts that make one document are a list.)"""
Documents: TypeAlias = Iterable[Given] | AsyncIterable[Given]


@dataclass(frozen=True, slots=True)
class Task:
    """A document that waits for its turn."""

    index: int
    key: Hashable
    source: DocumentSource

    @classmethod
    def of(cls, index: int, given: Given) -> Task:
        if isinstance(given, tuple) and len(given) == 2:
            return cls(index, *given)
        source: DocumentSource = given
        return cls(index, _name(source, index), source)


def _name(source: object, index: int) -> Hashable:
    if isinstance(source, PathLike):
        path = fspath(source)
        return path if isinstance(path, str) else path.decode(errors="replace")
    return index


class Intake(Protocol):
    """Where the next document comes from."""

    async def next(self) -> tuple[Given] | None: ...

    def close(self) -> None: ...


def intake(documents: Documents, ahead: int) -> Intake:
    """Lists are read where we stand; other iterators may block, and a thread reads them, ``ahead`` documents ahead."""
    if isinstance(documents, AsyncIterable):
        return _Async(aiter(documents))
    if isinstance(documents, Sequence | range):
        return _Listed(iter(documents))
    return _Threaded(iter(documents), ahead)


def listed(documents: Documents) -> Documents:
    """The cells of a column of pandas, each with the label of its row for a key; of polars, the cells. Others stay."""
    if not isinstance(documents, Column):
        return documents
    labels = labels_of(documents)
    return documents.to_list() if labels is None else list(zip(labels, documents.to_list(), strict=True))


def labels_of(documents: object) -> list[Hashable] | None:
    """The labels of the rows of a column of pandas; None of all else."""
    index = getattr(documents, "index", None) if isinstance(documents, Column) else None
    return index.to_list() if isinstance(index, Column) else None


def checked(documents: object) -> None:
    """TypeError where it is one document, and not many."""
    if isinstance(documents, Frame):
        raise TypeError(f"batch takes many documents, and a {type(documents).__name__} {WHICH_COLUMN}")
    if isinstance(documents, Mapping):
        raise TypeError("batch takes many documents, and of a dict its keys would be read: give documents.items()")
    if isinstance(documents, str | bytes | PathLike) or not isinstance(documents, Iterable | AsyncIterable):
        kind = type(documents).__name__
        one = "; put one alone into a list, and for a folder give folder.glob('*.pdf')"
        way = one if isinstance(documents, str | bytes | PathLike) else ""
        raise TypeError(f"batch takes many documents: a list, a generator or another iterable of them, not {kind}{way}")


class _Listed:
    def __init__(self, documents: Iterator[Given]) -> None:
        self._documents = documents

    async def next(self) -> tuple[Given] | None:
        for document in self._documents:
            return (document,)
        return None

    def close(self) -> None:
        pass


class _Async:
    def __init__(self, documents: AsyncIterator[Given]) -> None:
        self._documents = documents
        self._turn = asyncio.Lock()

    async def next(self) -> tuple[Given] | None:
        async with self._turn:
            async for document in self._documents:
                return (document,)
        return None

    def close(self) -> None:
        pass


class _Threaded:
    """Documents of an iterator that may block: a thread of its own pulls them, a few ahead."""

    def __init__(self, documents: Iterator[Given], ahead: int) -> None:
        self._ready: deque[Given] = deque()
        self._room = threading.Semaphore(ahead)
        self._taken, self._half = 0, max(ahead // 2, 1)
        self._turn = asyncio.Lock()
        self._arrived = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._waiting = self._closed = self._ended = False
        self._caught = Caught(everything=True)
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(self._pull, documents), name="documents", daemon=True).start()

    async def next(self) -> tuple[Given] | None:
        async with self._turn:
            while not self._ready:
                if self._ended and not self._ready:
                    self._raise()
                    return None
                self._arrived.clear()
                self._waiting = True
                if not self._ready and not self._ended:
                    await self._arrived.wait()
                self._waiting = False
            document = self._ready.popleft()
            self._taken += 1
            if self._taken == self._half:  # one by one, two threads would wake each other for every document
                self._taken = 0
                self._room.release(self._half)
        return (document,)

    def close(self) -> None:
        self._closed = True
        self._room.release()

    def _raise(self) -> None:
        """Raise, once, what the iterator raised."""
        error, self._caught.error = self._caught.error, None
        if error is not None:
            raise error

    def _pull(self, documents: Iterator[Given]) -> None:
        with self._caught:
            for document in documents:
                self._room.acquire()
                if self._closed:
                    break
                self._ready.append(document)
                self._tell()
        self._ended = True
        self._tell()

    def _tell(self) -> None:
        if self._waiting and not self._closed:
            with Caught():  # the loop may be closed by now
                self._loop.call_soon_threadsafe(self._arrived.set)
