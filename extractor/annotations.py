"""What a user writes inside a type: ``Annotated[float, OnInvalid.null]``, ``Annotated[float, Merge.sum]``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, TypeAlias

POLICY = "x-on-invalid"
"""The keyword of the source schema in which a policy stands."""
JUDGE = "x-judge"
"""That in which the rules of judges stand, a list of JSON objects."""
VERIFY = "x-verify"
"""That in which the names of functions stand, a list of ``Named``."""

CHECKED = frozenset({JUDGE, VERIFY})
"""The keywords of a type that has something to be looked at once it is valid."""
GROUNDING = "x-grounding"
"""The keyword that says how a value has to do with the document's words."""

_Handler: TypeAlias = Callable[[object], dict[str, Any]]


class OnInvalid(Enum):
    """What becomes of a part of the value that is still wrong after the last attempt.

    ``null`` puts null there, ``default`` leaves it to the type's default, ``drop`` takes it out of the list or dict
    that it stands in, ``keep`` keeps what the type takes and the document does not hold, ``raise_`` raises, whatever
    ``on_invalid=`` says. The issues stand on the result.
    """

    null = "null"
    drop = "drop"
    default = "default"
    keep = "keep"
    raise_ = "raise"

    def __get_pydantic_json_schema__(self, core: object, handler: _Handler) -> dict[str, object]:
        return {**handler(core), POLICY: self.value}


class Grounding(Enum):
    """What a value has to do with the words of the document.

    ``Annotated[str, Verbatim]`` must stand in the document; a number or a date does in any way of writing it.
    ``Annotated[str, Free]`` is a summary or a judgement, and is not sought there. For ``Annotated[str, Quoted]`` the
    model is asked for the words of the document that say so.
    """

    verbatim = "verbatim"
    free = "free"
    quoted = "quoted"

    def __get_pydantic_json_schema__(self, core: object, handler: _Handler) -> dict[str, object]:
        return {**handler(core), GROUNDING: self.value}


Verbatim = Grounding.verbatim
Free = Grounding.free
Quoted = Grounding.quoted


@dataclass(frozen=True, slots=True)
class Judge:
    """A rule that a model holds a value to: ``Annotated[str, Judge("is a job title, not a name")]``.

    One request asks about all judged parts of a value that is valid otherwise. What does not fit is an issue, with the
    model's reason. ``document``: the model sees the document, too. Null is not judged.
    """

    rule: str
    document: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.rule, str) or not self.rule.strip():
            raise TypeError(f"Judge takes a rule in words, such as 'is a job title, not a name', not {self.rule!r}")

    def __get_pydantic_json_schema__(self, core: object, handler: _Handler) -> dict[str, object]:
        return _with(handler(core), JUDGE, {"rule": self.rule, "document": self.document})


@dataclass(frozen=True, slots=True)
class Verify:
    """A function that looks at a typed value once all else is valid, and may be a coroutine function.

    It says no by ValueError or AssertionError, as a validator of Pydantic does. It gives back the value or nothing, and
    cannot change it. Those of one value are awaited side by side.
    """

    function: Callable[[Any], object | Awaitable[object]]

    def __post_init__(self) -> None:
        if not callable(self.function):
            raise TypeError(f"Verify takes a function of the value, not {self.function!r}")

    def __get_pydantic_json_schema__(self, core: object, handler: _Handler) -> dict[str, object]:
        return _with(handler(core), VERIFY, Named(self.function))


class Named(str):
    """A function in a schema: its name, for whoever reads the schema, and itself."""

    __slots__ = ("function",)
    function: Callable[[Any], object | Awaitable[object]]

    def __new__(cls, function: Callable[[Any], object | Awaitable[object]]) -> Named:
        named = super().__new__(cls, getattr(function, "__qualname__", type(function).__qualname__))
        named.function = function
        return named


def _with(schema: dict[str, Any], keyword: str, entry: object) -> dict[str, object]:
    return {**schema, keyword: [*schema.get(keyword, ()), entry]}


MERGE = "x-merge"
"""The keyword of the source schema in which a rule of merging stands."""


@dataclass(frozen=True, slots=True)
class Merge:
    """How what the windows of a long document say of one part becomes one value: ``Annotated[float, Merge.sum]``.

    ``first`` and ``latest`` take the first and the last that is stated, in the document's order; ``sum`` adds what
    stands in different places; ``conflict`` takes no side: where windows differ, the part is invalid. Without a rule
    a scalar on which windows differ is asked about once more, with the lines that differ; where that says nothing, it
    is what most of them say. ``union(key=…)`` is for lists: items with the same key are one item; without a key, items
    that are equal are one. A list without a rule is joined by place: what stands in one place of the document is one
    item, and the same words in another place are another one.
    """

    how: str
    key: tuple[str, ...] = ()
    first: ClassVar[Merge]
    latest: ClassVar[Merge]
    sum: ClassVar[Merge]
    conflict: ClassVar[Merge]

    @classmethod
    def union(cls, key: str | Sequence[str] = ()) -> Merge:
        """``key`` names the fields of an item, as its schema calls them, that make it the same item."""
        return cls("union", (key,) if isinstance(key, str) else tuple(key))

    def __get_pydantic_json_schema__(
        self, core: object, handler: Callable[[object], dict[str, object]]
    ) -> dict[str, object]:
        said = {"union": list(self.key)} if self.how == "union" else self.how
        return {**handler(core), MERGE: said}

    @classmethod
    def of(cls, said: object) -> Merge | None:
        """The rule that stands under ``x-merge``; None where that is no rule."""
        if isinstance(said, Mapping) and set(said) == {"union"}:
            key = said["union"]
            return cls.union([key] if isinstance(key, str) else [str(name) for name in key or ()])
        if said == "union":
            return cls.union()
        return cls(str(said)) if said in _RULES else None


_RULES = ("first", "latest", "sum", "conflict")
for _rule in _RULES:
    setattr(Merge, _rule, Merge(_rule))
