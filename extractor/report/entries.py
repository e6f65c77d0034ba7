"""What the review page shows of one document, made of a result or of a record of a journal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..answer.ground import grounded
from ..answer.trust import signals
from ..batch.journal import last_records
from ..batch.records import attempts_of, ledger_of
from ..confidence import Confidence
from ..document import Document
from ..errors import DocumentError, SetupError
from ..evidence import Evidence

if TYPE_CHECKING:
    from ..result import Result
    from ..schema import Schema


@dataclass(frozen=True, slots=True)
class Entry:
    """``value`` is JSON in the source form, ``told`` what a person should know; ``document`` is None if it is gone."""

    name: str
    value: object
    evidence: Evidence
    confidence: Confidence
    bill: str
    told: tuple[str, ...]
    document: Document | None


def of_result(name: str, result: Result[Any]) -> Entry:
    told = tuple(map(str, result.issues))
    try:
        evidence, confidence = result.evidence, result.confidence
    except DocumentError as error:
        return _gone(name, result.data, str(result.ledger), (*told, str(error)))
    return Entry(name, result.data, evidence, confidence, str(result.ledger), told, result.document)


def of_journal(path: str | PathLike[str], schema: Schema[Any] | None = None) -> Iterator[Entry]:
    """An entry for the last record of each document; ``schema`` says what is not sought in it.

    Documents are opened by the paths that were given, from the current folder on.
    """
    for number, record in last_records(path):
        if record is None:
            yield _gone(f"{path}, line {number}", None, "", ("this line of the journal is damaged",))
        else:
            yield _of_record(record, schema)


def _of_record(record: Mapping[str, Any], schema: Schema[Any] | None) -> Entry:
    name, error = str(record["given"]), record["error"]
    value = record["value"] if error is None else error["best"]
    failed = (f"{error['type']}: {error['message']}",) if error else ()
    told = (*failed, *(f"{issue['path']}: {issue['message']}" for issue in record["issues"]))
    bill = str(ledger_of(record))
    try:
        document = Document.of(Path(name))
    except (DocumentError, SetupError) as missing:
        return _gone(name, value, bill, (*told, str(missing)))
    attempts = attempts_of(record)
    quotes = next((attempt.quotes for attempt in reversed(attempts) if attempt.quotes), {})
    evidence = grounded(value, document, schema.source if schema else None, quotes)
    fixes = [fix for attempt in attempts for fix in attempt.fixes]
    wrong = [issue for attempt in attempts[:-1] for issue in attempt.issues]
    known = signals(evidence, record.get("agreement") or {}, fixes, wrong, {})
    return Entry(name, value, evidence, Confidence(known), bill, told, document)


def _gone(name: str, value: object, bill: str, told: tuple[str, ...]) -> Entry:
    """Without its document, nothing can be shown beside the value."""
    evidence = grounded(value, Document("", ()))
    return Entry(name, value, evidence, Confidence(signals(evidence, {}, (), (), {})), bill, told, None)
