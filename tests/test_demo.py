"""The demo, as it is typed, on the embedded model."""

from __future__ import annotations

import subprocess
import sys

from extractor.demo.cases import CASES
from extractor.document import Document


def test_the_demo_shows_what_was_asked_what_came_back_and_what_is_wrong() -> None:
    command = [sys.executable, "-c", "from extractor.cli import main; main()", "demo"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    assert ran.returncode == 0, ran.stderr
    for said in ("asked for", "answer 1: {", "right?", "values right", "tokens"):
        assert said in ran.stdout


def test_every_right_value_stands_in_its_document() -> None:
    for case in CASES:
        adapted = case.type.model_validate(case.right)
        assert adapted.model_dump(mode="json") == case.right
        text = " ".join(Document.of(case.path).text.split())
        words = [value for value in case.right.values() if isinstance(value, str) and not value.startswith("2026-")]
        assert [word for word in words if word not in text] == []
