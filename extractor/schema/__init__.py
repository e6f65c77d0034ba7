"""A type → a strict schema, and the way back."""

from .changes import Change
from .checking import Checked
from .compiled import Schema
from .narrow import Narrowed
from .quotes import Quoting

__all__ = ["Change", "Checked", "Narrowed", "Quoting", "Schema"]
