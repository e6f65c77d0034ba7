"""Cells of a notebook in which an object is drawn anew while it changes."""

from __future__ import annotations

import sys
import time
from typing import Any, Protocol

_EVERY = 0.2
"""Seconds between two drawings: a browser that is far away keeps up with that."""


class Drawn(Protocol):
    """What can be drawn."""

    def _repr_html_(self) -> str: ...


class Cells:
    """The cells that show an object: drawn now and then while it changes, and at the end."""

    def __init__(self) -> None:
        self._handles: list[Any] = []
        self._due = 0.0

    def show(self, drawn: Drawn) -> None:
        """Display it in the cell that runs. NotImplementedError outside of notebooks, where IPython takes its repr."""
        if not _in_notebook():
            raise NotImplementedError
        from IPython import display

        draw: Any = display.display
        handle = draw(_forms(drawn), raw=True, display_id=True)
        if handle is not None:
            self._handles.append(handle)

    def tell(self, drawn: Drawn, over: bool = False) -> None:
        """It has changed, and where it is ``over`` will not change any more."""
        if not self._handles or not (over or time.monotonic() >= self._due):
            return
        forms = _forms(drawn)
        for handle in self._handles:
            handle.update(forms, raw=True)
        self._due = time.monotonic() + _EVERY
        if over:
            self._handles.clear()


def _forms(drawn: Drawn) -> dict[str, str]:
    return {"text/html": drawn._repr_html_(), "text/plain": repr(drawn)}


def _in_notebook() -> bool:
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return hasattr(shell, "kernel")
