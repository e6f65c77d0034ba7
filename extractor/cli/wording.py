"""The words of ``--help``: with colours and boxes on a terminal, plain in a pipe."""

from __future__ import annotations

import re
from collections.abc import Sequence
from inspect import cleandoc
from typing import Literal

from rich.markup import escape

from .saying import has_colours

MARKUP: Literal["rich"] | None = "rich" if has_colours() else None
"""How this process writes help."""

EXAMPLES: dict[str, tuple[str, ...]] = {
    "extract": (
        "extractor extract invoice scan.pdf --model local",
        "extractor extract orders.py:Order inbox/*.txt > orders.jsonl",
        "extractor extract invoice 'inbox/*.pdf' -j 32 --journal run.jsonl --out invoices.parquet",
        "extractor extract orders.py:Order letter.pdf --pages 1-2 -i 'Amounts are in Swiss notation.'",
        'extractor extract orders.py:Order - -o reasoning=\'{"effort": "low"}\' < mail.eml',
    ),
    "eval": (
        "extractor eval invoice gold.jsonl --run run.jsonl --out evaluation.html",
        "extractor eval orders.py:Order gold.csv --run old=old.jsonl --run new=new.jsonl --metric total=number:0.01",
        "extractor eval invoice gold.jsonl --model local --journal run.jsonl --at-least 0.9",
    ),
    "report": ("extractor report run.jsonl -o report.html --type invoice",),
    "revalidate": ("extractor revalidate run.jsonl orders.py:Order > orders.jsonl",),
    "schema": ("extractor schema invoice", "extractor schema orders.py:Order --explain"),
    "repair": ("extractor repair answer.txt --type invoice", "pbpaste | extractor repair"),
    "infer": (
        "extractor infer orders.jsonl -o orders.py",
        "extractor infer order.schema.json --name Order > orders.py",
        "extractor infer order.schema.json gold.jsonl -o orders.py",
    ),
    "doctor": (
        "extractor doctor",
        "extractor doctor --offline",
        "extractor doctor --model m --base-url http://localhost:8000/v1 > takes.json",
    ),
    "demo": ("extractor demo",),
}
"""What a user may type, by command."""

EXIT_CODES = (
    "Exit codes: 0 all went well; 1 something failed, and its line or table says what; 2 wrong usage or settings, "
    "before anything was asked; 130 interrupted by Ctrl-C."
)
PRECEDENCE = (
    "Settings: a flag wins over the environment (`EXTRACTOR_MODEL`, `EXTRACTOR_SEE`, …), which wins over "
    "`[tool.extractor]` in the nearest pyproject.toml upwards, which wins over the default. The key comes from the "
    "environment alone: `EXTRACTOR_API_KEY`. `extractor doctor --offline` tells where each comes from."
)


def worded(text: str) -> str:
    """Text with `code` in it, as this process shows it."""
    if MARKUP is None:
        return text.replace("`", "")
    return re.sub(r"`(.+?)`", r"[bold cyan]\1[/]", escape(text))


def flowing(text: str) -> str:
    """The words of a docstring, each paragraph as one line, which is broken where the terminal ends."""
    paragraphs = cleandoc(text).split("\n\n")
    return worded("\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs))


def after(command: str) -> str:
    """What stands below the help of a command: its examples and the exit codes."""
    return f"{_examples(EXAMPLES[command])}\n\n{worded(EXIT_CODES)}"


def _examples(commands: Sequence[str]) -> str:
    if MARKUP is None:
        return "\n".join(("\b", "Examples:", *(f"  {command}" for command in commands)))
    return "\n".join(("[bold]Examples[/]", *(f"  [cyan]{escape(command)}[/]" for command in commands)))
