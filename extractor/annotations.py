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
    function: Callable[..., object | Awaitable[object]]

    def __new__(cls, function: Callable[..., object | Awaitable[object]]) -> Named:
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


METRIC = "x-metric"
"""The keyword of the source schema in which a metric stands."""


@dataclass(frozen=True, slots=True)
class Metric:
    """How a value is held against its gold in an evaluation: ``Annotated[str, Metric.similar(0.8)]``.

    ``exact``: the same value, texts but for white space; ``text``: the same letters and digits in the same order,
    whatever their case, accents, quotes and dashes; ``similar(least)``: so much of the text is the same, by edit
    distance; ``number(within, share)``: off by so much at most, or by such a share of the gold; ``date(days)``: so many
    days apart at most; ``by(function)``: yours, which takes gold and value and gives True, False or 0 to 1;
    ``skip``: it does not count. Lists are paired as fits best; ``ordered`` pairs their items by place, ``keyed(field)``
    by what stands in a field of theirs. What an object or a list is given holds for what is in it and takes it.
    """

    how: str
    within: float = 0.0
    """``number``: how far off at most; ``date``: the days; ``similar`` and ``by``: the least that is right."""
    share: float = 0.0
    key: tuple[str, ...] = ()
    function: Callable[[Any, Any], float] | None = None
    exact: ClassVar[Metric]
    text: ClassVar[Metric]
    ordered: ClassVar[Metric]
    skip: ClassVar[Metric]

    def __post_init__(self) -> None:
        if self.how not in _METRICS:
            raise ValueError(f"a metric is one of {', '.join(_METRICS)}, not {self.how!r}")
        for name, number in (("within", self.within), ("share", self.share)):
            if not isinstance(number, int | float) or not 0 <= number < float("inf"):
                raise ValueError(f"Metric.{self.how} takes a number from 0 on as {name}, not {number!r}")
        if self.how in ("similar", "by") and self.within > 1:
            raise ValueError(f"Metric.{self.how} takes the least that is right, from 0 to 1, not {self.within!r}")
        if self.how == "keyed" and not self.key:
            raise ValueError("Metric.keyed takes the names of the fields that make two items the same")

    @classmethod
    def similar(cls, least: float = 0.8) -> Metric:
        """Texts of which such a share is the same, 0 to 1, is right: 1 less the edits for each character of both."""
        return cls("similar", least)

    @classmethod
    def number(cls, within: float = 0.0, share: float = 0.0) -> Metric:
        """Numbers that are at most ``within`` apart, or at most ``share`` of the gold (0.01 is one percent)."""
        return cls("number", within, share)

    @classmethod
    def date(cls, days: float = 0.0) -> Metric:
        """Days or times that are at most so many days apart."""
        return cls("date", days)

    @classmethod
    def keyed(cls, *fields: str) -> Metric:
        """Items of a list that say the same in these fields, as the schema calls them, are held against each other."""
        return cls("keyed", key=fields)

    @classmethod
    def by(cls, function: Callable[[Any, Any], float], least: float = 1.0) -> Metric:
        """Your own: it is given the gold and the value as JSON, and what it gives is right from ``least`` on."""
        if not callable(function):
            raise TypeError(f"Metric.by takes a function of gold and value, not {function!r}")
        return cls("by", least, function=function)

    def __get_pydantic_json_schema__(self, core: object, handler: _Handler) -> dict[str, object]:
        return {**handler(core), METRIC: self.said}

    @property
    def said(self) -> object:
        """What stands under ``x-metric``: ``"text"``, ``{"number": {"within": 0.01}}``."""
        facts: dict[str, object] = {name: part for name in ("within", "share") if (part := getattr(self, name))}
        facts |= {"key": list(self.key)} if self.key else {}
        facts |= {"function": Named(self.function)} if self.function else {}
        return {self.how: facts} if facts else self.how

    @classmethod
    def of(cls, said: object) -> Metric:
        """The metric that stands under ``x-metric``. ValueError where that is none."""
        if isinstance(said, Mapping) and len(said) == 1:
            ((how, facts),) = said.items()
            if isinstance(facts, Mapping) and facts.keys() <= {"within", "share", "key", "function"}:
                given = {**facts, "key": tuple(facts.get("key", ()))}
                if isinstance(given.get("function"), Named):
                    given["function"] = given["function"].function
                return cls(str(how), **given)
        if isinstance(said, str):
            return cls(said, 0.8 if said == "similar" else 0.0)
        raise ValueError(f"{METRIC} holds no metric: {said!r}")


_METRICS = ("exact", "text", "similar", "number", "date", "by", "ordered", "keyed", "skip")
for _how in ("exact", "text", "ordered", "skip"):
    setattr(Metric, _how, Metric(_how))
