"""Evaluations as files: one HTML page that needs no network, or JSON."""

from __future__ import annotations

from html import escape
from os import PathLike
from pathlib import Path

import orjson

from ..errors import SetupError
from .comparison import Comparison
from .difference import Difference
from .evaluation import Evaluation
from .shown import of_comparison, of_difference, of_evaluation
from .told import data_of

_SHELL = """<!doctype html>
<html lang="en"><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><title>{title}</title>
<style>:root{{color-scheme:light dark}}body{{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:80rem;
padding:0 1rem}}.xtr>div{{flex-wrap:wrap;overflow-x:auto}}h2{{margin-top:2.5rem}}</style>
<h1>{title}</h1>
{body}
</html>
"""


def written(shown: Evaluation | Difference | Comparison, path: str | PathLike[str]) -> Path:
    """Write it, and give the path. SetupError where the name says no format."""
    file = Path(path)
    kind = file.suffix.lower()
    if kind in (".html", ".htm"):
        file.write_text(html(shown), encoding="utf-8")
    elif kind == ".json":
        file.write_bytes(orjson.dumps(data_of(shown), default=str, option=orjson.OPT_NON_STR_KEYS))
    else:
        raise SetupError(f"{file}: an evaluation is written as .html or .json.")
    return file


def html(shown: Evaluation | Difference | Comparison) -> str:
    """The whole page: what a notebook shows, and all documents."""
    if isinstance(shown, Evaluation):
        return _SHELL.format(title=escape(f"Evaluation of {shown.type}"), body=of_evaluation(shown, None))
    if isinstance(shown, Difference):
        return _SHELL.format(title=escape(" less ".join(shown.names)), body=of_difference(shown, None))
    parts = [of_comparison(shown, None)]
    for name, evaluation in shown.items():
        parts += [f"<h2>{escape(name)}</h2>", of_evaluation(evaluation, None)]
        if name != shown.first:
            heading = escape(f"{name} less {shown.first}")
            parts += [f"<h2>{heading}</h2>", of_difference(shown.difference(name, shown.first), None)]
    return _SHELL.format(title="Comparison", body="\n".join(parts))
