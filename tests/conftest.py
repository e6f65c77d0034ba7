"""What holds for all tests, wherever they run."""

from __future__ import annotations

import signal

from hypothesis import HealthCheck, settings


def pytest_configure() -> None:
    """No test has a clock; Ctrl-C works, though a shell starts what it puts into the background with it ignored."""
    settings.register_profile("no clock", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("no clock")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
