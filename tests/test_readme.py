"""The code blocks of README.md and CONTRIBUTING.md run as they stand, against an endpoint on the loopback."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from extractor.chat import ChatRequest, Completion
from extractor.options import VARIABLES

from .document.pdfs import pdf
from .document.test_judgement import scan
from .endpoint import endpoint

ROOT = Path(__file__).parent.parent
BLOCKS = [
    pytest.param(name, code, id=f"{name}-{number}")
    for name in ("README.md", "CONTRIBUTING.md")
    for number, code in enumerate(re.findall(r"```python\n(.*?)```", (ROOT / name).read_text(), re.S))
]
HOSTED = "https://api.aimlapi.com/v1"
ANSWERS = {
    "image_url": '{"number":"17"}',
    "Rule: is a company": '{"v0":{"fits":true,"reason":null}}',
    "Acme Ltd": '{"number":"17","buyer":"Acme Ltd"}',
    "Swiss": '{"number":"17","total":42.5,"lines":[]}',
    "booking": '{"account":"0049","fees":null,"bookings":[{"text":"Fee","amount":1.5}]}',
    "colours": '{"value":["red","blue"]}',
    "Alan": '{"value":[{"item_0":"Ada","item_1":36},{"item_0":"Alan","item_1":41}]}',
    "Dear": '{"value":"letter"}',
    "I am Ada": '{"name":"Ada"}',
}


def answer(request: ChatRequest) -> Completion:
    asked = str(request.messages)
    return Completion(content=next(content for word, content in ANSWERS.items() if word in asked))


@pytest.mark.parametrize(("name", "code"), BLOCKS)
def test_block(name: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "invoice.pdf").write_bytes(pdf("Invoice 17. Total 42.50"))
    (tmp_path / "scan.pdf").write_bytes(pdf([scan()]))
    monkeypatch.chdir(tmp_path)
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    with endpoint(answer) as base:
        monkeypatch.setenv("EXTRACTOR_MODEL", "m")
        monkeypatch.setenv("EXTRACTOR_BASE_URL", base)
        exec(compile(code.replace(HOSTED, base), name, "exec", dont_inherit=True), {"__name__": "readme"})
