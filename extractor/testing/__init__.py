"""For your tests: models that answer from a script or at random, and an endpoint of your own, over the real wire.

model = FakeModel('{"total": 42.5}', Reply(429, {"retry-after": "1"}), {"total": 43})
extractor = Extractor("fake", base_url="http://fake/v1", transport=model)
model.requests[0].messages[-1]["content"]

``extractor.testing.plugin`` is for pytest, which finds it by itself: keep the import of this package light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .faults import Faults
    from .model import CREATED, FakeModel, OutOfReplies, estimated
    from .replies import Reply, Script
    from .server import FakeServer
    from .values import NoValueError

__all__ = [
    "CREATED",
    "FakeModel",
    "FakeServer",
    "Faults",
    "NoValueError",
    "OutOfReplies",
    "Reply",
    "Script",
    "estimated",
]
_HOMES = {"FakeServer": "server", "Faults": "faults", "NoValueError": "values", "Reply": "replies", "Script": "replies"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES.get(name, 'model')}", __name__), name)
