"""What ``extractor.answer.repair`` costs: µs per kind of text beside other tools, and its growth from 1 kB to 10 MB.

    python bench/repair.py            # some minutes
    python bench/repair.py --quick    # to 100 kB

CPU time, the least of some runs. A tool that takes more than five seconds is left out of the larger sizes.
"""

from __future__ import annotations

import argparse
import importlib
import json
import time
from collections.abc import Callable, Mapping

import orjson

from extractor.answer import repair

Tool = Callable[[str], object]
LINE = {"sku": "SKU-00017", "text": "Item 17, blue – box (no. 4)", "quantity": 3, "price": 20.25, "paid": True}
SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {
        "number": {"type": "string"},
        "lines": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "sku": {"type": "string"},
                    "text": {"type": "string"},
                    "quantity": {"type": "integer"},
                    "price": {"type": "number"},
                    "paid": {"type": "boolean"},
                },
                "required": ["sku", "text", "quantity", "price", "paid"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["number", "lines"],
    "additionalProperties": False,
}
TOO_LONG = 5.0


def invoice(size: int) -> dict[str, object]:
    return {"number": "A-17", "lines": [LINE] * max(1, size // len(json.dumps(LINE)))}


def written(size: int) -> str:
    return json.dumps(invoice(size), ensure_ascii=False)


def unquoted(size: int) -> str:
    text = written(size)
    for key in (*LINE, "number", "lines"):
        text = text.replace(f'"{key}"', key)
    return text


KINDS: dict[str, Callable[[int], str]] = {
    "valid": written,
    "fence": lambda size: f"Here it is:\n```json\n{written(size)}\n```\nDone.",
    "think": lambda size: f'<think>{{"number": 1}}?</think>{written(size)}',
    "python": lambda size: repr(invoice(size)),
    "trailing commas": lambda size: written(size).replace("}", ",}"),
    "unquoted keys": unquoted,
    "inner quotes": lambda size: written(size).replace("blue", '"blue"'),
    "numbers as text": lambda size: written(size).replace("20.25", '"$1,020.25"'),
    "cut": lambda size: written(size)[:-30],
}
HOSTILE: dict[str, Callable[[int], str]] = {
    '{"a": "x}x}…': lambda size: '{"a": "' + "x}" * (size // 2),
    "[[[…": lambda size: "[" * size,
    "prose {x} [y]": lambda size: "some {x} and [y] in prose, " * (size // 27),
    '""""…': lambda size: '{"a": ' + '"' * size,
}


def tools() -> dict[str, Tool]:
    found: dict[str, Tool] = {
        "orjson.loads": orjson.loads,
        "untyped": repair,
        "typed": lambda text: repair(text, SCHEMA),
    }
    for name, make in (("json_repair", _json_repair), ("fast_json_repair", _fast_json_repair), ("baml_py", _baml)):
        try:
            found[name] = make(importlib.import_module(name))
        except ImportError:
            print(f"{name} is not installed: left out")
    return found


def _json_repair(module: object) -> Tool:
    run = module.repair_json  # type: ignore[attr-defined]
    return lambda text: run(text, return_objects=True)


def _fast_json_repair(module: object) -> Tool:
    run = module.repair_json  # type: ignore[attr-defined]
    return lambda text: run(text, return_objects=True)


def _baml(module: object) -> Tool:
    raise ImportError("it reads text only through a generated client")


def seconds(tool: Tool, text: str, runs: int) -> float | None:
    """The least CPU time of some runs; None where the tool refuses the text."""
    least: float | None = None
    for _ in range(runs):
        start = time.process_time()
        try:
            tool(text)
        except (ValueError, RecursionError):
            return None
        took = time.process_time() - start
        least = took if least is None else min(least, took)
        if took > TOO_LONG / 10:
            break
    return least


def table(title: str, kinds: Mapping[str, Callable[[int], str]], sizes: list[int], run: Mapping[str, Tool]) -> None:
    print(
        f"\n{title}: µs per call (ns per byte)\n{'kind':18s} {'bytes':>9s} " + " ".join(f"{name:>20s}" for name in run)
    )
    for kind, make in kinds.items():
        slow: set[str] = set()
        for size in sizes:
            text = make(size)
            cells = [cell(name, tool, text, slow) for name, tool in run.items()]
            print(f"{kind:18s} {len(text):9d} " + " ".join(f"{each:>20s}" for each in cells), flush=True)


def cell(name: str, tool: Tool, text: str, slow: set[str]) -> str:
    if name in slow:
        return "too slow"
    took = seconds(tool, text, 20 if len(text) < 100_000 else 3)
    if took is None:
        return "refuses"
    if took * 10 > TOO_LONG:
        slow.add(name)
    return f"{took * 1e6:.0f} ({took * 1e9 / len(text):.1f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    sizes = [1_000, 10_000, 100_000] if parser.parse_args().quick else [1_000, 10_000, 100_000, 1_000_000, 10_000_000]
    run = tools()
    table("Texts of models", KINDS, sizes, run)
    table("Hostile texts", HOSTILE, sizes, run)


if __name__ == "__main__":
    main()
