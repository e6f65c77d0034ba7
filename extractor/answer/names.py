"""Normal forms of words, so that ``Straße``, ``strasse`` and ``STRASSE`` are one, and which name a text means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

LETTERS = str.maketrans({"ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_LONGEST = 1000
_LONGEST_PROSE = 20_000
_NEGATED = re.compile(
    r"\b(?:not|isn t|isnt|is no|no|never|neither|nor|without|cannot|don t|doesn t|kein|keine|nicht|pas|ne|nao|non)"
    r"(?: (?:a|an|the|be|really|at all|considered|exactly))? $"
)
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_WRAPPERS = "\"'“”‘’`*_ \t\r\n.,;:!?()[]<>"


def fold(text: str) -> str:
    """Without case and accents, as words with one space between."""
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text).casefold().translate(LETTERS)
        text = "".join(mark for mark in parts if not unicodedata.combining(mark))
    else:
        text = text.lower()
    return " ".join("".join(mark if mark.isalnum() else " " for mark in text).split())


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """The text without case, accents, spaces and punctuation. Text without a letter or digit stays as it is."""
    return fold(text[:_LONGEST]).replace(" ", "") or text.strip()


@dataclass(frozen=True, slots=True)
class Match:
    """A choice that a text names, and how bold it is to say so."""

    choice: object
    weight: float


def matches(text: str, choices: Sequence[object], described: Mapping[str, str]) -> list[Match]:
    """The choices that a text names, best reading first; more than one where it names more than one."""
    for way in (_by_form, _by_description, _by_mention):
        found = way(text, choices, described)
        if found:
            return found
    return []


def _by_form(text: str, choices: Sequence[object], described: Mapping[str, str]) -> list[Match]:
    bare = text.strip(_WRAPPERS)
    for same, weight in (
        ((lambda choice: choice == bare), 0.05),
        ((lambda choice: choice.casefold() == bare.casefold()), 0.05),
        ((lambda choice: plain(choice) == plain(bare)), 0.1),
    ):
        found = [choice for choice in choices if same(_text(choice))]
        if found:
            return [Match(choice, weight) for choice in found]
    return []


def _text(choice: object) -> str:
    if isinstance(choice, bool):
        return "true" if choice else "false"
    return "null" if choice is None else str(choice)


def _by_description(text: str, choices: Sequence[object], described: Mapping[str, str]) -> list[Match]:
    said = plain(text)
    return [
        Match(choice, 0.3) for choice in choices if (known := described.get(_text(choice))) and plain(known) == said
    ]


def _by_mention(text: str, choices: Sequence[object], described: Mapping[str, str]) -> list[Match]:
    """The choices that stand in the text as words, the longest first; those denied are no reading but a doubt."""
    if len(text) > _LONGEST_PROSE:
        return []
    folded = f" {fold(text)} "
    found: list[object] = []
    for choice in sorted(choices, key=lambda each: -len(_text(each))):
        before = folded
        folded = _mentioned(folded, text, _text(choice))
        if folded != before:
            found.append(choice)
            if _denied(before, folded):
                return []
    short = [choice for choice in choices if choice not in found and _is_short(fold(_text(choice)))]
    rivals = [choice for choice in short if re.search(rf"(?<!\w){re.escape(_text(choice))}(?!\w)", text)]
    return [Match(choice, 0.5) for choice in (*found, *(rivals if found else ()))]


def _mentioned(folded: str, text: str, choice: str) -> str:
    """The folded text with the places that name the choice blotted out."""
    words = fold(choice)
    if not words or (_is_short(words) and not _stands_alone(text, choice)):
        return folded
    if _UNSPACED.search(choice):
        return folded.replace(words, "\x00" * len(words))
    for form in dict.fromkeys((words, words.replace(" ", ""))):
        folded = folded.replace(f" {form} ", f" {chr(0) * len(form)} ").replace(f" {form} ", f" {chr(0) * len(form)} ")
    return folded


def _is_short(words: str) -> bool:
    return len(words) <= 2 and words.isascii() and words.isalpha()


def _stands_alone(text: str, choice: str) -> bool:
    """Whether a very short name stands apart as such: in quotes, in bold, before a colon, at the end."""
    name = re.escape(choice)
    return bool(
        re.search(rf"(?:[\"'*(`:\[]\s{{0,3}}|^\s{{0,3}}){name}\s?(?:[\"'*)`:.\]]|$)|\s{name}[.!\s]{{0,3}}$", text)
    )


def _denied(before: str, after: str) -> bool:
    place = after.find("\x00")
    while place > 0 and before[place] == "\x00":
        place = after.find("\x00", place + 1)
    return place > 0 and bool(_NEGATED.search(before[max(0, place - 30) : place]))


def described(raw: Mapping[str, object]) -> Mapping[str, str]:
    """What a schema says of each of its choices."""
    for word in ("x-enum-descriptions", "enumDescriptions", "x-enumDescriptions", "markdownEnumDescriptions"):
        said = raw.get(word)
        if isinstance(said, Mapping):
            return {str(name): str(words) for name, words in said.items()}
        if isinstance(said, list) and isinstance(listed := raw.get("enum"), list):
            return {str(name): str(words) for name, words in zip(listed, said, strict=False)}
    said = raw.get("description")
    return {str(raw["const"]): said} if "const" in raw and isinstance(said, str) else {}


def words_of(texts: Iterable[object]) -> str:
    return " ".join(text for text in texts if isinstance(text, str))
