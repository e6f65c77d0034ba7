"""The contract of the wire: each function raises jsonschema's ValidationError where bytes are off it.

Requests are held to it exactly (``model`` may be any string, and further top-level fields are the endpoint's own),
answers leniently: what the documentation's sample has beyond its schema is known, null may stand for "nothing".
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import orjson
from jsonschema import Draft202012Validator

FOLDER = Path(__file__).parent


@cache
def validator(name: str) -> Draft202012Validator:
    schema = json.loads((FOLDER / f"{name}.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def check_request(body: bytes) -> None:
    validator("request").validate(orjson.loads(body))


def check_completion(body: bytes) -> None:
    validator("completion").validate(orjson.loads(body))


def check_chunk(data: bytes) -> None:
    validator("chunk").validate(orjson.loads(data))


def check_stream(body: bytes) -> None:
    """The events of a whole stream, of which the last is ``[DONE]``."""
    *events, last, rest = body.split(b"\n\n")
    assert (last, rest) == (b"data: [DONE]", b"")
    for event in events:
        assert event.startswith(b"data: ")
        check_chunk(event.removeprefix(b"data: "))
