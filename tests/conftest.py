"""What holds for all tests, wherever they run."""

from __future__ import annotations

import os
import signal
from importlib import import_module
from pkgutil import walk_packages

from hypothesis import HealthCheck, settings

import extractor


def pytest_configure() -> None:
    """No test has a clock, and ``HYPOTHESIS_PROFILE=thorough`` tries twenty times as much. Ctrl-C works, though a shell
    starts what it puts into the background with it ignored."""
    no_clock = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("quick", no_clock, max_examples=50)
    settings.register_profile("thorough", no_clock, max_examples=1000)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
    _load_all()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _load_all() -> None:
    """Every module of the package. pytest rewrites each when it is first imported, which Python 3.11 cannot do in two
    threads at once: "AST constructor recursion depth mismatch"."""
    for found in walk_packages(extractor.__path__, "extractor."):
        if not found.name.endswith(".__main__"):
            import_module(found.name)
