"""Every English sentence that is sent to a model.

A request begins with the same bytes for every document and every attempt (task, the user's instructions, then the
document), so that an endpoint's prompt cache can serve the beginning.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

import orjson

from .chat import ImagePart, Message, TextPart, VideoPart
from .schema import Quoting

if TYPE_CHECKING:
    from .document import Document, Page
    from .examples import Example
    from .issues import Issue
    from .options import Settings
    from .schema import Schema

PROBES: Mapping[str, str] = {
    "count": "Count from one to thirty in words.",
    "any_json": "Answer with a JSON object of your choice.",
    "words": "Say good morning in plain words. (No JSON is needed.)",
    "colours": "Which two colours do you see? Answer with the two words alone.",
    "letters": "Write ten letters at random.",
    "ok": "Say ok.",
}
"""What an endpoint is asked to find out what it takes."""
_TASK = (
    "Extract the data that the given schema describes from the document. "
    "Take every value from the document alone. Where the document does not state a value, give null or an empty list."
)
_INSTRUCTIONS = "Instructions for this extraction:\n{}"
_SCHEMA = "Answer with one JSON object that fits this JSON Schema:\n{}"
_FIELDS = "Fields: {}"
_DOCUMENT = "Document:\n{}"
_JSON = "JSON:\n"
_PAGE = "[page {}]\n{}"
_BLANK = "(no text on this page)"
_BUNDLE = (
    "The pages are a bundle: several documents one after the other.{} Find where each begins and ends, from the"
    " numbers, names, dates and headings on its pages. Give the first and the last page of each, by the numbers in"
    " [page …]. Every page belongs to exactly one document, a blank page to the one before it."
)
_EACH = " One document is {}."
_PIECE = "[This is one part of a longer document. Give what this part says, and null or an empty list for all else.]\n"
_FURTHER = (
    "[This is one part of a longer document. Say what this part changes; the others are looked at by themselves.]\n"
)
_SETTLE = (
    "[These are lines from several parts of a longer document, which do not say the same of {}. Give for each what"
    " holds for the document as a whole, as one of these parts says it, and null or an empty list for all else.]\n"
)
_ABOVE = "[Further up stand these lines. They say what follows is about; they are no part of it:]\n{}\n[The part:]\n"
_AGAIN = (
    "This answer is not accepted:\n{}\n"
    "Answer again with the whole JSON object. Change only what is named here, by what the document says."
)
_PATCH = (
    "An answer to this is accepted but for these parts:\n{}\n"
    "Answer with these parts alone, corrected by what the document says."
)
_FORM = (
    "Values that were read from a document are written in a form that is not accepted. "
    "Write each anew in the form that the given schema asks for. Keep what it says."
)
_PART_OF = "A part of a document:\n{}"
_FORM_PATCH = "These values are not accepted as they are written:\n{}\nAnswer with these values alone."
_LINES_PATCH = "Read from it, this is not accepted:\n{}\nGive this alone anew, null where this part does not state it."
_TAIL = (
    "An answer to this ended too soon. What it says so far is accepted, this is missing:\n{}\n"
    "Answer with what is missing alone."
)
Way = Literal["document", "lines", "form"]
_PATCHES: Mapping[Way, str] = {"document": _PATCH, "lines": _LINES_PATCH, "form": _FORM_PATCH}
_NAMING = (
    "This was known before:\n{}\n"
    "Say what of it the document changes, by paths such as $.items[3].total: what has another value now, or is stated "
    "for the first time (changed); items and entries that are gone (removed); and lists that get new items. "
    "What the document does not speak of stays as it is."
)
_UPDATE = "By the document, these parts of what was known before are other now:\n{}\nAnswer with these parts alone."
CHANGED = "the document says otherwise"
FURTHER = "the document has further items"
_NO_PLACE = "{} is no path in what was known before"
NOTHING_GIVEN = "none of the parts is answered"
_OWED = "- {} stands for {}"
_ITEMS = "{}: the items after #{} alone. #{} is {}"
_PART = "- {} stands for {}: {}. "
_PRESENT = "Now it says {}."
_MISSING = "Now nothing stands there."
_BESIDE = " Beside it stands {}."
_JUDGE = "Values were read from a document. Say of each whether it fits its rule, and where it does not, why."
_JUDGED = "- {}: {} is {}. Rule: {}"
_UNFIT = "It breaks the rule: {}"
_REFUSED = "It is not accepted"
_DISPUTED = "{} answers do not agree here: {}"
_SAID = "{} ({} of {})"
_LONGEST = 4000
_AND_MORE = "- and {} more like these"
_EMPTY = "The answer is empty; a JSON object is wanted"
_UNSUPPORTED = "the document does not say this anywhere"
_NEAREST = "; the nearest that it says is {}"
_QUOTE = (
    "Beside each value stands its quote: the few words of the document that say it, copied exactly as they stand there."
    " The quote is null where the value is."
)
_MISQUOTED = "the words quoted for this, {}, do not stand in the document"
_ISSUES_SHOWN = 20
_BLIND = frozenset({"xgrammar", "llguidance", "llama.cpp"})
"""Dialects of engines that hold a model to a schema without showing it."""


def is_blind(dialect: str | None) -> bool:
    """Whether the engines of a dialect do not show the model the schema that they hold it to."""
    return dialect in _BLIND


def opening(
    form: Schema[Any] | Quoting,
    document: Document,
    settings: Settings,
    told: bool,
    examples: Sequence[Example] = (),
) -> tuple[Message, ...]:
    """The messages of a first request; ``told``: the schema stands in words."""
    shown = [(_content(example.document), _answer(form, example)) for example in examples]
    return _STYLES[settings.style](form, document, settings, told, shown)


def _answer(form: Schema[Any] | Quoting, example: Example) -> str:
    """An example's value as the model would write it."""
    if isinstance(form, Quoting):
        return json_text(form.encode(example.value, example.quotes))
    return json_text(form.encode(example.value))


