"""What each family of endpoints takes in a strict schema, as data. A rule that moves is one line here.

``openai``: developers.openai.com/api/docs/guides/structured-outputs, "Supported schemas", and public reports of its
400 texts. ``core``: Azure's table of unsupported keywords and its smaller limits, xAI's ban on circular references;
what every endpoint takes. ``xai``: docs.x.ai, "Structured outputs". ``anthropic``: its SDK's schema transformer.
``xgrammar``: vLLM's list of what that backend cannot do. ``llguidance``: its docs/json_schema.md.
``llama.cpp``: grammars/README.md of ggml-org/llama.cpp.
"""

from __future__ import annotations

from dataclasses import dataclass

_LENGTHS = frozenset({"minLength", "maxLength"})
_COUNTS = frozenset({"minItems", "maxItems"})
_BOUNDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})
_TEXTS = frozenset({"pattern", "format"})
_ALL = _LENGTHS | _COUNTS | _BOUNDS | _TEXTS
_FORMATS = frozenset({"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """``keywords`` and ``formats`` are kept, all others go to the description.

    ``recursion``: circular ``$ref`` are taken. ``type_lists``: ``"type": ["string", "null"]`` is taken, an enum of
    several types in one node too. ``anchored``: a pattern must be ``^…$``. ``one_text_rule``: pattern and format
    cannot stand beside a length. ``definitions``: ``$defs`` are taken; without them everything is inlined.
    ``first_keys_shared``: objects of one ``anyOf`` may begin with the same key.
    ``texts``: what nests too deep, or is too much, is asked for as JSON text, from ``nesting`` objects on.
    The limits count the whole schema; ``depth_through_refs`` says whether depth is counted through ``$ref``.
    """

    name: str
    keywords: frozenset[str] = _ALL
    formats: frozenset[str] = _FORMATS
    recursion: bool = True
    first_keys_shared: bool = True
    type_lists: bool = True
    anchored: bool = False
    one_text_rule: bool = False
    integer_bounds_only: bool = False
    properties: int = 5_000
    depth: int = 10
    chars: int = 120_000
    enums: int = 1_000
    enum_chars: int = 15_000
    depth_through_refs: bool = False
    texts: bool = False
    nesting: int | None = None


_UNLIMITED = 1_000_000

DIALECTS: dict[str, Dialect] = {
    "openai": Dialect(name="openai"),
    "core": Dialect(
        name="core",
        keywords=frozenset(),
        formats=frozenset(),
        recursion=False,
        first_keys_shared=False,
        type_lists=False,
        properties=100,
        depth=5,
        chars=15_000,
        enums=500,
        enum_chars=7_500,
        depth_through_refs=True,
        texts=True,
    ),
    "xai": Dialect(
        name="xai", recursion=False, formats=frozenset({"date", "time", "date-time", "email", "uuid", "ipv4", "ipv6"})
    ),
    "anthropic": Dialect(
        name="anthropic",
        keywords=frozenset({"pattern", "format"}),
        recursion=False,
        formats=_FORMATS,
    ),
    "xgrammar": Dialect(
        name="xgrammar",
        keywords=_ALL - {"multipleOf"},
        type_lists=False,
        one_text_rule=True,
        properties=_UNLIMITED,
        depth=_UNLIMITED,
        chars=_UNLIMITED,
        enums=_UNLIMITED,
        enum_chars=_UNLIMITED,
    ),
    "llguidance": Dialect(
        name="llguidance",
        formats=_FORMATS | {"uri"},
        properties=_UNLIMITED,
        depth=_UNLIMITED,
        chars=_UNLIMITED,
        enums=_UNLIMITED,
        enum_chars=_UNLIMITED,
    ),
    "llama.cpp": Dialect(
        name="llama.cpp",
        keywords=_ALL - {"multipleOf"},
        formats=frozenset({"date", "time", "date-time", "uuid"}),
        type_lists=False,
        anchored=True,
        one_text_rule=True,
        integer_bounds_only=True,
        properties=_UNLIMITED,
        depth=_UNLIMITED,
        chars=_UNLIMITED,
        enums=_UNLIMITED,
        enum_chars=_UNLIMITED,
    ),
}

DEFAULT = "openai"


def dialect_of(name: str) -> Dialect:
    """The dialect of a name. ValueError says which names there are."""
    if name not in DIALECTS:
        raise ValueError(f"dialect is one of {', '.join(DIALECTS)}, not {name!r}")
    return DIALECTS[name]
