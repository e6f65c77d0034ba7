"""A strict schema × a document → a grammar in llguidance's Lark dialect, in which values cannot be invented.

Texts are runs of the document's own words, numbers, days and codes are those that it offers. What is no word of the
document, such as a choice, a yes or no, or a ``Free`` text, is as the schema says. Keys stand in their order, without
blanks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from ..paths import Keys
from .finding import Finder
from .labels import labels_of
from .lark import checked, json_part
from .likely import likely_texts, shape_of
from .offers import MOST, may_be_said, offered

Json = Mapping[str, Any]
_PIECES = re.compile(
    r"(^\W+(?=\w)|(?<=\w)\W+$|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])"
)
_CONTROL = re.compile(r"[\x7f-\x9f\u2028\u2029]")
_EDGES = r"/[^ ](.*[^ ])?/"
"""A text that is not empty, and neither begins nor ends with a blank."""

_WORDY = r"/.*[^\W\d_]{2}.*/"
_LETTERS = re.compile(r"[^\W\d_]{2}")
"""Of which a text has one that is words rather than numbers."""
_LENGTH = r"/(\\u[0-9a-f]{{4}}|\\[^u]|[^\\]){{{}}}/"
"""Of a text as JSON writes it, so many characters."""


def grammar(strict: Json, finder: Finder, is_free: Callable[[Keys], bool], *, likely: bool = False) -> str:
    """The grammar of a strict schema's JSON in which values are the document's, checked by llguidance.

    ``is_free`` says of the keys of a leaf, in the wire form (index 0 for every item), that the document need not say
    it; ``likely``: numbers are the likeliest alone. ValueError, in llguidance's words, where it does not compile.
    """
    rules = _Rules(strict, finder, is_free, likely)
    start = rules.node(strict, ())
    return checked("\n".join((f"start: {start}", *(f"{name}: {body}" for name, body in rules.bodies.items()))))


@dataclass(slots=True)
class _Rules:
    strict: Json
    finder: Finder
    is_free: Callable[[Keys], bool]
    likely: bool
    bodies: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def node(self, rule: Json, keys: Keys) -> str:
        """What stands for a schema on the right side of a rule."""
        if "$ref" in rule:
            return self._referred(str(rule["$ref"]), keys)
        if "anyOf" in rule:
            return self._union([_told(branch, rule) for branch in rule["anyOf"]], keys)
        kinds = rule.get("type")
        if isinstance(kinds, list) and "enum" not in rule:
            return self._union([{**rule, "type": kind} for kind in kinds], keys)
        if "enum" in rule or "const" in rule:
            return self._as_it_says(rule)
        return _KINDS.get(str(kinds), _Rules._leaf)(self, rule, keys)

    def _union(self, branches: Sequence[Json], keys: Keys) -> str:
        """One of the branches, without those that the document cannot say, such as a day where it writes none."""
        said = [branch for branch in branches if self.is_free(keys) or may_be_said(self.finder, branch)]
        return self._named(" | ".join(self.node(branch, keys) for branch in said or branches))

    def _named(self, body: str, *, terminal: bool = False) -> str:
        """The name of a rule with this body."""
        if body not in self.names:
            self.names[body] = f"{'T' if terminal else 'r'}{len(self.names)}"
            self.bodies[self.names[body]] = body
        return self.names[body]

    def _referred(self, ref: str, keys: Keys) -> str:
        """A definition, once for each place that it is referred to from by other keys, and for itself within itself."""
        known = f"{ref} {[key for key in keys if isinstance(key, str)][-1:]}"
        if known not in self.names:
            name = self.names[known] = f"d{len(self.names)}"
            target = self.strict if ref == "#" else self.strict["$defs"][ref.removeprefix("#/$defs/")]
            self.bodies[name] = self.node(target, keys)
        return self.names[known]

    def _object(self, rule: Json, keys: Keys) -> str:
        members = []
        for at, (name, inner) in enumerate(rule["properties"].items()):
            members += [_literal(f"{',' * (at > 0)}{_json(name)}:"), self.node(inner, (*keys, name))]
        return self._named(" ".join(('"{"', *members, '"}"')))

    def _array(self, rule: Json, keys: Keys) -> str:
        least, most = rule.get("minItems", 0), rule.get("maxItems")
        if most == 0:
            return '"[]"'
        item = self.node(rule["items"], (*keys, 0))
        more = f'("," {item}){{{max(least - 1, 0)},{"" if most is None else most - 1}}}'
        return self._named(f'"[" {item} {more} "]"' if least else f'"[]" | "[" {item} {more} "]"')

    def _leaf(self, rule: Json, keys: Keys) -> str:
        if self.is_free(keys):
            return self._as_it_says(rule)
        name = next((key for key in reversed(keys) if isinstance(key, str)), "")
        offers = offered(self.finder, rule, name if self.likely else None)
        if offers:
            return self._named(" | ".join(_literal(_json(value)) for value in offers), terminal=True)
        is_text = rule.get("type") == "string" and not {"format", "pattern"} & rule.keys()
        if not is_text or not _fits(self.finder.text, rule):
            return self._as_it_says(rule)
        return self._set_apart(name, rule) if self.likely else self._run(self.finder.text, rule)

    def _set_apart(self, name: str, rule: Json) -> str:
        """Texts that the layout sets apart and that look like what the name asks for, and words of prose."""
        shape = shape_of(name, str(rule.get("description", "")))
        least, most = rule.get("minLength", 0), rule.get("maxLength", MOST)
        labels = labels_of(name, str(rule.get("description", "")))
        found = [text for text in likely_texts(self.finder, shape, labels) if least <= len(text) <= most]
        if not found or len(found) > MOST:
            return self._run(self.finder.text, rule)
        said = [_literal(_json(text)) for text in found]
        if shape == "name" and _LETTERS.search(prose := self.finder.layout.prose):
            said.append(f"{self._run(prose, rule)} & {self._named(_WORDY, terminal=True)}")
        return self._named(" | ".join(said), terminal=True)

    def _run(self, text: str, rule: Json) -> str:
        """Words of the document, one after the other, within the lengths that the rule sets."""
        chunks = [_json(chunk)[1:-1] for chunk in _chunks(text)]
        run = self._named(f"%regex {_json({'substring_chunks': chunks})}", terminal=True)
        edged = f"{run} & {self._named(_EDGES, terminal=True)}"
        if {"minLength", "maxLength"} & rule.keys():
            lengths = f"{rule.get('minLength', 0)},{rule.get('maxLength', '')}"
            edged += f" & {self._named(_LENGTH.format(lengths), terminal=True)}"
        return self._named(f'"\\"" {self._named(edged, terminal=True)} "\\""', terminal=True)

    def _as_it_says(self, rule: Json) -> str:
        return '"null"' if rule.get("type") == "null" else self._named(json_part(rule))


_KINDS: Mapping[str, Callable[[_Rules, Json, Keys], str]] = {"object": _Rules._object, "array": _Rules._array}


def _told(branch: Json, rule: Json) -> Json:
    """A branch with the description of the whole, where it has none of its own."""
    return {"description": rule["description"], **branch} if "description" in rule and "$ref" not in branch else branch


def _fits(text: str, rule: Json) -> bool:
    """Whether a text has words, and some that are within the lengths of a rule."""
    shortest, least, most = min(map(len, text.split()), default=0), rule.get("minLength"), rule.get("maxLength")
    return shortest > 0 and (most is None or shortest <= int(most)) and (least is None or len(text) >= int(least))


def _chunks(text: str) -> Iterable[str]:
    """Words, the marks around them, and the blanks between them; characters where a script has no blanks."""
    for at, word in enumerate(text.split()):
        if at:
            yield " "
        yield from (piece for piece in _PIECES.split(word) if piece)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _literal(text: str) -> str:
    """A text as Lark writes it."""
    return _CONTROL.sub(lambda mark: f"\\u{ord(mark[0]):04x}", _json(text))
