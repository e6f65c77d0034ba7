"""What a page's text is worth beside what is seen on the page."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Judgement(NamedTuple):
    """``good``: the text says what is seen. ``partial``: the page shows more. ``gibberish``: the text is not what is
    seen. ``scanned``: there is something to see and no text. ``blank``: there is nothing. ``why`` says it in words.
    """

    kind: Literal["good", "partial", "gibberish", "scanned", "blank"]
    why: str
