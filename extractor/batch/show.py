"""Progress, told to a function or shown as a bar."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol

from ..needs import missing

if TYPE_CHECKING:
    from rich.console import Console

    from ..options import Progressing
    from .meter import Meter, Progress

_EVERY = 0.1
"""Seconds between two tellings."""


class Shown(Protocol):
    def tell(self, meter: Meter) -> None: ...

    def end(self, meter: Meter) -> None: ...


class _Told:
    """Tells a function how far it is: at the first item, then now and then, and at the end."""

    def __init__(self, tell: Callable[[Progress], object], close: Callable[[], object] = bool) -> None:
        self._tell = tell
        self._close = close
        self._next = 0.0
        self._last = -1
        self._ended = False

    def tell(self, meter: Meter) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _EVERY
            self._last = meter.done
            self._tell(meter.progress())

    def end(self, meter: Meter) -> None:
        if self._ended:
            return
        self._ended = True
        if self._last != meter.done:
            self._tell(meter.progress())
        self._close()


class _Silent:
    def tell(self, meter: Meter) -> None:
        pass

    def end(self, meter: Meter) -> None:
        pass


def shown(progress: Progressing) -> Shown:
    """Whoever tells it. SetupError where a bar is wanted and nothing that draws one is installed."""
    if callable(progress):
        return _Told(progress)
    if not progress:
        return _Silent()
    wanted = [progress] if isinstance(progress, str) else list(_BARS)
    for name in wanted:
        if find_spec(name) is not None:
            return _BARS[name]()
    raise missing("A progress bar", " or ".join(wanted), "progress")


def _tqdm() -> Shown:
    from tqdm.auto import tqdm

    bar: Any = None

    def tell(progress: Progress) -> None:
        nonlocal bar
        if bar is None:
            bar = tqdm(total=progress.total, unit="doc")
        bar.set_postfix_str(_facts(progress), refresh=False)
        bar.update(progress.done - bar.n)

    return _Told(tell, lambda: bar is not None and bar.close())


def rich_bar(console: Console, total: int | None = None) -> tuple[Callable[[Progress], None], Callable[[], None]]:
    """A bar in a console, which lines can be printed above: what tells it, and what ends it.

    Where the ``total`` is known it is there at once, else when the first item is.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.fields[facts]}"))
    bars = Bars(*columns, console=console)
    task = bars.add_task("documents", total=total, facts="")
    if total is not None:
        bars.start()

    def tell(progress: Progress) -> None:
        bars.update(task, completed=progress.done, total=progress.total, facts=_facts(progress))
        bars.start()

    return tell, bars.stop


def _rich() -> Shown:
    from rich.console import Console

    return _Told(*rich_bar(Console(stderr=True)))


def _facts(progress: Progress) -> str:
    facts = [f"{progress.failed:,} failed"] * bool(progress.failed)
    facts.append(f"{progress.prompt_tokens + progress.completion_tokens:,} tokens")
    facts += [f"${progress.usd:.4f}"] * bool(progress.usd)
    facts += [f"waiting for the endpoint: {progress.outage}"] if progress.outage else []
    return ", ".join(facts)


_BARS: dict[str, Callable[[], Shown]] = {"tqdm": _tqdm, "rich": _rich}
