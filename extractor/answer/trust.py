"""What is known of each leaf of a result: evidence, votes, tokens, corrections, earlier issues."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import exp
from typing import TYPE_CHECKING, Any

import orjson

from ..chat import Completion, TokenLogprob
from ..confidence import Signals
from ..paths import look_up, to_keys, to_path
from .tokens import leaf_tokens

if TYPE_CHECKING:
    from ..evidence import Evidence
    from ..issues import Fix, Issue
    from ..schema import Schema

_UNKNOWN = -100.0
"""Endpoints write some such number where a token is not among those whose probability they keep."""


def signals(
    evidence: Evidence,
    agreement: Mapping[str, float],
    fixes: Iterable[Fix],
    wrong: Iterable[Issue],
    tokens: Mapping[str, Sequence[TokenLogprob]],
) -> dict[str, Signals]:
    """The signals of each leaf of the evidence. ``tokens`` are those of leaves, by path in the source form; ``wrong``
    are the issues of earlier answers."""
    bold = {fix.path: fix.weight for fix in sorted(fixes, key=lambda fix: fix.weight)}
    asked = {issue.path for issue in wrong}
    return {
        path: Signals(
            leaf.status,
            agreement.get(path),
            *_logprobs(tokens.get(path, ())),
            fix=max((bold.get(above, 0.0) for above in _above(path)), default=0.0),
            asked_again=any(above in asked for above in _above(path)),
        )
        for path, leaf in evidence.items()
    }


def tokens_of(
    schema: Schema[Any], data: object, completions: Sequence[Completion]
) -> dict[str, tuple[TokenLogprob, ...]]:
    """The tokens that each leaf of a value was written with in the last answer that says it, by source path.

    ``data`` is the value in the source form. Nothing where the answers have no logprobs.
    """
    found: dict[str, tuple[TokenLogprob, ...]] = {}
    for completion in completions:
        if completion.content and completion.logprobs and completion.logprobs.content:
            found |= dict(_said(schema, data, completion.content, completion.logprobs.content))
    return found


def _said(
    schema: Schema[Any], data: object, text: str, tokens: Sequence[TokenLogprob]
) -> Iterator[tuple[str, tuple[TokenLogprob, ...]]]:
    """The leaves of one answer that say what the value says."""
    try:
        wire = orjson.loads(text)
    except orjson.JSONDecodeError:
        return
    source = schema.decode(wire)
    for keys, held in leaf_tokens(text, tokens).items():
        path = schema.to_source(to_path(keys), wire)
        if _at(source, path) == _at(data, path) is not None:
            yield path, held


def _at(value: object, path: str) -> object:
    try:
        return look_up(value, to_keys(path))
    except KeyError:
        return None


def _logprobs(tokens: Sequence[TokenLogprob]) -> tuple[float | None, float | None, float | None]:
    """Mean and least log-probability, and the margin of the first token."""
    known = [token.logprob for token in tokens if token.logprob is not None and token.logprob > _UNKNOWN]
    if not known:
        return None, None, None
    return sum(known) / len(known), min(known), _margin(tokens[0])


def _margin(token: TokenLogprob) -> float | None:
    others = [each.logprob for each in token.top_logprobs if each.token != token.token and each.logprob is not None]
    if token.logprob is None or not token.top_logprobs:
        return None
    return max(0.0, exp(token.logprob) - max(map(exp, others), default=0.0))


def _above(path: str) -> list[str]:
    """The path and those of what it stands in, without the root."""
    keys = to_keys(path)
    return [to_path(keys[:depth]) for depth in range(len(keys), 0, -1)] or ["$"]
