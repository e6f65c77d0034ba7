"""Drivers: they carry out the effects of a flow, one alone or several side by side, and decide nothing else.

One request alone costs no thread and no task: what several effects need is imported when there are several.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import copy_context
from functools import partial
from inspect import isawaitable
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from .errors import SetupError
from .flow import Ask, Check, Verdict, stop

if TYPE_CHECKING:
    from .flow import Effect, Flow, Outcome
    from .flow.effects import Came

T = TypeVar("T")
Send: TypeAlias = "Callable[[Ask, Event | None], Outcome]"
"""Sends a request, and gives up when its event is set."""
SendAsync: TypeAlias = "Callable[[Ask], Awaitable[Outcome]]"
Jobs: TypeAlias = "Mapping[int, Callable[[], Awaitable[Outcome]]]"
"""What is to be done, by its place among the effects."""
_SLICE = 0.1
"""Seconds that one wait may last: an event, and on Windows Ctrl-C, is heard only between two of them."""

_START = 1.0
"""Seconds until a thread whose start was interrupted has begun, if it ever does."""


def drive(flow: Flow[T], send: Send, at_once: int) -> T:
    """What the flow gives. ``at_once`` bounds how many requests are under way at the same time.

    Where anything is raised, it carries what was spent, and no thread is left.
    """
    outcomes: Any = None
    while True:
        try:
            effects = flow.send(outcomes)
        except StopIteration as end:
            return cast(T, end.value)
        came: list[Came] = [None] * len(effects)
        try:
            carry(effects, came, send, at_once)
        except BaseException as error:
            stop(flow, [error] if came == [None] else came, error)
            raise
        outcomes = tuple(came)


async def drive_async(flow: Flow[T], send: SendAsync, at_once: int) -> T:
    """``drive`` for ``await``. Where anything is raised, no task is left."""
    outcomes: Any = None
    while True:
        try:
            effects = flow.send(outcomes)
        except StopIteration as end:
            return cast(T, end.value)
        came: list[Came] = [None] * len(effects)
        try:
            await carry_async(effects, came, send, at_once)
        except BaseException as error:
            stop(flow, [error] if came == [None] else came, error)
            raise
        outcomes = tuple(came)


def carry(effects: Sequence[Effect], came: list[Came], send: Send, at_once: int) -> None:
    """Put the outcomes of one round of effects into ``came``."""
    if len(effects) == 1 and isinstance(effects[0], Ask):
        came[0] = send(effects[0], None)
    else:
        _in_threads(effects, came, send, at_once)


async def carry_async(effects: Sequence[Effect], came: list[Came], send: SendAsync, at_once: int) -> None:
    """``carry`` for ``await``."""
    if len(effects) == 1 and isinstance(effects[0], Ask):
        came[0] = await send(effects[0])
    else:
        await _in_tasks(came, {at: job(effect, send) for at, effect in enumerate(effects)}, at_once)


def job(effect: Effect, send: SendAsync) -> Callable[[], Awaitable[Outcome]]:
    return partial(send, effect) if isinstance(effect, Ask) else partial(judged, effect)


def _in_threads(effects: Sequence[Effect], came: list[Came], send: Send, at_once: int) -> None:
    """Put the outcomes into ``came``: each request has a thread, and all checks together have an event loop in one."""
    halt = Event()
    asks = {at: effect for at, effect in enumerate(effects) if isinstance(effect, Ask)}
    checks = {at: partial(judged, effect) for at, effect in enumerate(effects) if isinstance(effect, Check)}
    jobs: list[Callable[[], None]] = [partial(_in_a_loop, came, checks, at_once, halt)] if checks else []
    jobs += [partial(_in_a_thread, came, at, send, ask, halt) for at, ask in asks.items()]
    _work(jobs, min(at_once, len(asks)) + bool(checks), halt)


def _work(jobs: Sequence[Callable[[], None]], at_once: int, halt: Event) -> None:
    """Do the jobs in threads, all of which have ended then. The first exception is raised as it is."""
    left, broken = iter(jobs), list[BaseException]()

    def work(ended: Event) -> None:
        for job in left:
            if halt.is_set():
                break
            with Breaking(broken, halt):
                job()
        ended.set()

    threads: list[tuple[Thread, Event]] = []
    try:
        for _ in range(at_once):
            ended = Event()
            threads.append((Thread(target=copy_context().run, args=(work, ended), daemon=True), ended))
            threads[-1][0].start()
        for _, ended in threads:
            while not ended.wait(_SLICE):
                pass
    finally:
        halt.set()
        for thread, ended in threads:
            if ended.wait(None if thread.is_alive() else _START):
                thread.join()
    if broken:
        raise broken[0]


class Breaking:
    """Keeps the exception of one job, which ends the others."""

    def __init__(self, broken: list[BaseException], halt: Event) -> None:
        self._broken, self._halt = broken, halt

    def __enter__(self) -> None: ...

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        if error is not None:
            self._broken.append(error)
            self._halt.set()
        return True


def _in_a_thread(came: list[Came], at: int, send: Send, ask: Ask, halt: Event) -> None:
    with Place(came, at):
        came[at] = send(ask, halt)


def _in_a_loop(came: list[Came], jobs: Jobs, at_once: int, halt: Event) -> None:
    import asyncio

    async def all_of_them() -> None:
        doing = asyncio.create_task(_in_tasks(came, jobs, at_once))
        while not (await asyncio.wait((doing,), timeout=_SLICE))[0]:
            if halt.is_set():
                doing.cancel()
        if not doing.cancelled():
            doing.result()

    asyncio.run(all_of_them())


class Place:
    """Puts the exception that breaks an effect off where its outcome would have come."""

    def __init__(self, came: list[Came], at: int) -> None:
        self._came, self._at = came, at

    def __enter__(self) -> None: ...

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if error is not None:
            self._came[self._at] = error


async def _in_tasks(came: list[Came], jobs: Jobs, at_once: int) -> None:
    """Put what the jobs give into ``came``, each at its place. The first exception is raised as it is."""
    from asyncio import Semaphore, TaskGroup

    gate = Semaphore(at_once)

    async def one(at: int) -> None:
        async with gate:
            with Place(came, at):
                came[at] = await jobs[at]()

    try:
        async with TaskGroup() as group:
            for at in jobs:
                group.create_task(one(at))
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None


def check_loop() -> None:
    """SetupError where the event loop is not one of asyncio."""
    from asyncio import get_running_loop

    try:
        get_running_loop()
    except RuntimeError:
        way = "Elsewhere let threads do it: await trio.to_thread.run_sync(extractor.extract, Invoice, text)."
        raise SetupError("AsyncExtractor needs an event loop of asyncio (or uvloop).", remedy=way) from None


async def judged(check: Check) -> Verdict:
    try:
        given = check.validator(check.value)
        return Verdict(await given if isawaitable(given) else given)
    except (ValueError, AssertionError) as error:
        return Verdict(error=error)