def unsupported(nearest: str | None) -> str:
    """Why a value is not accepted that does not stand in the document."""
    return _UNSUPPORTED + (_NEAREST.format(json_text(nearest)) if nearest else "")


def misquoted(quote: str) -> str:
    """Why a value is not accepted whose quote does not stand in the document."""
    return _MISQUOTED.format(json_text(quote))


Content: TypeAlias = "str | list[TextPart | ImagePart | VideoPart]"
Shown: TypeAlias = "Sequence[tuple[Content, str]]"
"""Documents with the answers that are wanted."""


def _chat(
    form: Schema[Any] | Quoting, document: Document, settings: Settings, told: bool, shown: Shown
) -> tuple[Message, ...]:
    hint, quoted = form if told else None, isinstance(form, Quoting)
    turns: list[Message] = [{"role": "system", "content": task(settings.instructions, hint, quoted=quoted)}]
    for content, answer in shown:
        turns += [{"role": "user", "content": content}, {"role": "assistant", "content": answer}]
    return (*turns, {"role": "user", "content": _content(document)})


def _completion(
    form: Schema[Any] | Quoting, document: Document, settings: Settings, told: bool, shown: Shown
) -> tuple[Message, ...]:
    """A text to go on with. Names of fields help a small base model; instructions and descriptions do not."""
    text = _content(document)
    if not isinstance(text, str):
        return _chat(form, document, settings, told, shown)
    names = ", ".join(fields) if isinstance(fields := form.strict.get("properties"), Mapping) else ""
    before = [f"{_DOCUMENT.format(said)}\n\n{_JSON}{answer}" for said, answer in shown if isinstance(said, str)]
    parts = (settings.instructions or "", _FIELDS.format(names), *before, _DOCUMENT.format(text))
    return ({"role": "user", "content": "\n\n".join((*filter(None, parts), _JSON))},)


_STYLES = {"chat": _chat, "completion": _completion}


@lru_cache(maxsize=512)
def task(instructions: str | None = None, hint: Schema[Any] | Quoting | None = None, *, quoted: bool = False) -> str:
    """The system message: the task, the user's own words, and the schema where the endpoint does not show it."""
    own = _INSTRUCTIONS.format(instructions) if instructions else ""
    shown = _SCHEMA.format(orjson.dumps(hint.strict).decode()) if hint else ""
    return "\n\n".join(filter(None, (_TASK, _QUOTE if quoted else "", own, shown)))


