"""What the engine writes, held against its grammar.

The engine answers a broken grammar, and one that it gives up on halfway, with unconstrained text and status 200.
So each is checked before, and the text is followed as it comes.
"""

from __future__ import annotations

from functools import cache

from ..answer.lark import llguidance_module


class Follower:
    """Reads a text along with its grammar."""

    def __init__(self, grammar: str) -> None:
        llguidance = llguidance_module()
        self._matcher = llguidance.LLMatcher(_bytes_as_tokens(), grammar, log_level=0)

    def follow(self, text: str) -> bool:
        """Whether the text so far, with this piece, begins a text of the grammar."""
        return bool(self._matcher.consume_tokens(list(text.encode())))

    @property
    def complete(self) -> bool:
        return bool(self._matcher.is_accepting())


@cache
def _bytes_as_tokens() -> object:
    return llguidance_module().LLTokenizer("byte")
