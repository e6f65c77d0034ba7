"""A completion's text → a value to trust."""

from .repair import Repaired, repair

__all__ = ["Repaired", "repair"]
