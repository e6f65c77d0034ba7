"""``extractor doctor``: what it finds out about endpoints that take, refuse, ignore, hang, or are none."""

from __future__ import annotations

import json
import os
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from extractor import Completion
from extractor.chat import AnswerMessage, ChatRequest, Choice, FunctionCall, ToolCall, Usage
from extractor.cli.doctor.installed import Extra, extras
from extractor.options import VARIABLES
from extractor.testing import FakeModel, FakeServer

from .contract.check import check_request
from .test_cli import COMMAND
from .transports.server import answer, hang, serve

KEY = "sk-very-secret-4711"


def doctor(folder: Path, *words: str, **environment: str) -> tuple[int, Any, str]:
    """Exit code, the report, stderr."""
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    command = [*COMMAND, "doctor", *words]
    ran = subprocess.run(command, cwd=folder, capture_output=True, env={**kept, **environment}, check=False)
    assert KEY.encode() not in ran.stdout + ran.stderr
    return ran.returncode, json.loads(ran.stdout or "null"), ran.stderr.decode()


def verdicts(report: Any) -> dict[str, str]:
    return {each["what"]: each["verdict"] for each in report["takes"]}


def heeding(request: ChatRequest) -> Completion:
    """What an endpoint says that heeds all."""
    content: str | None = "yellow, blue" if "image_url" in str(request.messages) else "Ok."
    calls: tuple[ToolCall, ...] = ()
    kind = (request.response_format or {}).get("type")
    if kind == "json_schema" or request.extra_body:
        content = '{"zeta":"k41"}' if kind else "k41"
    elif kind:
        content = "{}"
    elif request.tools:
        content, calls = None, (ToolCall(id="1", function=FunctionCall(name="probe", arguments='{"zeta":"k41"}')),)
    choice = Choice(message=AnswerMessage(content=content, tool_calls=calls), finish_reason="stop")
    return Completion(choices=[choice] * (request.n or 1), usage=Usage(prompt_tokens=10, completion_tokens=2))


@pytest.mark.parametrize("words", [(), ("--offline",)])
def test_what_is_installed_and_where_settings_come_from(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[tool.extractor]\nmodel = 'm'\nsee = 'ocr'\nextra_body = {user_token = 'of-mine', top_k = 4}\n"
    )
    code, report, said = doctor(tmp_path, *words, "-o", "n=3", "-H", f"x-key: {KEY}", EXTRACTOR_SEE="text")
    assert code == (0 if words else 1)
    assert report["versions"]["typed-extractor"] == version("typed-extractor")
    assert report["settings"] == [
        {"name": "extra_body", "value": {"user_token": "…", "top_k": 4}, "source": f"{tmp_path}/pyproject.toml"},
        {"name": "model", "value": "m", "source": f"{tmp_path}/pyproject.toml"},
        {"name": "n", "value": 3, "source": "-o n=3"},
        {"name": "see", "value": "text", "source": "EXTRACTOR_SEE"},
        {"name": "header x-key", "value": "…", "source": "--header"},
    ]
    assert {"pdf", "cli", "ocr"} <= {extra["name"] for extra in report["extras"]}
    assert (report["endpoint"], report["takes"]) == (None, [])
    assert ("There is no base_url to ask. Give --model" in said) == (not words)


def test_extras_are_told_with_what_brings_them() -> None:
    found = {extra.name: extra for extra in extras()}
    assert found["cli"].packages == {"typer": version("typer"), "rich": version("rich")}
    assert (found["cli"].is_there, found["cli"].install) == (True, None)
    lacking = Extra("pdf", {"pypdfium2": None, "pillow": "11.3"})
    assert (lacking.is_there, lacking.install) == (False, 'pip install "typed-extractor[pdf]"')


def test_an_endpoint_that_lacks_and_ignores(tmp_path: Path) -> None:
    lessons = tmp_path / "lessons.json"
    with FakeServer(lacks=["json_schema", "images"], ignores=["n"], api_key=KEY) as server:
        given = {"EXTRACTOR_API_KEY": KEY, "EXTRACTOR_LESSONS": str(lessons)}
        code, report, said = doctor(tmp_path, "-m", "any", "--base-url", server.base_url, **given)
    assert code == 0
    assert verdicts(report) == {
        "answers": "yes",
        "max_completion_tokens": "yes",
        "mode=json_schema": "no",
        "mode=loose": "no",
        "mode=json_object": "yes",
        "mode=tool": "yes",
        "images": "no",
        "videos": "ignored",
        "grammar=llama.cpp": "ignored",
        "grammar=vllm": "ignored",
        "grammar=sglang": "ignored",
        "n": "ignored",
        "logprobs": "yes",
        "temperature": "yes",
        "reasoning": "yes",
        "streams": "yes",
        "seed": "yes",
        "longest answer": "unknown",
    }
    assert report["endpoint"] == {"url": server_url(report), "model": "any", "key": "EXTRACTOR_API_KEY"}
    assert report["takes"][2]["detail"] == (
        "400: Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."
    )
    assert report["fits"] == {"reads_images": False}
    assert report["spent"]["calls"] == len(report["takes"])
    assert report["spent"]["prompt_tokens"] > 0
    (kept,) = json.loads(lessons.read_text()).values()
    assert {**kept["any"], "learnt": ""} == {"mode": "json_object", "choices": "one", "learnt": ""}
    assert f"kept in {lessons}: mode json_object, choices one" in said


