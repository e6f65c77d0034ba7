"""A completion's text → the value it meant, with every correction told; or an exact issue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, TypeVar

from ..brief import brief_fields
from ..issues import Fix, Issue
from ..paths import to_path
from ..shapes import check_locale
from .bare import bare, scalar
from .boxes import boxed
from .candidates import has_reasoning, spans
from .choose import Chosen, choose, without
from .given import Level, check_level, check_schema, text_of
from .parse import Parsed, parse
from .reading import Reading, readings
from .repeated import repeated
from .strict import NotJson, is_quoted, mended, read, read_leniently
from .target import Target, guide_of, target_of

if TYPE_CHECKING:
    from ..schema import Schema

T = TypeVar("T")
_UNCLOSED = re.compile(r'\s*"[^"\\]*(?:\\.[^"\\]*)*\\?', re.DOTALL)


@dataclass(frozen=True, slots=True, repr=False)
class Repaired:
    """What a text says.

    ``value`` is plain JSON in the source form; None, with an issue, where nothing could be read, or two values could.
    ``cut`` is the path of what was being written when the text ended; a value cut in its middle is left out of
    ``value`` and stands, as far as it came, in ``partial``, which is the same as ``value`` otherwise.
    """

    value: object
    fixes: tuple[Fix, ...] = ()
    issues: tuple[Issue, ...] = ()
    cut: str | None = None
    partial: object = None

    def _repr_html_(self) -> str:
        from .shown import of_repaired

        return of_repaired(self)

    def __repr__(self) -> str:
        return brief_fields(self)


def repair(
    text: str | bytes,
    schema: Schema[T] | Mapping[str, object] | None = None,
    *,
    level: Level = "full",
    locale: str | None = None,
) -> Repaired:
    """The value that a text, or its UTF-8 bytes, means, for a schema or for none.

    ``level``: ``strict`` reads JSON as it stands, ``syntax`` mends the text too, ``full`` also fits values to the
    schema. ``locale`` (``de``, ``en-US``) says how numbers and dates are written where they leave it open.
    """
    check_level(level)
    check_schema(schema)
    check_locale(locale)
    return _read(text_of(text), target_of(schema), level, locale)


def _read(text: str, target: Target | None, level: Level, locale: str | None) -> Repaired:
    try:
        value = read(text)
    except NotJson as error:
        if level == "strict":
            return _unread(f"not JSON: {error}")
        text, mends = mended(text)
        found = _lenient(text) or readings(text, guide_of(target))
        return _repaired(text, found, target, level, locale, mends)
    if target is None or level == "strict":
        return _standing(value, target)
    twice = repeated(text, value)
    if not twice and target.is_met(text):
        return Repaired(value, partial=value)
    standing = Parsed(value, len(text), issues=twice)
    return _repaired(text, [Reading(standing)], target, level, locale, ())


def _standing(value: object, target: Target | None) -> Repaired:
    decoded = value if target is None else target.decode(value, None)[0]
    return Repaired(decoded, partial=decoded)


def _lenient(text: str) -> list[Reading]:
    try:
        value, fixes = read_leniently(text)
    except NotJson:
        return []
    return [Reading(Parsed(value, len(text), fixes))]


def _repaired(
    text: str,
    found: list[Reading],
    target: Target | None,
    level: Level,
    locale: str | None,
    mends: tuple[Fix, ...],
) -> Repaired:
    if not found and target is None and (alone := scalar(text)) is not None:
        found = [alone]
    if target is None or level != "full":
        return _syntax(text, found, target, mends)
    if target.is_text:
        found = boxed(found, text, target)
        if not found:
            return _text(text, mends, wired=target.box is not None)
    last = has_reasoning(spans(text))
    chosen = choose(found, target, locale, text, last)
    if target.takes_scalars and not target.is_text and (chosen is None or not chosen.fit.fits):
        alone = bare(text)
        said = choose([alone], target, locale, text, last) if alone is not None else None
        if said is not None and (said.fit.fits or (chosen is None and said.told.issues)):
            chosen = said
    if chosen is None:
        return _nothing(text)
    return _told(chosen, mends)


def _syntax(text: str, found: list[Reading], target: Target | None, mends: tuple[Fix, ...]) -> Repaired:
    last = has_reasoning(spans(text))
    ordered = list(reversed(found)) if last else found
    if not ordered:
        return _nothing(text)
    best = max(ordered, key=lambda each: (each.fenced, isinstance(each.parsed.value, dict), -each.damage))
    parsed = best.parsed
    whole, cut = parsed.value, parsed.cut
    if target is not None:
        whole, cut = target.decode(whole, cut)
    partial = whole
    if parsed.halved and cut is not None:
        whole = without(whole, cut)
    path = None if cut is None else to_path(cut)
    issues = (*parsed.issues, *_truncation(path, parsed))
    return Repaired(whole, (*mends, *best.fixes, *parsed.fixes), issues, path, partial)


def _text(text: str, mends: tuple[Fix, ...], wired: bool) -> Repaired:
    """Any text is an answer: a JSON string as what it says, all else as it stands."""
    if wired and _UNCLOSED.fullmatch(text):
        issue = Issue("$", "the answer ends in the middle of this value", None, "truncated")
        return Repaired(None, mends, (issue,), "$", text.lstrip()[1:])
    quoted = scalar(text) if is_quoted(text) else None
    if quoted is not None and isinstance(quoted.parsed.value, str):
        said = quoted.parsed.value
        return Repaired(said, (*mends, *quoted.parsed.fixes), partial=said)
    answer = [span for span in spans(text) if not span.reasoning]
    said = text[answer[-1].start : answer[-1].end].strip() if has_reasoning(spans(text)) and answer else text
    fixes = (Fix("$", "think", text[:80], ""),) if said != text else ()
    return Repaired(said, (*mends, *fixes), partial=said)


def _told(chosen: Chosen, mends: tuple[Fix, ...]) -> Repaired:
    reading = chosen.reading
    path = None if chosen.cut is None else to_path(chosen.cut)
    issues = (*reading.parsed.issues, *chosen.told.issues, *_truncation(path, reading.parsed))
    refused = any(issue.kind == "type" for issue in chosen.told.issues)
    parsed = [fix for fix in reading.parsed.fixes if not (refused and _is_endless(fix.after))]
    fixes = (*mends, *reading.fixes, *parsed, *chosen.told.fixes)
    return Repaired(chosen.whole, fixes, issues, path, chosen.fit.value)


def _is_endless(value: object) -> bool:
    return isinstance(value, float) and not isfinite(value)


def _truncation(path: str | None, parsed: Parsed) -> tuple[Issue, ...]:
    if path is None:
        return ()
    if parsed.halved:
        return (Issue(path, "the answer ends in the middle of this value", None, "truncated"),)
    if parsed.unfinished:
        return (Issue(path, "the answer ends where more was to come", None, "truncated"),)
    return (Issue(path, "the answer ends before this is closed", None, "unclosed"),)


def _unread(message: str) -> Repaired:
    return Repaired(None, (), (Issue("$", message, None, "syntax"),))


def _nothing(text: str) -> Repaired:
    """What was there instead of a value."""
    opening = min((place for place in (text.find("{"), text.find("[")) if place >= 0), default=-1)
    deep = parse(text, opening).issues if opening >= 0 else ()
    if any(issue.kind == "depth" for issue in deep):
        return Repaired(None, (), deep)
    said = " ".join(text[:2000].split())
    return _unread(f"no JSON in the answer, which says {said[:120]!r}" if said else "the answer is empty")
