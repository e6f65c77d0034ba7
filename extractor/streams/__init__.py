"""Answers while they come: the JSON so far, whole items, and the result at the end."""

from .partial import Partial
from .stream import AsyncStream, Stream

__all__ = ["AsyncStream", "Partial", "Stream"]
