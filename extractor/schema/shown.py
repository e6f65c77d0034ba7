"""A schema as HTML for notebooks: what is sent, and what it says otherwise than the type."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..display import card, facts, raw_text, told

if TYPE_CHECKING:
    from .compiled import Schema

_MOST = 20_000


def of_schema(schema: Schema[Any]) -> str:
    """The strict schema, and beside it each change, with its reason."""
    changes = schema.explain()
    rows = [{"path": each.path, "change": each.text, "because": each.why} for each in changes]
    count = f"{len(changes)} change{'s' * (len(changes) != 1)}" if changes else "sent as the type says it"
    line = told(f"{schema.name}: about {schema.strict_tokens():,} tokens, {count}")
    strict = json.dumps(schema.strict, ensure_ascii=False, indent=1, default=str)
    return card([raw_text(strict, _MOST), facts(rows)], below=[line])
