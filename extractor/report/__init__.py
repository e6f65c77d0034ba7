"""A run → one page to review it, without a network: each document beside its value, what is doubtful first."""

from .corrections import corrections
from .entries import Entry, of_journal
from .page import report

__all__ = ["Entry", "corrections", "of_journal", "report"]
