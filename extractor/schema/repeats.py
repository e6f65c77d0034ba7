"""Keys that a list of entries gives twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..paths import Keys
from .anything import is_entry
from .codec import Codec


def repeated(decoder: Codec, wire: object) -> Iterator[Keys]:
    """The source keys of entries whose key comes again. A list of objects that only look like entries is none."""
    for keys, held in _entry_lists(wire, ()):
        counts = Counter(str(one["key"]) for one in held)
        firsts = {str(one["key"]): at for at, one in reversed(list(enumerate(held)))}
        for name, count in counts.items():
            source = decoder.to_source((*keys, firsts[name]), wire) if count > 1 else ()
            if source[-1:] == (name,):
                yield source


def _entry_lists(value: object, keys: Keys) -> Iterator[tuple[Keys, list[dict[str, object]]]]:
    if isinstance(value, list):
        if value and all(map(is_entry, value)):
            yield keys, value
        for at, held in enumerate(value):
            yield from _entry_lists(held, (*keys, at))
    elif isinstance(value, dict):
        for key, held in value.items():
            yield from _entry_lists(held, (*keys, key))
