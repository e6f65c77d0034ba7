"""The same over Ray Data: a pool of workers, each with one client, and limits that all of them keep together.

    from extractor.batch.ray import extract_dataset

    rows = extract_dataset(ray.data.read_parquet("in"), Invoice, column="text", extractor={"model": …, "base_url": …})
    rows.write_parquet("out")

With ``into="folder"`` the rows are written there, partition by partition, and a later run goes on with those that are
not there yet.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from functools import partial
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import SetupError
from ..needs import needed
from ..options import BatchOptions
from ..schema import Schema
from ..transports.errors import OutageError
from ..transports.limiter import Answered, Limiter, Limits, Ticket
from .rows import Factory, Rows

if TYPE_CHECKING:
    from ray.data import Dataset

_FORGOTTEN = 1800.0
"""Seconds after which a request is taken to have ended with its worker."""


class RateActor:
    """A limiter for all workers. What a worker that died has not given back is forgotten after half an hour."""

    def __init__(self, most: int, rpm: float | None, tpm: float | None, adaptive: bool) -> None:
        self._limiter = Limiter(most, rpm=rpm, tpm=tpm, adaptive=adaptive)
        self._open: dict[int, Ticket] = {}

    async def enter(self, size: int, patience: float = inf) -> Ticket:
        for ticket in [each for each in self._open.values() if time.monotonic() - each.started > _FORGOTTEN]:
            await self.leave(ticket, None)
        ticket = await self._limiter.enter(size, patience)
        self._open[ticket.number] = ticket
        return ticket

    async def leave(self, ticket: Ticket, answered: Answered | None) -> None:
        if self._open.pop(ticket.number, None) is not None:
            self._limiter.leave(ticket, answered)


class _Shared:
    """The limits of a rate actor, as the transport of a worker asks them."""

    def __init__(self, actor: Any) -> None:
        self._actor = actor

    async def enter(self, size: int, patience: float = inf) -> Ticket:
        try:
            ticket: Ticket = await self._actor.enter.remote(size, patience)
        except OutageError as error:  # Ray raises a kind of its own of it, whose text is a traceback
            raise OutageError(str(getattr(error, "cause", error))) from None
        return ticket

    def leave(self, ticket: Ticket, answered: Answered | None) -> None:
        self._actor.leave.remote(ticket, answered)


class _Worker:
    """What Ray makes in each actor of the pool."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def __call__(self, table: Any) -> Any:
        return self._rows(table)


def extract_dataset(
    dataset: Dataset,
    type: Any,
    *,
    column: str,
    extractor: Factory,
    concurrency: int = 16,
    workers: int | tuple[int, int] = 1,
    batch_size: int = 256,
    num_cpus: float = 1.0,
    paths: bool = False,
    prefix: str = "",
    rpm: float | None = None,
    tpm: float | None = None,
    adaptive: bool = True,
    into: str | os.PathLike[str] | None = None,
    partitions: int = 16,
    options: BatchOptions | None = None,
) -> Dataset:
    """The rows with ``value``, ``status``, ``issues`` and what each cost; those that failed too.

    ``extractor``: keywords of ``AsyncExtractor``, or a function that makes one. ``concurrency``: requests at once of
    each of the ``workers`` (a number, or the least and the most). ``rpm`` and ``tpm`` hold for all of them together.
    ``options`` are those of a batch. ``into``: a folder that one Parquet file is written to for each of ``partitions``.
    """
    ray = _ray()
    Schema.of(type)
    most = concurrency * (workers if isinstance(workers, int) else workers[1])
    actor = ray.remote(num_cpus=0, max_concurrency=max(4 * most, 1000))(RateActor).remote(most, rpm, tpm, adaptive)
    limits = partial(_shared, actor)
    rows = Rows(
        type,
        column=column,
        extractor=extractor,
        concurrency=concurrency,
        paths=paths,
        prefix=prefix,
        limits=limits,
        options=options,
    )
    size = {"size": workers} if isinstance(workers, int) else {"min_size": workers[0], "max_size": workers[1]}

    def extracted(part: Dataset) -> Dataset:
        made: Dataset = part.map_batches(
            _Worker,
            fn_constructor_args=(rows,),
            batch_size=batch_size,
            batch_format="pyarrow",
            compute=ray.data.ActorPoolStrategy(**size),
            num_cpus=num_cpus,
        )
        return made

    if into is None:
        return extracted(dataset)
    _write(dataset, extracted, Path(into), partitions)
    read: Dataset = ray.data.read_parquet(str(into), file_extensions=["parquet"])
    return read


def _shared(actor: Any) -> Limits:
    return _Shared(actor)


def _write(dataset: Dataset, extracted: Any, folder: Path, partitions: int) -> None:
    """Write each partition that is not there, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    _check_plan(folder, {"partitions": partitions, "rows": dataset.count()})
    for number, part in enumerate(dataset.split(partitions)):
        done = folder / f"part-{number:05}.parquet"
        if done.exists():
            continue
        raw = folder / f"part-{number:05}.writing"
        shutil.rmtree(raw, ignore_errors=True)
        rows = extracted(part).to_arrow_refs() if part.count() else []
        _write_rows(rows, raw, done)


def _write_rows(refs: list[Any], raw: Path, done: Path) -> None:
    import ray
    from pyarrow import concat_tables
    from pyarrow.parquet import write_table

    tables = [table for table in ray.get(refs) if table.num_rows]
    if tables:
        write_table(concat_tables(tables), raw)
        os.replace(raw, done)


def _check_plan(folder: Path, plan: dict[str, int]) -> None:
    """SetupError where the folder holds partitions of something else."""
    note = folder / "_partitions.json"
    if not note.exists():
        note.write_text(json.dumps(plan))
    found = json.loads(note.read_text())
    if found != plan:
        raise SetupError(
            f"{folder} holds {found['partitions']} partitions of {found['rows']} rows, and not {plan['partitions']} of"
            f" {plan['rows']}.",
            remedy="Name another folder, or give the same dataset and partitions=.",
        )


def _ray() -> Any:
    with needed("A dataset", "Ray", "ray"):
        import ray
        import ray.data
    return ray
