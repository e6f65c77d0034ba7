"""The recipes for other engines run as they stand, each where its engine is installed."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from extractor.chat import ChatRequest, Completion

from .endpoint import endpoint

TEXT = (Path(__file__).parent.parent / "docs" / "many-machines.md").read_text()
BLOCKS = dict(re.findall(r"^## (\w+).*?```python\n(.*?)```", TEXT, re.S | re.M))
PACKAGES = {"Ray": "ray", "Spark": "pyspark", "Daft": "daft"}
HOSTED = "https://api.aimlapi.com/v1"
ANSWER = '{"merchant":{"name":"Shop"},"total":1.5}'


def test_each_recipe_is_tried() -> None:
    assert BLOCKS.keys() == PACKAGES.keys()


@pytest.mark.parametrize("name", ["Spark", "Daft"])  # Ray is tried in tests/batch/test_ray.py
def test_a_recipe(name: str, tmp_path: Path) -> None:
    if find_spec(PACKAGES[name]) is None:
        pytest.skip(f"{name} is not installed")
    asked: list[ChatRequest] = []

    def answer(request: ChatRequest) -> Completion:
        asked.append(request)
        return Completion(content=ANSWER)

    with endpoint(answer) as base:
        script = tmp_path / "recipe.py"
        script.write_text(BLOCKS[name].replace(HOSTED, base))
        ran = subprocess.run([sys.executable, script], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert len(asked) >= 3
    assert "Shop" in ran.stdout or "ok" in ran.stdout
