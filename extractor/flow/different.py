"""The same issue is not asked about a third time in the same way: what is changed then, the first that can be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ..issues import Issue
from .modes import begun, told_below

if TYPE_CHECKING:
    from .step import Step

_UNREAD = frozenset({"syntax", "empty"})


def same(before: tuple[Issue, ...], after: tuple[Issue, ...]) -> bool:
    """Whether one of the issues was there before."""
    return bool({(issue.path, issue.kind) for issue in before} & {(issue.path, issue.kind) for issue in after})


def different(step: Step, issues: tuple[Issue, ...]) -> Step:
    """The step in another way; as it is where every way was tried."""
    found = (change(step, issues) for change in _CHANGES)
    return next((changed for changed in found if changed is not None), step)


def _cooler(step: Step, issues: tuple[Issue, ...]) -> Step | None:
    settings = step.job.settings
    if not settings.request.get("temperature"):
        return None
    cool = replace(settings, request={**settings.request, "temperature": 0.0})
    return replace(step, job=replace(step.job, settings=cool))


def _told(step: Step, issues: tuple[Issue, ...]) -> Step | None:
    """An answer that is no JSON shows that the schema is not seen: it is told in words."""
    if step.job.settings.mode != "auto" or not all(issue.kind in _UNREAD for issue in issues):
        return None
    lower = told_below(step.mode)
    return lower and replace(step, mode=lower)


def _escalated(step: Step, issues: tuple[Issue, ...]) -> Step | None:
    settings = step.job.settings
    if settings.escalate is None or settings.escalate == settings.model:
        return None
    larger = replace(settings, model=settings.escalate)
    return replace(step, job=replace(step.job, settings=larger), mode=begun(larger))


_CHANGES: tuple[Callable[[Step, tuple[Issue, ...]], Step | None], ...] = (_cooler, _told, _escalated)
