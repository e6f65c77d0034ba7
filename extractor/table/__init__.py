"""Values as tables: one rule for what is a column, whether of a batch or of one list."""

from .table import Table
from .values import of_value

__all__ = ["Table", "of_value"]
