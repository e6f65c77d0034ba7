"""``extractor doctor``: what is installed, where settings come from, and what the endpoint takes."""

from .command import doctor

__all__ = ["doctor"]
