"""``python -m extractor.testing``: a ``FakeServer`` until Ctrl-C. Its URL is told on stdout, requests on stderr."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from contextlib import suppress
from threading import Event
from typing import get_args

from ..schema.dialects import DEFAULT, DIALECTS
from .faults import Faults
from .refusals import Feature
from .server import FakeServer

_EXAMPLES = """\
python -m extractor.testing --port 8123 --fault status_429=0.1 --fault wrong_type=0.2 --seed 7
EXTRACTOR_MODEL=any EXTRACTOR_BASE_URL=http://127.0.0.1:8123/v1 extractor extract invoice scan.pdf
"""


def options() -> Namespace:
    parser = ArgumentParser(
        prog="python -m extractor.testing",
        description="A local endpoint that answers at random, valid under each request's schema.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=0, help="by default one that is free")
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same answers and faults (0)")
    parser.add_argument("--dialect", choices=sorted(DIALECTS), default=DEFAULT, help=f"of strict schemas ({DEFAULT})")
    parser.add_argument("--lacks", nargs="+", choices=get_args(Feature), default=[], help="what is refused")
    parser.add_argument("--api-key", help="the key that is wanted")
    parser.add_argument("--context", type=int, help="the most tokens of a request")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME=RATE", help="such as status_429=0.1")
    return parser.parse_args()


def faults_of(words: list[str]) -> Faults:
    """``["cut=0.1"]`` as faults. ValueError says what is wrong."""
    rates = dict(word.partition("=")[::2] for word in words)
    known = Faults.__dataclass_fields__
    for name, rate in rates.items():
        if name not in known or not rate.replace(".", "", 1).isdigit():
            raise ValueError(f"--fault takes NAME=RATE, not {name}={rate}; names are {', '.join(known)}")
    return Faults(**{name: float(rate) for name, rate in rates.items()})


def tell(asked: str, status: int, why: str) -> None:
    print(*filter(None, (asked, status, why)), file=sys.stderr, flush=True)


def main() -> None:
    chosen = options()
    try:
        server = FakeServer(
            faults=faults_of(chosen.fault),
            seed=chosen.seed,
            dialect=chosen.dialect,
            lacks=chosen.lacks,
            api_key=chosen.api_key,
            context=chosen.context,
            port=chosen.port,
            tell=tell,
        )
        with server, suppress(KeyboardInterrupt):
            print(server.base_url, flush=True)
            Event().wait()
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
