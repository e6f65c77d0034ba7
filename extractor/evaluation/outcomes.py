"""What was made of each document, from whatever made it: an extractor, a journal, lines, items, or plain values."""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from ..batch import Item
from ..batch.journal import is_journal, last_records
from ..batch.records import ledger_of, result_of
from ..brief import brief
from ..client import AsyncExtractor, Extractor
from ..errors import ModelStatusError, SetupError
from ..options import BatchOptions, Settings
from ..result import Ledger, Result
from ..schema.dumping import plain
from .gold import Known, key_of
from .rows import Line, lines_of, rows_of, values_of

if TYPE_CHECKING:
    from ..schema import Schema

Status: TypeAlias = Literal["ok", "issues", "invalid", "refused", "truncated", "failed", "not predicted"]
"""How a document ended. ``issues``: with a value of which a part is gone; ``failed``: with another error than those
before it; ``not predicted``: there is nothing of it. Whatever gave no value counts as one that states nothing."""
STATUSES: tuple[Status, ...] = get_args(Status)
_ENDS: Mapping[str, Status] = {
    "InvalidOutputError": "invalid",
    "RefusalError": "refused",
    "TruncatedError": "truncated",
    "ValidationError": "invalid",
}
_REFUSED = (401, 402, 403)
"""Statuses about the key: every other document would meet them too."""
_FILES = (".jsonl", ".ndjson", ".json")


@dataclass(frozen=True, slots=True)
class Outcome:
    """``data`` is JSON in the source form; ``result`` tells where its leaves stand, where that is known."""

    key: Hashable
    status: Status
    data: object = None
    error: str = ""
    ledger: Ledger | None = None
    result: Result[Any] | None = None

    @property
    def has_value(self) -> bool:
        return self.status in ("ok", "issues")


NONE = Outcome(None, "not predicted")


def outcomes_of(
    predicted: object,
    schema: Schema[Any],
    type: Any,
    gold: Iterable[Known],
    key: str | None,
    options: BatchOptions,
    grounded: bool,
) -> Iterator[Outcome]:
    """One a document that anything is known of. ``grounded``: evidence is wanted, too."""
    gold = tuple(gold)
    if isinstance(predicted, Extractor):
        for item in _run(predicted, type, gold, options):
            yield _of_item(item, gold[item.index].key, grounded)
        return
    if options:
        raise TypeError(f"{', '.join(options)}: options are for an Extractor that is run, and what is given is done")
    if isinstance(predicted, str | PathLike):
        yield from _of_file(Path(predicted), schema, key, {known.key: known for known in gold} if grounded else {})
    elif hasattr(predicted, "__arrow_c_stream__"):
        yield from (_of_value(line.key, line.value, schema) for line in values_of(predicted, schema, key).lines)
    elif isinstance(predicted, Mapping):
        for at, (name, value) in enumerate(predicted.items()):
            yield _of_anything(key_of(name, at), value, schema, grounded)
    elif isinstance(predicted, Iterable) and not isinstance(predicted, AsyncExtractor | str | bytes):
        yield from _of_listed(predicted, schema, gold, grounded)
    else:
        raise TypeError(
            "what is evaluated is an Extractor, a journal or another file of values, the items of a batch, or values,"
            f" not {predicted.__class__.__name__}"
        )


def _run(extractor: Extractor, type: Any, gold: Iterable[Known], options: BatchOptions) -> Iterator[Item[Any]]:
    """Reads the documents of the gold. What the endpoint says of the key is raised: it says nothing of documents."""
    documents: list[Any] = [known.source if known.is_nameless else (known.key, known.source) for known in gold]
    if any(known.source is None for known in gold):
        raise SetupError(
            "The gold does not say where its documents are, so that they could be read.",
            remedy="Name files, or give (document, value) pairs.",
        )
    given: BatchOptions = {"fatal": _REFUSED, **options}
    with extractor.batch(type, documents, **given) as batch:
        for item in batch:
            if isinstance(item.error, ModelStatusError) and item.error.status_code in _REFUSED:
                raise item.error
            yield item


def _of_item(item: Item[Any], key: Hashable, grounded: bool) -> Outcome:
    if item.result is not None:
        return _of_result(key, item.result, grounded)
    assert item.error is not None
    return _of_error(key, item.error)


def _of_result(key: Hashable, result: Result[Any], grounded: bool) -> Outcome:
    status: Status = "issues" if result.issues else "ok"
    return Outcome(key, status, result.data, "", result.ledger, result if grounded else None)


def _of_error(key: Hashable, error: BaseException) -> Outcome:
    name = type(error).__name__
    return Outcome(key, _ENDS.get(name, "failed"), None, f"{name}: {error}", getattr(error, "ledger", None))


def _of_file(path: Path, schema: Schema[Any], key: str | None, wanted: Mapping[Hashable, Known]) -> Iterator[Outcome]:
    if is_journal(path):
        yield from _of_journal(path, schema, wanted)
    elif path.suffix.lower() in _FILES:
        yield from (_of_line(line, schema) for line in lines_of(path, schema, key))
    else:
        yield from (_of_value(line.key, line.value, schema) for line in rows_of(path, schema, key).lines)


