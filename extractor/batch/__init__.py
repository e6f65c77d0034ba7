"""Many documents: side by side within limits, each ends as an item, and a journal to go on from."""

from .handles import AsyncBatch, Batch
from .item import Item
from .meter import Progress
from .table import Table

__all__ = ["AsyncBatch", "Batch", "Item", "Progress", "Table"]
