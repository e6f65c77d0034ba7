"""How the compiler does on the Pydantic classes of installed packages: python bench/packages.py mcp fhir.resources …

    PASS    an instance can be written in the strict schema, validates under it, and comes back unchanged
    sound   a random value of the strict schema is taken by the class once it is decoded

    python bench/packages.py --quick                             # some seconds, rough figures
    python bench/packages.py openai --classes 200 --fails 20     # where and why values are refused
    python bench/packages.py openai --every                      # all classes, not a sample

The classes are a package's own that can be made instances of, a sample of the same size from each package. An instance
for PASS is what the class made of a value that it took, written as JSON by the class itself.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import pkgutil
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import chdir, redirect_stdout, suppress
from dataclasses import dataclass, field
from functools import partial
from io import StringIO
from random import Random
from tempfile import TemporaryDirectory

import jsonschema
import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError

from extractor import UnsupportedTypeError
from extractor.schema import Schema
from extractor.testing import NoValueError
from extractor.testing.values import value_of

_SKIPPED = ("test", "__main__", "conftest")


@dataclass
class Tally:
    """What was counted on the classes of one package."""

    package: str
    classes: int = 0
    refused: int = 0
    values: int = 0
    taken: int = 0
    instances: int = 0
    passed: int = 0
    fails: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        passed, sound = _percent(self.passed, self.instances), _percent(self.taken, self.values)
        return f"{self.package}: classes {self.classes} ({self.refused} refused), PASS {passed}, sound {sound}"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def classes_of(package: str) -> Iterator[type[BaseModel]]:
    """The classes that are defined in the modules of a package that can be imported."""
    root = importlib.import_module(package)
    names = [package]
    if hasattr(root, "__path__"):
        names += [found.name for found in pkgutil.walk_packages(root.__path__, package + ".", onerror=lambda _: None)]
    seen: set[type] = set()
    for name in names:
        if any(part.startswith(_SKIPPED) for part in name.split(".")):
            continue
        with suppress(BaseException):
            for kind in list(vars(importlib.import_module(name)).values()):
                if _is_model(kind, package) and kind not in seen:
                    seen.add(kind)
                    yield kind


def _is_model(kind: object, package: str) -> bool:
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)) or inspect.isabstract(kind):
        return False
    return (kind.__module__ + ".").startswith(package + ".") and not kind.__pydantic_generic_metadata__["parameters"]


def measure(package: str, limit: int | None, count: int) -> Tally:
    warnings.simplefilter("ignore")
    tally = Tally(package)
    with redirect_stdout(StringIO()), TemporaryDirectory() as folder, chdir(folder):  # some validators write files
        kinds = sorted(classes_of(package), key=lambda kind: f"{kind.__module__}.{kind.__qualname__}")
        if limit and len(kinds) > limit:
            kinds = Random(0).sample(kinds, limit)
        for kind in kinds:
            _measure_class(kind, count, tally)
    return tally


def _measure_class(kind: type[BaseModel], count: int, tally: Tally) -> None:
    name = f"{kind.__module__}.{kind.__qualname__}"
    try:
        schema = Schema.of(kind)
        adapter = TypeAdapter(kind)
    except UnsupportedTypeError as error:
        tally.refused += 1
        tally.fails[f"{name}: refused: {str(error)[:200]}"] += 1
        return
    tally.classes += 1
    fits = jsonschema.Draft202012Validator(schema.strict)
    for seed in range(count):
        try:
            strict = value_of(schema.strict, Random(seed))
        except NoValueError as error:
            tally.fails[f"{name}: {error}"] += 1
            continue
        tally.values += 1
        decoded = schema.decode(strict)
        try:
            instance = adapter.validate_json(orjson.dumps(decoded))
        except Exception as error:  # noqa: BLE001 validators raise what they like
            tally.fails[f"{name}: {_first(error)}"] += 1
            continue
        tally.taken += 1
        with suppress(Exception):
            value = orjson.loads(adapter.dump_json(instance, by_alias=True, exclude_unset=True))
            if _read(adapter, value) != _read(adapter, value):
                continue  # what the class makes of it is another each time, such as a new id
            tally.instances += 1
            why = _lost(schema, adapter, fits, value)
            tally.passed += not why
            if why:
                tally.fails[f"{name}: NOT BACK: {why}"] += 1


def _lost(
    schema: Schema[BaseModel], adapter: TypeAdapter[BaseModel], fits: jsonschema.Draft202012Validator, value: object
) -> str:
    """Why an instance does not come back, or nothing."""
    encoded = schema.encode(value)
    if not fits.is_valid(encoded):
        return f"express: {jsonschema.exceptions.best_match(fits.iter_errors(encoded))}"[:300]
    back = schema.decode(encoded)
    return "" if back == value or _read(adapter, back) == _read(adapter, value) else f"{value} is {back}"[:300]


def _read(adapter: TypeAdapter[BaseModel], value: object) -> object:
    return adapter.dump_python(adapter.validate_json(orjson.dumps(value)), mode="json")


def _first(error: Exception) -> str:
    if isinstance(error, ValidationError):
        found = error.errors(include_url=False, include_context=False)[0]
        return f"{'.'.join(map(str, found['loc']))}: {found['type']}: {found['msg']} <- {str(found['input'])[:60]}"[
            :300
        ]
    return f"{type(error).__name__}: {error}"[:300]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="*", default=["fhir.resources"], help="names to import, such as openai")
    parser.add_argument("--quick", action="store_true", help="a small sample, rough figures")
    parser.add_argument("--classes", type=int, default=120, help="the size of the sample from each package")
    parser.add_argument("--every", action="store_true", help="take all classes")
    parser.add_argument("--values", type=int, default=8, help="random values of each class")
    parser.add_argument("--fails", type=int, default=0, help="how many reasons of refusals to print for each package")
    options = parser.parse_args()
    if options.quick:
        options.classes, options.values = 15, 2
    run = partial(measure, limit=None if options.every else options.classes, count=options.values)
    total = Tally("all")
    with ProcessPoolExecutor(2, max_tasks_per_child=1) as pool:
        for package, future in [(one, pool.submit(run, one)) for one in options.packages]:
            try:
                tally = future.result()
            except Exception as error:  # noqa: BLE001 a package may fail at import as it likes
                print(f"{package}: {error!r}"[:200], file=sys.stderr)
                continue
            print(tally, flush=True)
            for why, often in tally.fails.most_common(options.fails):
                print(f"    {often} × {why}", flush=True)
            for name in ("classes", "refused", "values", "taken", "instances", "passed"):
                setattr(total, name, getattr(total, name) + getattr(tally, name))
    print(total)


if __name__ == "__main__":
    main()
