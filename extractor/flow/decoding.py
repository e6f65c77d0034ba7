"""Requests that carry a grammar of this document, where the endpoint takes them: what it decodes cannot be invented."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from ..annotations import GROUNDING
from ..paths import Keys, to_keys, to_path
from ..schema import Narrowed, Quoting
from ..schema.dialects import dialect_of
from ..schema.rules import said_at

if TYPE_CHECKING:
    from ..schema import Schema
    from .step import Job

CARRIERS: Mapping[str, Callable[[str], Mapping[str, object]]] = {
    "llama.cpp": lambda lark: {"grammar": lark},
    "vllm": lambda lark: {"structured_outputs": {"grammar": lark}},
    "sglang": lambda lark: {"ebnf": lark},
}
"""The fields of the body in which each kind of server takes a grammar in llguidance's Lark dialect.

llama.cpp: tools/server/README.md, ``grammar`` (built with LLAMA_LLGUIDANCE). vLLM: docs, "Structured Outputs", with
``--structured-outputs-config.backend guidance``. SGLang: docs, "Structured Outputs", ``--grammar-backend llguidance``.
"""


def decoded(job: Job, form: Schema[Any] | Narrowed | Quoting) -> Mapping[str, Any] | None:
    """The fields of a request that is held to the document; None where it is held to the schema alone."""
    settings = job.settings
    by_schema = settings.candidates == "enum"
    if not (settings.grammar or by_schema) or settings.grounding == "off" or not job.document.text.strip():
        return None
    return _chosen(job, form) if by_schema else _grammatical(job, form)


def _chosen(job: Job, form: Schema[Any] | Narrowed | Quoting) -> Mapping[str, Any]:
    from ..answer.enumerated import enumerated
    from ..answer.finding import Finder

    finder, dialect = Finder(job.document.text), dialect_of(job.settings.dialect or "openai")
    schema = enumerated(form.strict, finder, partial(_is_free, job.schema, form), dialect)
    described = {"name": form.name, "schema": schema, "strict": True}
    return {"response_format": {"type": "json_schema", "json_schema": described}}


def _grammatical(job: Job, form: Schema[Any] | Narrowed | Quoting) -> Mapping[str, Any] | None:
    """None where llguidance takes no grammar of the schema: the schema alone holds the model, as the request shows."""
    from ..answer.finding import Finder
    from ..answer.grammar import grammar

    settings, finder = job.settings, Finder(job.document.text)
    likely = settings.candidates == "likely" or (settings.candidates == "auto" and settings.style == "completion")
    try:
        lark = grammar(form.strict, finder, partial(_is_free, job.schema, form), likely=likely)
    except ValueError:
        return None
    carrier = CARRIERS[settings.grammar or "llama.cpp"]
    return {"extra_body": {**settings.request.get("extra_body", {}), **carrier(lark)}}


def _is_free(schema: Schema[Any], form: Schema[Any] | Narrowed | Quoting, keys: Keys) -> bool:
    return said_at(schema.source, _source_keys(form, keys), GROUNDING) == "free"


def _source_keys(form: Schema[Any] | Narrowed | Quoting, keys: Keys) -> Keys:
    if isinstance(form, Quoting):
        return form.to_source(keys, None)
    if not isinstance(form, Narrowed):
        return to_keys(form.to_source(to_path(keys)))
    part, *rest = form.plan.decoder.to_source(keys, None)
    return (*to_keys(form.paths[int(str(part)[1:])]), *rest)
