"""Packages that an extra brings, and what is said where one is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .errors import SetupError


@contextmanager
def needed(what: str, package: str, extra: str) -> Iterator[None]:
    """Around imports: SetupError says ``what`` needs the package, and which extra brings it.

    with needed("Reading HTML", "selectolax", "web"):
        from selectolax.lexbor import LexborHTMLParser
    """
    try:
        yield
    except ModuleNotFoundError:
        raise missing(what, package, extra) from None
    except ImportError as error:
        raise missing(what, f"{package}, which does not load ({error})", extra) from error


def missing(what: str, package: str, extra: str) -> SetupError:
    return SetupError(f"{what} needs {package}:", remedy=f'pip install "typed-extractor[{extra}]"')
