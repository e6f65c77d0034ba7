"""Values that must stand in the document: those that do not are issues, as any other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from .. import prompt
from ..annotations import GROUNDING
from ..issues import Issue
from ..paths import leaves_of, to_keys
from ..schema.rules import said_at
from .reading import Reading

if TYPE_CHECKING:
    from ..evidence import Leaf
    from .step import Job

T = TypeVar("T")
UNSUPPORTED: Final = "not_found"
"""The kind of an issue whose value the type takes and the document does not hold."""


def supported(job: Job, reading: Reading[T]) -> Reading[T]:
    """The reading, with an issue for each value that should stand in the document and does not."""
    every = job.settings.grounding == "require"
    if reading.issues or not (every or (job.settings.grounding != "off" and GROUNDING in job.schema.annotated)):
        return reading
    if any(page.image for page in job.document.pages):
        return reading  # it may stand in a picture, where nobody can look for it
    from ..answer.ground import Places, evidence_of

    data = job.schema.dump(reading.value)
    places = Places.of(job.document)
    missing = evidence_of(data, places, job.schema.source).having(UNSUPPORTED)
    known = _known(job)
    wrong = [leaf for leaf in missing if leaf.value not in known and (every or _is_verbatim(job, leaf))]
    if not wrong:
        return reading
    issues = tuple(
        Issue(leaf.path, prompt.unsupported(places.nearest(leaf.value)), leaf.value, UNSUPPORTED) for leaf in wrong
    )
    return replace(reading, value=None, issues=issues, best=data)


def _is_verbatim(job: Job, leaf: Leaf) -> bool:
    return said_at(job.schema.source, to_keys(leaf.path), GROUNDING) == "verbatim"


def _known(job: Job) -> list[object]:
    """The leaves of what was known before the document, which need not hold them."""
    if job.settings.existing is None:
        return []
    from .update import plain

    return [leaf for _, leaf in leaves_of(plain(job.schema, job.settings.existing))]
