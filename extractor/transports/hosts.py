"""Which hosts may be reached at all: this machine alone, and those named, where ``EXTRACTOR_ONLY_HOSTS`` is set.

It holds names, or patterns such as ``*.example.com``, divided by commas; empty, it leaves the loopback alone. Processes
that are started inherit it.
"""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from ipaddress import ip_address

from ..errors import SetupError

ONLY_HOSTS = "EXTRACTOR_ONLY_HOSTS"
_IN_A_TEST = (
    "Give the test a model: the fixture extractor_model, or transport=FakeModel(…). Or recordings:"
    ' @pytest.mark.extractor_cassette("folder"). A test that is meant to reach it is marked'
    " @pytest.mark.extractor_network."
)


def check_host(host: str) -> None:
    """SetupError where a host is not one that may be reached."""
    only = os.environ.get(ONLY_HOSTS)
    if only is None:
        return
    if not _is_here(host) and not any(fnmatchcase(host, pattern.strip()) for pattern in only.split(",")):
        way = _IN_A_TEST if "PYTEST_CURRENT_TEST" in os.environ else f"Add it to {ONLY_HOSTS}, or unset that."
        named = f"{only} and this machine" if only.strip() else "this machine"
        raise SetupError(f"{host} was not asked: {ONLY_HOSTS} leaves {named} alone.", remedy=way)


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
