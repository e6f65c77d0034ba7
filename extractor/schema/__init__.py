"""A type → a strict schema, and the way back."""

from .checking import Checked
from .compiled import Schema

__all__ = ["Checked", "Schema"]