def server_url(report: Any) -> str:
    url: str = report["endpoint"]["url"]
    assert url.startswith("http://127.0.0.1:")
    return url


def test_an_endpoint_that_heeds_all_makes_old_lessons_forgotten(tmp_path: Path) -> None:
    """Its one weakness: answers come at once, so that a seed is not seen to matter."""
    lessons = tmp_path / "lessons.json"
    model = FakeModel(heeding, repeat=True)
    with FakeServer(model, lacks=["streaming"]) as server:
        old = {"mode": "words", "learnt": "2999-01-01"}
        lessons.write_text(json.dumps({f"{server.base_url}/chat/completions": {"any": old, "other": old}}))
        words = ("-m", "any", "--base-url", server.base_url, "-o", 'prices={"any": [1.0, 10.0]}')
        code, report, _ = doctor(tmp_path, *words, EXTRACTOR_LESSONS=str(lessons))
        for request in model.http:
            check_request(request.content)
    found = verdicts(report)
    assert {what for what, verdict in found.items() if verdict != "yes"} == {
        "videos",
        "logprobs",
        "streams",
        "longest answer",
    }
    assert (code, found["streams"], found["videos"]) == (0, "no", "ignored")
    assert report["fits"] == {"video": "frames"}  # grammars are taken in three ways, so that none is named
    spent = report["spent"]
    assert (spent["usd"], spent["prompt_tokens"]) == (pytest.approx(spent["calls"] * 30e-6, rel=0.2), 170)
    ((_, kept),) = json.loads(lessons.read_text()).items()
    assert kept == {"other": old}


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (hang, "whole timeout: the call was not complete within 0.5 s."),
        (answer(b'{"error":{"message":"no such key"}}', 401), "401 Status: no such key. Check the key"),
        (answer(b"<!doctype html><h1>Welcome</h1>", content_type="text/html"), "The answer is HTML, no JSON"),
        (answer(b"", 404), "Check base_url"),
    ],
)
def test_what_is_no_endpoint_is_asked_once_and_told(tmp_path: Path, script: Any, said: str) -> None:
    with serve(script) as server:
        words = ("-m", "any", "--base-url", server.url, "--timeout", "0.5")
        code, report, err = doctor(tmp_path, *words, EXTRACTOR_API_KEY=KEY)
        assert len(server.requests) == 1
    (finding,) = report["takes"]
    assert (code, finding["what"], finding["verdict"], report["fits"]) == (1, "answers", "no", None)
    assert said in finding["detail"]
    assert f"{server.url} gives no completion." in err


def test_an_endpoint_that_knows_the_older_name_of_a_limit(tmp_path: Path) -> None:
    def older(request: ChatRequest) -> Any:
        from extractor.testing import Reply

        if request.max_completion_tokens is not None:
            return Reply(400, body={"error": {"message": "Unrecognized field: max_completion_tokens"}})
        if (request.max_tokens or 0) > 4096:
            return Reply(400, body={"error": {"message": "max_tokens must be at most 4096"}})
        return heeding(request)

    with FakeServer(FakeModel(older, repeat=True)) as server:
        code, report, _ = doctor(tmp_path, "-m", "any", "--base-url", server.base_url)
    found = {each["what"]: each for each in report["takes"]}
    assert (code, found["max_tokens"]["verdict"], "max_completion_tokens" in found) == (0, "yes", False)
    assert (found["longest answer"]["verdict"], found["longest answer"]["detail"]) == (
        "yes",
        "max_tokens must be at most 4096",
    )


def test_wrong_settings_are_wrong_usage(tmp_path: Path) -> None:
    code, report, said = doctor(tmp_path, "--base-url", "nonsense", "-m", "m")
    assert (code, report, "--base-url: base_url is no http(s) URL" in said) == (2, None, True)
