"""Tokens of leaves: whatever the tokens are, each leaf gets its own."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from extractor.answer.tokens import leaf_tokens, leaves_in, token_bytes
from extractor.chat import TokenLogprob
from extractor.paths import Keys

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=10,
)


def leaves(value: Any, keys: Keys = ()) -> list[tuple[Keys, Any]]:
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, (*keys, key))]
    if isinstance(value, list):
        return [leaf for at, inner in enumerate(value) for leaf in leaves(inner, (*keys, at))]
    return [(keys, value)]


def written(value: Any, ensure_ascii: bool) -> bytes:
    text = json.dumps(value, ensure_ascii=ensure_ascii)
    return (text[1:-1] if isinstance(value, str) else text).encode("utf-8", "surrogatepass")


@given(JSON, st.booleans(), st.sampled_from([None, 1]), st.binary(max_size=4), st.data())
@example({"é": ["日本", 1.5, True], "": "😀"}, False, None, b"<s>", None)
def test_every_leaf_has_exactly_the_tokens_that_hold_its_bytes(
    value: Any, ascii_only: bool, indent: int | None, before: bytes, data: st.DataObject | None
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    whole = text.encode("utf-8", "surrogatepass")
    if whole in before + whole[:-1]:
        before = b""
    cuts = data.draw(st.sets(st.integers(1, max(len(whole) - 1, 1)), max_size=20)) if data else set(range(len(whole)))
    edges = [0, *sorted(cut for cut in cuts if 0 < cut < len(whole)), len(whole)]
    pieces = [before, *(whole[start:end] for start, end in pairwise(edges))]
    tokens = [TokenLogprob(token="�", bytes=tuple(piece), logprob=-float(at)) for at, piece in enumerate(pieces)]
    found = leaf_tokens(text, tokens)
    assert list(found) == [keys for keys, _ in leaves(value)]
    for (keys, leaf), (_, start, end) in zip(leaves(value), leaves_in(text), strict=True):
        first, last = (
            len(text[:start].encode("utf-8", "surrogatepass")),
            len(text[:end].encode("utf-8", "surrogatepass")),
        )
        assert whole[first:last] == written(leaf, ascii_only)
        own = [
            token
            for token, low, high in zip(tokens[1:], edges, edges[1:], strict=False)
            if low < last and high > first and first < last
        ]
        assert list(found[keys]) == own


def test_tokens_that_are_not_the_text_s_give_nothing() -> None:
    tokens = [TokenLogprob(token=token) for token in ('{"a', '": 1}')]
    assert leaf_tokens('{"a": 2}', tokens) == {}
    assert leaf_tokens('{"a": 1', tokens[:1]) == {}
    assert {keys: b"".join(map(token_bytes, held)) for keys, held in leaf_tokens('{"a": 1}', tokens).items()} == {
        ("a",): b'": 1}'
    }


@given(st.text(max_size=30) | JSON.map(json.dumps).map(lambda text: text[:-1]))
def test_leaves_of_any_text_lie_in_it(text: str) -> None:
    assert all(0 <= start <= end <= len(text) for _, start, end in leaves_in(text))