def again(opening: tuple[Message, ...], answer: str | None, issues: Sequence[Issue]) -> tuple[Message, ...]:
    """The messages when an answer was wrong: the opening, the answer, and its issues in words."""
    lines = [f"- {issue}" for issue in issues[:_ISSUES_SHOWN]]
    if len(issues) > _ISSUES_SHOWN:
        lines.append(_AND_MORE.format(len(issues) - _ISSUES_SHOWN))
    said = _AGAIN.format("\n".join(lines))
    if not answer or not answer.strip():
        return (*opening[:-1], _longer(opening[-1], said))
    return (*opening, {"role": "assistant", "content": answer}, {"role": "user", "content": said})


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a value that is asked for again: the name of its answer, where it stands, and what is wrong.

    ``value`` is what ``stands`` there now, ``beside`` what it is told apart by from others like it.
    """

    name: str
    path: str
    why: tuple[str, ...]
    stands: bool
    value: object = None
    beside: Mapping[str, object] | None = None

    def __str__(self) -> str:
        now = _PRESENT.format(_shown(self.value)) if self.stands else _MISSING
        near = _BESIDE.format(_shown(self.beside)) if self.beside else ""
        return _PART.format(self.name, self.path, "; ".join(self.why).rstrip(".")) + now + near


@dataclass(frozen=True, slots=True)
class Missing:
    """One part of a value that was never answered, or a list that goes on after its ``items``."""

    name: str
    path: str
    items: Sequence[object] = ()

    def __str__(self) -> str:
        place, count = _OWED.format(self.name, self.path), len(self.items)
        return _ITEMS.format(place, count, count, _shown(self.items[-1])) if self.items else place


def piece(above: str) -> str:
    """What goes before a window of a long document: that it is one, and the lines under which it stands."""
    return _PIECE + (_ABOVE.format(above) if above else "")


def further(above: str) -> str:
    """The same where a value is brought up to date by the document."""
    return _FURTHER + (_ABOVE.format(above) if above else "")


def settling(paths: Iterable[str], above: str) -> str:
    """What goes before the lines in which a long document says different things of the same."""
    return _SETTLE.format(", ".join(paths)) + (_ABOVE.format(above) if above else "")


def bundle(what: str, instructions: str | None) -> str:
    """What is asked of a bundle: where its documents begin and end. ``what``: what one of them is."""
    return "\n".join(filter(None, (_BUNDLE.format(_EACH.format(what) if what else ""), instructions)))


def form() -> tuple[Message, ...]:
    """The opening of a request that only asks for another form of values that are known."""
    return ({"role": "system", "content": _FORM}, {"role": "user", "content": ""})


def lines(text: str, instructions: str | None) -> tuple[Message, ...]:
    """The opening of a request that shows the lines that matter alone."""
    shown: Message = {"role": "user", "content": _PART_OF.format(text)}
    return ({"role": "system", "content": _INSTRUCTIONS.format(instructions)}, shown) if instructions else (shown,)


def patch(
    opening: tuple[Message, ...], parts: Iterable[Part], told: Mapping[str, object] | None, *, way: Way
) -> tuple[Message, ...]:
    """The messages that ask for some parts: the opening, whose last message goes on with them.

    ``told`` is the strict schema of the parts where it has to stand in words; ``way`` says what the opening shows.
    """
    return _going_on(opening, _PATCHES[way].format("\n".join(map(str, parts))), told)


def tail(
    opening: tuple[Message, ...], parts: Iterable[Missing], told: Mapping[str, object] | None
) -> tuple[Message, ...]:
    """The messages that ask for what an answer that ended too soon still owes."""
    return _going_on(opening, _TAIL.format("\n".join(map(str, parts))), told)


def naming(opening: tuple[Message, ...], known: object, told: Mapping[str, object] | None) -> tuple[Message, ...]:
    """The messages that ask which parts of what is known the document changes."""
    return _going_on(opening, _NAMING.format(json_text(known)), told)


def update(
    opening: tuple[Message, ...], parts: Iterable[Part | Missing], told: Mapping[str, object] | None
) -> tuple[Message, ...]:
    """The messages that ask for the parts that change."""
    return _going_on(opening, _UPDATE.format("\n".join(map(str, parts))), told)


def no_place(path: str) -> str:
    return _NO_PLACE.format(path)


def _going_on(opening: tuple[Message, ...], said: str, told: Mapping[str, object] | None) -> tuple[Message, ...]:
    shown = _SCHEMA.format(orjson.dumps(told).decode()) if told else ""
    return (*opening[:-1], _longer(opening[-1], "\n\n".join(filter(None, (said, shown)))))


def _longer(message: Message, text: str) -> Message:
    """A user's message that goes on: two of them in a row are refused by some endpoints."""
    content = message.get("content")
    if not isinstance(content, str):
        return {
            "role": "user",
            "content": [*cast("list[TextPart | ImagePart | VideoPart]", content), {"type": "text", "text": text}],
        }
    return {"role": "user", "content": f"{content}\n\n{text}" if content else text}


