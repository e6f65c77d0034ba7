"""Many documents: side by side within limits, each ends as an item, and a journal to go on from."""

from ..table import Table
from .handles import AsyncBatch, Batch
from .item import Item
from .meter import Progress
from .table import table_of

__all__ = ["AsyncBatch", "Batch", "Item", "Progress", "Table", "table_of"]
