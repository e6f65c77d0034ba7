"""Instructor's run over the documents of ``accuracy.py``, in its own environment, which that file starts.

    python bench/accuracy_peer.py http://127.0.0.1:8000/v1 512 < samples.jsonl

A line a document: its value, or null where the client raised.
"""

from __future__ import annotations

import json
import sys

import instructor
from accuracy_types import TYPES
from openai import OpenAI

TASK = (
    "Extract the data that the given schema describes from the document. "
    "Take every value from the document alone. Where the document does not state a value, give null or an empty list."
)


def main() -> None:
    client = instructor.from_openai(
        OpenAI(base_url=sys.argv[1], api_key="none", max_retries=0, timeout=600), mode=instructor.Mode.JSON_SCHEMA
    )
    for line in sys.stdin:
        sample = json.loads(line)
        turns = [{"role": "system", "content": TASK}, {"role": "user", "content": sample["text"]}]
        try:
            value = client.chat.completions.create(
                model="local", response_model=TYPES[sample["kind"]], messages=turns, max_retries=2, temperature=0.0,
                max_tokens=int(sys.argv[2]),
            ).model_dump(mode="json")  # fmt: skip
        except Exception as error:  # noqa: BLE001  whatever a client raises is its answer
            print(f"{type(error).__name__}: {error}"[:300], file=sys.stderr)
            value = None
        print(json.dumps(value), flush=True)


if __name__ == "__main__":
    main()
