"""Where each record stands, in some 30 bytes a record: a journal may have millions."""

from __future__ import annotations

from array import array

_FILL = 0.6


class Index:
    """From the hex digest of a key to an offset. It is known by its first 64 bits: who reads the record compares."""

    def __init__(self) -> None:
        self._keys = array("Q", bytes(8 * 1024))
        self._offsets = array("Q", bytes(8 * 1024))
        self._used = 0

    def put(self, key: str, offset: int) -> None:
        if self._used >= _FILL * len(self._keys):
            self._grow()
        self._put(_short(key), offset)

    def get(self, key: str) -> int | None:
        at = self._at(_short(key))
        return self._offsets[at] if self._keys[at] else None

    def __len__(self) -> int:
        return self._used

    def _put(self, short: int, offset: int) -> None:
        at = self._at(short)
        self._used += not self._keys[at]
        self._keys[at], self._offsets[at] = short, offset

    def _at(self, short: int) -> int:
        """The place of a key, or the free one where it belongs."""
        keys, mask = self._keys, len(self._keys) - 1
        at = short & mask
        while keys[at] and keys[at] != short:
            at = (at + 1) & mask
        return at

    def _grow(self) -> None:
        keys, offsets = self._keys, self._offsets
        self._keys, self._offsets = (array("Q", bytes(16 * len(keys))) for _ in range(2))
        self._used = 0
        for short, offset in zip(keys, offsets, strict=True):
            if short:
                self._put(short, offset)


def _short(key: str) -> int:
    return int(key[:16], 16) or 1
