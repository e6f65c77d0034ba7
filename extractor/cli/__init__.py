"""The command line: data on stdout, everything else on stderr; exit 0 all, 1 some failed, 2 usage, 130 interrupted."""

from __future__ import annotations

import os
import sys

from .streams import standard_streams


def main() -> None:
    """The ``extractor`` command."""
    try:
        with standard_streams():
            _command()
    except KeyboardInterrupt:  # while it is loaded: later on, the commands themselves say what came of it
        raise SystemExit(130) from None


def _command() -> None:
    try:
        from .commands import app
        from .completing import rejoin
    except ModuleNotFoundError as missing:
        if missing.name not in ("typer", "rich"):
            raise
        print('The command line needs typer and rich: pip install "typed-extractor[cli]"', file=sys.stderr)
        raise SystemExit(2) from None
    if os.environ.get("_EXTRACTOR_COMPLETE") == "complete_bash":
        rejoin(os.environ)
    app()
