"""numpy and scipy, imported when something is evaluated."""

from __future__ import annotations

from importlib import import_module
from typing import Any, TypeAlias

from ..needs import needed

Array: TypeAlias = Any
"""An array of numpy, which is not there where nothing is evaluated."""


def numpy() -> Any:
    """SetupError where it is not installed."""
    return _package("numpy")


def scipy_optimize() -> Any:
    return _package("scipy.optimize")


def _package(name: str) -> Any:
    with needed("Evaluation", name.partition(".")[0], "evaluate"):
        return import_module(name)
