"""What a long document that was read gives: a result with its coverage, or the error that carries all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..annotations import CHECKED
from ..coverage import Coverage, WindowRead
from ..errors import ExtractorError, InvalidOutputError
from ..issues import Issue
from ..paths import NOTHING, Keys, to_keys
from ..result import Result
from ..schema.outline import is_container, lists_of
from .agreeing import agreed
from .bill import Log, billed
from .covering import by_window
from .effects import Flow, Stopped
from .places import put, standing
from .reading import Reading
from .settle import settled
from .videos import is_refused

if TYPE_CHECKING:
    from ..coverage import Conflict
    from .told import Merged
    from .windowed import Long


def finished(long: Long, merged: Merged) -> Flow[Result[Any]]:
    """The result, as far as the rules of the type and of the caller let it be one."""
    coverage = _coverage(long, merged)
    first = long.asked[0].ended
    if long.whole and isinstance(first, Result) and len(long.asked) == 1:
        return replace(first, coverage=coverage)
    asked = (*long.asked, *((long.settling,) if long.settling else ()))
    attempts = tuple(attempt for one in asked for attempt in one.ended.attempts)

    def told(error: ExtractorError) -> ExtractorError:
        error.coverage = coverage
        best = error.best if merged.value is None else merged.value
        return billed(error, long.spending.ledger, attempts, best)

    failed = _fatal(long, coverage)
    if failed is not None:
        raise told(failed)
    value = _filled(long, merged.value)
    checked = long.schema.validate(value)
    notes = (*_conflicts(coverage.conflicts), *_unread(coverage), *_uncovered(long, coverage))
    wrong = tuple(_of_windows(long))
    refused: tuple[Issue, ...] = ()
    if checked.issues:
        wrong = (*_unstated(checked.issues, coverage), *wrong)
    else:
        refused = yield from _looked_at(long, value, checked.value)
        wrong = (*wrong, *refused)
    kept = Reading(checked.value, best=value) if not wrong else _kept(long, value, refused)
    if kept is None:
        raise told(_invalid(wrong, coverage))
    shares = {one.number: one.ended.agreement for one in long.asked if isinstance(one.ended, Result)}
    return Result(
        kept.value,
        attempts,
        long.spending.ledger,
        long.schema,
        long.reading.document,
        (*wrong, *notes),
        coverage=coverage,
        agreement=agreed(kept.best, merged.value, merged.origins, shares),
    )


def _looked_at(long: Long, value: object, typed: object) -> Flow[tuple[Issue, ...]]:
    """What functions and judges have against the value as a whole: rows and scalars were judged window by window."""
    if long.schema.annotated.isdisjoint(CHECKED):
        return ()
    from .checks import Checks
    from .step import Job

    job = Job(long.schema, long.reading.document, long.settings)
    try:
        issues, log = yield from Checks.of(job).of_whole(
            job, value, typed, lambda keys: is_container(long.outline, keys)
        )
    except Stopped as stopped:
        stopped.charge(Log(long.spending.ledger))
        raise
    long.spending.charge((log,))
    return issues


def _kept(long: Long, value: object, refused: tuple[Issue, ...]) -> Reading[Any] | None:
    """What the policies of the type and of the caller leave of a value that is wrong, or ``refused`` in parts."""
    checked = long.schema.validate(value)
    wrong = checked.issues or refused
    if wrong:
        return settled(long.schema, Reading(issues=wrong, best=value), long.settings)
    return None if long.settings.on_invalid == "raise" else Reading(checked.value, best=value)


def _coverage(long: Long, merged: Merged) -> Coverage:
    read = {at for one in long.asked if isinstance(one.ended, Result) for at in one.piece.lines}
    unread = [at for at in range(len(long.reading.lines)) if at not in read and _holds(long, at)]
    rows = long.rows(merged)
    covered, missing = by_window(long.windows, rows.covered), by_window(long.windows, rows.missing)
    unplaced = Counter[int]()
    for one in long.asked:
        unplaced[one.window] += merged.unplaced.get(one.number, 0)
    windows, uncovered = [], []
    for at, window in enumerate(long.windows):
        short = [line for line in missing.get(at, ()) if line in read]
        known, guessed = len(covered.get(at, ())), min(unplaced[at], len(short))
        uncovered += short if len(short) > unplaced[at] else []
        mine = [one for one in long.asked if one.window == at]
        windows.append(
            WindowRead(
                long.reading.stretches(window.own),
                known + len(missing.get(at, ())),
                known + guessed,
                sum(len(one.ledger.calls) for one in mine),
                _error(long, at, read),
            )
        )
    stretches = long.reading.stretches
    return Coverage(tuple(windows), stretches(unread), stretches(uncovered), merged.conflicts)


def _holds(long: Long, at: int) -> bool:
    """Whether a line has anything that could be read."""
    line = long.reading.lines[at]
    return not line.blank or long.reading.document.pages[line.page].image is not None


def _error(long: Long, window: int, read: set[int]) -> str | None:
    """Why a part of the window was not read."""
    if all(at in read or not _holds(long, at) for at in long.windows[window].own):
        return None
    errors = (one.ended for one in long.asked if one.window == window and not isinstance(one.ended, Result))
    return next((f"{type(error).__name__}: {error}" for error in errors), "it was not asked for")


def _fatal(long: Long, coverage: Coverage) -> ExtractorError | None:
    """The error of what is unread, where that is more than may be."""
    errors = [one.ended for one in long.asked if isinstance(one.ended, ExtractorError)]
    refused = next((error for error in errors if is_refused(error, long.reading.document, long.settings)), None)
    if refused is not None:
        return refused
    if not errors or not coverage.unread:
        return None
    total = sum(len(line.text) + 1 for at, line in enumerate(long.reading.lines) if _holds(long, at))
    unread = sum(stretch.end - stretch.start + 1 for stretch in coverage.unread)
    return errors[0] if unread > long.settings.max_unread * total else None


def _filled(long: Long, value: object) -> object:
    """The value with an empty list for each that no window spoke of, and null where the type wants that to be said."""
    outline = long.outline
    if value is None:
        value = {"object": {}, "map": {}, "list": []}.get(outline.kind)
    lists = {keys for keys, _ in lists_of(outline)}
    for issue in long.schema.validate(value).issues:
        keys = to_keys(issue.path)
        if issue.kind in ("missing", "required") and standing(value, keys[:-1]) is not NOTHING:
            value = _with(long, value, keys, [] if keys in lists else None)
    return value


def _with(long: Long, value: object, keys: Keys, filler: object) -> object:
    """The value with the filler where that is valid there."""
    filled = put(value, keys, filler)
    here = any(to_keys(issue.path) == keys for issue in long.schema.validate(filled).issues)
    return value if here else filled


def _of_windows(long: Long) -> Iterator[Issue]:
    """What was wrong with the answers of single windows and is gone from them."""
    for one in long.asked:
        if isinstance(one.ended, Result):
            pages = ", ".join(map(str, dict.fromkeys(s.page for s in long.reading.stretches(one.piece.own))))
            yield from (
                replace(issue, message=f"{issue.message} (in the part that stands on page {pages})")
                for issue in one.ended.issues
            )


def _unstated(issues: Sequence[Issue], coverage: Coverage) -> tuple[Issue, ...]:
    """Why the whole is not valid, in terms of the document where that is known."""
    conflicts = {conflict.path: conflict for conflict in coverage.conflicts}
    return tuple(
        replace(issue, message=f"its parts do not agree: {conflicts[issue.path]}", kind="conflict")
        if issue.path in conflicts and conflicts[issue.path].chosen is None
        else issue
        for issue in issues
    )


def _conflicts(conflicts: Sequence[Conflict]) -> Iterator[Issue]:
    return (Issue(one.path, f"parts of the document do not agree: {one}", one.chosen, "conflict") for one in conflicts)


def _unread(coverage: Coverage) -> Iterator[Issue]:
    for window in coverage.windows:
        if window.error is not None:
            where = "; ".join(map(str, window.stretches[:3]))
            yield Issue("$", f"this part was not read ({where}): {window.error}", kind="unread")


def _uncovered(long: Long, coverage: Coverage) -> Iterator[Issue]:
    """That rows are missing, as far as lines show it, and why they were not had by asking again."""
    if coverage.uncovered:
        errors = [one.ended for one in long.asked if one.turn and not isinstance(one.ended, Result)]
        why = f"asking again failed: {errors[0]}" if errors else "asked for again, they gave nothing"
        where = "; ".join(map(str, coverage.uncovered[:5])) + "; …" * (len(coverage.uncovered) > 5)
        yield Issue("$", f"lines that look like rows are in no item ({where}): {why}", kind="uncovered")


def _invalid(issues: tuple[Issue, ...], coverage: Coverage) -> InvalidOutputError:
    said = "; ".join(map(str, issues[:3]))
    more = f", and {len(issues) - 3} more" if len(issues) > 3 else ""
    return InvalidOutputError(f"The value of all windows ({coverage}) is invalid: {said}{more}.", issues=issues)