@dataclass(frozen=True, slots=True)
class Judged:
    """A value that is to be judged: the name of its verdict, where it stands, and the rule."""

    name: str
    path: str
    value: object
    rule: str

    def __str__(self) -> str:
        return _JUDGED.format(self.name, self.path, _shown(self.value), self.rule)


def judging(
    values: Iterable[Judged], document: Document | None, told: Mapping[str, object] | None
) -> tuple[Message, ...]:
    """The messages that ask for verdicts. ``told`` is their schema where it has to stand in words."""
    opening: tuple[Message, ...] = (
        {"role": "system", "content": _JUDGE},
        {"role": "user", "content": _content(document) if document else ""},
    )
    return _going_on(opening, "\n".join(map(str, values)), told)


def unfit(rule: str, reason: str | None) -> str:
    """Why a judged value is wrong."""
    return f"{_UNFIT.format(rule)}. {reason}" if reason else _UNFIT.format(rule)


def disputed(said: Sequence[tuple[object, int]]) -> str:
    """Why a value is not sure: what several answers say of it, and how often."""
    votes = sum(count for _, count in said)
    return _DISPUTED.format(votes, "; ".join(_SAID.format(_shown(value), count, votes) for value, count in said[:5]))


def refused(error: Exception) -> str:
    """Why a value is wrong that a function did not accept."""
    return str(error) or _REFUSED


def json_text(value: object) -> str:
    """Plain JSON as a model would write it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _shown(value: object) -> str:
    said = json_text(value)
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"


def empty_answer(reasoned: bool) -> str:
    """Why an answer without content is wrong."""
    return f"{_EMPTY}. All tokens went into reasoning" if reasoned else _EMPTY


def _content(document: Document) -> str | list[TextPart | ImagePart | VideoPart]:
    if not any(page.image or page.video for page in document.pages):
        return document.text if len(document.pages) == 1 else _paged(document.pages)
    return [part for page in document.pages for part in _parts(page, len(document.pages) > 1)]


def _paged(pages: Sequence[Page]) -> str:
    return "\n\n".join(_PAGE.format(page.number, page.text or _BLANK) for page in pages)


def _parts(page: Page, numbered: bool) -> list[TextPart | ImagePart | VideoPart]:
    parts: list[TextPart | ImagePart | VideoPart] = []
    if numbered:
        text = page.text or ("" if page.image or page.video else _BLANK)
        parts.append({"type": "text", "text": _PAGE.format(page.number, text).rstrip("\n")})
    elif page.text:
        parts.append({"type": "text", "text": page.text})
    if page.image and page.image.detail:
        parts.append({"type": "image_url", "image_url": {"url": page.image.url, "detail": page.image.detail}})
    elif page.image:
        parts.append({"type": "image_url", "image_url": {"url": page.image.url}})
    if page.video:
        parts.append({"type": "video_url", "video_url": {"url": page.video.url}})
    return parts