def _of_journal(path: Path, schema: Schema[Any], wanted: Mapping[Hashable, Known]) -> Iterator[Outcome]:
    """The last record of each document. SetupError where several runs are in it, of which it does not say which."""
    seen: set[Hashable] = set()
    for number, record in last_records(path):
        if record is None:
            continue
        given = record["given"]
        if given in seen:
            raise SetupError(
                f"{path}, line {number}: the journal holds several runs over {brief(given)}.",
                remedy="Evaluate the Extractor with journal=, which takes its own records, and pays for nothing again.",
            )
        seen.add(given)
        yield _of_record(record, schema, wanted.get(given))


def _of_record(record: Mapping[str, Any], schema: Schema[Any], known: Known | None) -> Outcome:
    error, ledger = record["error"], ledger_of(record)
    if error is not None:
        said = f"{error['type']}: {error['message']}"
        return Outcome(record["given"], _ENDS.get(error["type"], "failed"), None, said, ledger)
    source: Any = known.source if known is not None else ""
    result = result_of(record, schema, Settings.of("none", {}), source)
    if result is None:
        return _of_value(record["given"], record["value"], schema, ledger)
    return _of_result(record["given"], result, known is not None)


def _of_line(line: Line, schema: Schema[Any]) -> Outcome:
    if line.error is None:
        return _of_value(line.key, line.value, schema)
    name = str(line.error.get("type", "error"))
    return Outcome(line.key, _ENDS.get(name, "failed"), None, f"{name}: {line.error.get('message', '')}")


def _of_value(
    key: Hashable, value: object, schema: Schema[Any], ledger: Ledger | None = None, issues: bool = False
) -> Outcome:
    """A value as the type writes it; invalid where the type does not take it."""
    checked = schema.validate(value)
    if checked.issues:
        return Outcome(key, "invalid", None, "; ".join(map(str, checked.issues[:3])), ledger)
    return Outcome(key, "issues" if issues else "ok", schema.dump(checked.value), "", ledger)


def _of_listed(given: Iterable[Any], schema: Schema[Any], gold: tuple[Known, ...], grounded: bool) -> Iterator[Outcome]:
    """Items, pairs of document and value, or as many values as there are gold documents, in their order."""
    for at, each in enumerate(given):
        if isinstance(each, Item):
            yield _of_item(each, key_of(each.key, each.index), grounded)
            continue
        if isinstance(each, tuple) and len(each) == 2:
            key, value = key_of(each[0], at), each[1]
        elif at < len(gold):
            key, value = gold[at].key, each
        else:
            raise SetupError(
                f"There are more values than the {len(gold)} gold documents, in whose order they are taken.",
                remedy="Give pairs of document and value.",
            )
        yield _of_anything(key, value, schema, grounded)


def _of_anything(key: Hashable, value: object, schema: Schema[Any], grounded: bool) -> Outcome:
    if isinstance(value, Result):
        return _of_result(key, value, grounded)
    if isinstance(value, BaseException):
        return _of_error(key, value)
    if value is None and schema.validate(None).issues:
        return Outcome(key, "failed", None, "no value")
    return Outcome(key, "ok", plain(value)) if schema.is_instance(value) else _of_value(key, plain(value), schema)


class Found:
    """Outcomes by document. What is named otherwise than the gold is found by its path, or by the name of its file."""

    def __init__(self, outcomes: Iterable[Outcome], gold: Iterable[Known]) -> None:
        self._left: dict[Hashable, Outcome] = {}
        for outcome in outcomes:
            if outcome.key in self._left:
                raise SetupError(f"There are two values for the document {brief(outcome.key)}.")
            self._left[outcome.key] = outcome
        self._given = list(self._left)
        self._by_name: dict[Hashable, Hashable] = {}
        self.notes: tuple[str, ...] = ()
        self._alike(gold)

    def _alike(self, gold: Iterable[Known]) -> None:
        """Pairs names that are not the same by what they come down to, where that is one of each alone."""
        gold, more = tuple(gold), list(self._left)
        keys = {known.key for known in gold}
        self._by_name |= {
            known.key: at for at, known in enumerate(gold) if known.is_nameless and at in self._left and at not in keys
        }
        lone = [key for key in keys if key not in self._by_name]
        for form in (_path, _file, _number):
            mine, its = _lone(form, (key for key in lone if key not in self._left)), _lone(form, more)
            found = {key: its[name] for name, key in mine.items() if name in its}
            if found and form is _file:
                self.notes = (f"{len(found):,} documents are known by the names of their files, in other folders",)
            self._by_name |= found
            lone = [key for key in lone if key not in self._by_name]

    def take(self, known: Known) -> Outcome:
        return self._left.pop(known.key, None) or self._left.pop(self._by_name.get(known.key, _NOBODY), NONE)

    @property
    def rest(self) -> tuple[Hashable, ...]:
        """What no gold was for, so far."""
        return tuple(self._left)

    @property
    def given(self) -> list[Hashable]:
        return self._given


_NOBODY = object()


def _lone(form: Any, keys: Iterable[Hashable]) -> dict[Hashable, Hashable]:
    found: dict[Hashable, list[Hashable]] = {}
    for key in keys:
        found.setdefault(form(key), []).append(key)
    return {name: same[0] for name, same in found.items() if len(same) == 1 and name is not None}


def _path(key: Hashable) -> Hashable:
    return os.path.abspath(key) if isinstance(key, str) and len(key) < 1024 else None


def _file(key: Hashable) -> Hashable:
    return os.path.basename(key) or None if isinstance(key, str) and len(key) < 1024 else None


def _number(key: Hashable) -> Hashable:
    """A number that a table or a file has as a text."""
    return str(key) if isinstance(key, int) or (isinstance(key, str) and key.isdigit()) else None
