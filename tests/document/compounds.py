"""OLE compound files, and what is made of them: old Excel sheets and Outlook messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from struct import pack
from typing import Any

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


@dataclass
class _Entry:
    """A line of the directory; ``right`` and ``child`` are the places of others."""

    name: str
    kind: int
    data: bytes = b""
    right: int = _FREE
    child: int = _FREE
    start: int = _END

    def packed(self) -> bytes:
        name = (self.name + "\0").encode("utf-16-le")
        size = len(self.data) if self.kind != 1 else 0
        return (
            pack("<64sHBB", name, len(name), self.kind, 1)
            + pack("<III", _FREE, self.right, self.child)
            + bytes(36)
            + pack("<IQ", self.start if size else (0 if self.kind == 1 else _END), size)
        )


@dataclass
class _Chains:
    """Data cut into pieces of one size, and for each piece which one follows."""

    size: int
    data: bytearray = field(default_factory=bytearray)
    following: list[int] = field(default_factory=list)

    def put(self, data: bytes) -> int:
        start, count = len(self.following), -(-len(data) // self.size)
        if not count:
            return _END
        self.following += [*range(start + 1, start + count), _END]
        self.data += data.ljust(count * self.size, b"\0")
        return start


def compound(entries: Mapping[str, Any]) -> bytes:
    """A compound file of streams (bytes) and storages (mappings)."""
    root = _Entry("Root Entry", 5)
    listed = [root]
    root.child = _hung(entries, listed)
    small, large = _Chains(_MINI), _Chains(_SECTOR)
    for entry in listed[1:]:
        entry.start = (small if len(entry.data) < _CUTOFF else large).put(entry.data)
    root.data = bytes(small.data)
    root.start = large.put(root.data)
    directory = large.put(b"".join(entry.packed() for entry in listed))
    minis = large.put(pack(f"<{len(small.following)}I", *small.following))
    first = len(large.following)
    tables = next(count for count in range(1, 110) if first + count <= count * 128)
    following = large.following + [_TABLE] * tables
    following += [_FREE] * (tables * 128 - len(following))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += pack("<9I", 0, tables, directory, 0, _CUTOFF, minis, int(minis != _END), _END, 0)
    head += pack("<109I", *range(first, first + tables), *[_FREE] * (109 - tables))
    return head + bytes(large.data) + pack(f"<{len(following)}I", *following)


def _hung(entries: Mapping[str, Any], listed: list[_Entry]) -> int:
    """The place of the first of these entries; the others hang to its right, in the order that names have."""
    first = last = _FREE
    for name in sorted(entries, key=lambda each: (len(each), each.upper())):
        inner, place = entries[name], len(listed)
        listed.append(_Entry(name, 2, inner) if isinstance(inner, bytes) else _Entry(name, 1))
        if not isinstance(inner, bytes):
            listed[place].child = _hung(inner, listed)
        if last == _FREE:
            first = place
        else:
            listed[last].right = place
        last = place
    return first


def xls(sheets: Mapping[str, Sequence[tuple[int, int, str | float]]], *, lock: bool = False) -> bytes:
    """An Excel file of 1997: each sheet is (row, column, value) of its cells."""
    begin = pack("<HHHHIHI", 0x0600, 5, 0x0DBB, 0x07CC, 0, 6, 0)[:16]
    start = _record(0x0809, begin) + (_record(0x002F, bytes(6)) if lock else b"")
    inner = _record(0x0809, begin[:2] + pack("<H", 0x10) + begin[4:])
    tails = [inner + b"".join(map(_cell, each)) + _record(0x0A, b"") for each in sheets.values()]
    names = [pack("<BB", len(name), 0) + name.encode("latin-1") for name in sheets]
    offset = len(start) + sum(10 + len(name) for name in names) + 4
    listed = b""
    for name, tail in zip(names, tails, strict=True):
        listed += _record(0x0085, pack("<IH", offset, 0) + name)
        offset += len(tail)
    book = start + listed + _record(0x0A, b"") + b"".join(tails)
    return compound({"Workbook": book.ljust(_CUTOFF, b"\0")})


def _record(kind: int, data: bytes) -> bytes:
    return pack("<HH", kind, len(data)) + data


def _cell(cell: tuple[int, int, str | float]) -> bytes:
    row, column, value = cell
    if isinstance(value, str):
        return _record(0x0204, pack("<HHHHB", row, column, 0, len(value), 0) + value.encode("latin-1"))
    return _record(0x0203, pack("<HHHd", row, column, 0, value))


def msg(subject: str, sender: str, to: str, body: str = "", html: bytes = b"", **attachments: bytes) -> bytes:
    """A message as Outlook saves it."""
    headers = f"From: {sender}\r\nTo: {to}\r\nDate: Fri, 05 Jun 2026 10:00:00 +0200\r\n\r\n"
    strings = {0x0037: subject, 0x007D: headers, 0x1000: body, 0x001A: "IPM.Note"}
    entries: dict[str, Any] = {
        **{_property(key, 0x1F): value.encode("utf-16-le") for key, value in strings.items() if value},
        **({_property(0x1013, 0x102): html} if html else {}),
        "__nameid_version1.0": {_property(2, 0x102): b"", _property(3, 0x102): b"", _property(4, 0x102): b""},
    }
    listed = [(key, 0x1F, len(value) * 2 + 2) for key, value in strings.items() if value]
    listed += [(0x1013, 0x102, len(html))] * bool(html)
    top = bytes(8) + pack("<IIII", 1, len(attachments), 0, len(attachments)) + bytes(8)
    entries["__properties_version1.0"] = top + b"".join(_fact(*fact) for fact in listed) + _number(0x3FDE, 65001)
    for number, (name, data) in enumerate(attachments.items()):
        entries[f"__attach_version1.0_#{number:08X}"] = {
            _property(0x3707, 0x1F): name.encode("utf-16-le"),
            _property(0x3701, 0x102): data,
            "__properties_version1.0": bytes(8)
            + _fact(0x3707, 0x1F, len(name) * 2 + 2)
            + _fact(0x3701, 0x102, len(data))
            + _number(0x3705, 1),
        }
    return compound(entries)


def _property(key: int, kind: int) -> str:
    return f"__substg1.0_{key:04X}{kind:04X}"


def _fact(key: int, kind: int, size: int) -> bytes:
    return pack("<HHIII", kind, key, 6, size, 0)


def _number(key: int, value: int) -> bytes:
    return pack("<HHIII", 3, key, 6, value, 0)
