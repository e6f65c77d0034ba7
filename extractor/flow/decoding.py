"""Requests that carry a grammar of this document, where the endpoint takes them: what it decodes cannot be invented."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..annotations import GROUNDING
from ..paths import Keys, to_keys, to_path
from ..schema import Narrowed, Quoting
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
    if settings.grammar is None or settings.grounding == "off" or not job.document.text.strip():
        return None
    from ..answer.finding import Finder
    from ..answer.grammar import grammar

    finder, small = Finder(job.document.text), settings.style == "completion"
    lark = grammar(form.strict, finder, lambda keys: _is_free(job.schema, form, keys), likely=small)
    return {"extra_body": {**settings.request.get("extra_body", {}), **CARRIERS[settings.grammar](lark)}}


def _is_free(schema: Schema[Any], form: Schema[Any] | Narrowed | Quoting, keys: Keys) -> bool:
    return said_at(schema.source, _source_keys(form, keys), GROUNDING) == "free"


def _source_keys(form: Schema[Any] | Narrowed | Quoting, keys: Keys) -> Keys:
    if isinstance(form, Quoting):
        return form.to_source(keys, None)
    if not isinstance(form, Narrowed):
        return to_keys(form.to_source(to_path(keys)))
    part, *rest = form.plan.decoder.to_source(keys, None)
    return (*to_keys(form.paths[int(str(part)[1:])]), *rest)
