"""What callers may pass, declared once (``Options``), and what the code reads (``Settings``)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, TypedDict, get_args

from .elsewhere import refusal
from .limits import GUARDS, TIMEOUTS, Guards, Timeouts, check_ceiling, check_count, check_share
from .shapes import check_shapes

if TYPE_CHECKING:
    from .batch import Progress
    from .chat import Reasoning
    from .document import DocumentSource
    from .observer import Observer

RepairLevel = Literal["strict", "syntax", "full"]
Style = Literal["chat", "completion"]
Invalid = Literal["raise", "best", "keep"]
Server = Literal["llama.cpp", "vllm", "sglang"]
Grounding = Literal["off", "report", "require"]
Candidates = Literal["auto", "all", "likely", "enum"]
See = Literal["auto", "text", "image", "both", "ocr"]
Detail = Literal["low", "high", "auto"]
"""How closely a model is to look at a picture."""
Mode = Literal["json_schema", "loose", "json_object", "tool", "words"]
"""How the schema travels, from the strictest on."""


Prices: TypeAlias = Mapping[str, tuple[float, float] | tuple[float, float, float]]
"""US dollars per million tokens by model: of prompts, of answers, and of what prompts have in the endpoint's cache."""

KEYS = {
    "AIMLAPI_API_KEY": "https://api.aimlapi.com/v1",
    "OPENAI_API_KEY": "https://api.openai.com/v1",
}
"""Other people's environment variables, each with the only place its key is sent to."""

VARIABLES = ("EXTRACTOR_MODEL", "EXTRACTOR_BASE_URL", "EXTRACTOR_API_KEY", "EXTRACTOR_LESSONS", *KEYS)
"""The environment variables that say where to ask, and where to keep what is learnt."""


class Options(TypedDict, total=False):
    """Keywords of every call; those given to ``Extractor(…)`` are defaults of its calls.

    The sampling, length and reasoning fields go into the request as they are and are checked there.
    """

    instructions: str | None
    """Your own words to the model, beside the type: what to look for, which notation the document uses."""
    max_attempts: int
    """How many completions one call may ask for, the first included (default 3)."""
    repair: RepairLevel
    """What is mended without the model: ``strict`` nothing, ``syntax`` broken JSON, ``full`` (default) values too."""
    locale: str | None
    """How the documents write numbers and dates, such as ``de`` or ``en-US``, where the writing alone does not tell."""
    video: Literal["auto", "url", "frames"]
    """How a video is shown: ``url`` as it is, or ``frames``: as pictures, each after the time at which it is seen.
    ``auto`` (default) sends it as it is, and its frames where the endpoint takes no videos or it is too large; that an
    endpoint takes none is remembered as a ``mode`` is."""
    video_frames: int
    """The most frames of one video (default 16), from evenly spaced times."""
    dialect: str | None
    """Which family of strict schemas the endpoint takes (``openai`` where nothing is said)."""
    style: Style
    """How the model is spoken to: ``chat`` (default) tells it what to do; ``completion`` gives a base model, which
    follows no instructions, a text to go on with."""
    mode: Mode | Literal["auto"]
    """How the schema travels: ``json_schema`` (strict), ``loose`` (the same without strict), ``json_object`` with the
    schema in words, ``tool`` (a forced tool call), or ``words`` alone. ``auto`` (default) begins with the strictest and
    takes the next one where the endpoint answers 400 to it, or where answers show that it is ignored; what worked is
    remembered for the process, and in the file that ``Extractor(lessons=…)`` names."""
    timeout: float | Timeouts | None
    """Seconds for the whole call, or the four limits."""
    guards: Guards
    """When a stream that gives only white space, or repeats itself, is cut."""
    see: See
    """What the model sees of a page that has a picture: ``text``, ``image``, ``both``, what ``ocr`` reads, or ``auto``
    (default), which takes the text where it is good. The result's ``seen`` tells."""
    reads_images: bool
    """Whether the model reads images (default True; the embedded one does not): else OCR reads them for it."""
    detail: Detail | None
    """How closely the model is to look at pictures that do not say so themselves; it is passed on."""
    image_pixels: int
    image_bytes: int
    """What larger pictures are shrunk to: pixels (default 4,000,000), and bytes in base64 (default 5,000,000)."""
    on_invalid: Invalid
    """What becomes of a value that is still wrong after the last attempt: ``raise`` (default); ``best``: its wrong
    parts are left to their defaults, are null, or leave their list, as the type allows; ``keep``: what the type takes
    and the document does not hold stays. The result's ``issues`` tell which. ``Annotated[…, OnInvalid.null]`` in a type
    says it of one part."""
    examples: Sequence[tuple[DocumentSource, object]]
    """Documents with their right values (JSON or instances), which the model is shown before yours. Each has to fit the
    type, and what is ``Verbatim`` in it to stand in its document."""
    grammar: Server | None
    """Which kind of server this is, where it takes grammars in llguidance's dialect: the request carries one made of
    the type and the document, so that texts are the document's words, and numbers and days those that it writes
    (default None: the schema alone holds the model; the embedded model has ``llama.cpp``). ``grounding="off"`` switches
    it off, and a request whose schema llguidance does not take goes without it."""
    candidates: Candidates
    """Which of the document's values may be given: with ``grammar=``, ``all`` of them, or the ``likely`` ones alone, by
    each field's name and the layout, which helps models that choose badly (``auto``, the default: likely where the
    style is ``completion``). ``enum`` is for endpoints without grammars: leaves with few candidates (days, numbers,
    codes by pattern) become a choice among these in the strict schema, which then differs from document to document."""
    quotes: bool
    """Ask for the words of the document beside each value (default no): a quote that the document does not hold is an
    issue, and evidence looks there first. ``Annotated[…, Quoted]`` in a type asks it for one value."""
    grounding: Grounding
    """What has to stand in the document: ``report`` (default) those values that are ``Annotated[…, Verbatim]``;
    ``require`` every value that is not ``Free``, a boolean or a choice of words; ``off`` none. A value that should and
    does not is an issue, and is asked for again. ``Result.evidence`` tells where each value stands in any case."""
    validation_context: object
    """What Pydantic hands to the type's validators as ``info.context``."""
    escalate: str | None
    """A model of the same endpoint that is asked where this one gives the same issue twice."""
    existing: object
    """A value of the type, or its JSON, that the document brings up to date: the model says which parts change, and
    gives these alone. All else stays as it is; the fixes of the attempts tell what changed."""
    n: int
    """How many choices are asked for at once and voted on, leaf by leaf (default 1). Give a temperature above 0, else
    they say the same. What none has a majority for is asked for again, alone."""
    concurrency: int
    """How many requests of one call may be under way at the same time (default 8)."""
    window_tokens: int
    """About how many tokens a request may have (default 16,000). A document that does not fit, or has more rows than a
    model gives at once, is read in windows that overlap, and their answers are merged (``Merge``)."""
    count_rows: bool
    """Whether what looks like rows is counted against the items that came back, and asked for again where it is short
    (default True)."""
    split: bool | str
    """For ``list[…]``: the document is a bundle, such as a scan of many receipts. The model finds the pages of each,
    which is then read by itself. A text says what one is (``split="one receipt"``)."""
    max_unread: float
    """How much of a long document may stay unread before that is an error, as a share of its windows' text (default
    0.25). What was not read is told in the result's ``coverage``, whatever this says."""
    max_usd: float | None
    """The most that one call may cost, in US dollars: a request that is sure to break it is not sent."""
    max_tokens_total: int | None
    """The most tokens that one call may take, those of all its requests together."""
    deadline: float | None
    """Seconds for one call with all its requests (``timeout`` bounds each of them)."""
    prices: Prices
    """What tokens cost, where the endpoint does not say what it took."""
    observer: Observer | None
    """What is told of each request, answer, fix and re-ask: an object with ``observe(fact)``."""
    temperature: float | None
    top_p: float | None
    seed: int | None
    stop: str | Sequence[str] | None
    frequency_penalty: float | None
    presence_penalty: float | None
    max_tokens: int | None
    max_completion_tokens: int | None
    logprobs: bool | None
    top_logprobs: int | None
    reasoning: Reasoning | None
    extra_body: Mapping[str, object]
    """What your endpoint takes beyond the protocol (``{"top_k": 40}``); it goes into the body unchecked."""


REQUEST_FIELDS = frozenset(
    "temperature top_p seed stop frequency_penalty presence_penalty max_tokens max_completion_tokens logprobs"
    " top_logprobs reasoning extra_body".split()
)
"""The options that are fields of the request."""

_LEAST = {
    "max_attempts": 1,
    "n": 1,
    "concurrency": 1,
    "window_tokens": 1,
    "video_frames": 1,
    "image_pixels": 10_000,
    "image_bytes": 10_000,
}
_CHOICES: Mapping[str, tuple[str | None, ...]] = {
    "repair": get_args(RepairLevel),
    "video": ("auto", "url", "frames"),
    "style": get_args(Style),
    "on_invalid": get_args(Invalid),
    "grounding": get_args(Grounding),
    "grammar": (None, *get_args(Server)),
    "candidates": get_args(Candidates),
    "mode": ("auto", *get_args(Mode)),
    "see": get_args(See),
    "detail": (None, *get_args(Detail)),
}


class Memory(Protocol):
    """Where a lesson about an endpoint is kept beyond this process: the ``mode`` that worked, that of several
    ``choices`` it gives ``one``, or that of a ``video`` it takes ``frames``."""

    def keep(self, endpoint: str, model: str, what: Literal["mode", "choices", "video"], lesson: str, /) -> None: ...


@dataclass(frozen=True, slots=True)
class Settings:
    """What one extraction runs by. ``request`` holds the fields of the request that the caller set.

    ``endpoint`` is the URL that is asked: what is learnt of it is remembered by this name.
    """

    model: str = "default"
    instructions: str | None = None
    max_attempts: int = 3
    repair: RepairLevel = "full"
    locale: str | None = None
    video: Literal["auto", "url", "frames"] = "auto"
    video_frames: int = 16
    dialect: str | None = None
    style: Style = "chat"
    mode: Mode | Literal["auto"] = "auto"
    timeout: Timeouts = TIMEOUTS
    guards: Guards = GUARDS
    see: See = "auto"
    reads_images: bool = True
    detail: Detail | None = None
    image_pixels: int = 4_000_000
    image_bytes: int = 5_000_000
    on_invalid: Invalid = "raise"
    examples: Sequence[tuple[DocumentSource, object]] = ()
    grammar: Server | None = None
    candidates: Candidates = "auto"
    quotes: bool = False
    grounding: Grounding = "report"
    validation_context: object = None
    escalate: str | None = None
    max_usd: float | None = None
    max_tokens_total: int | None = None
    deadline: float | None = None
    existing: object = None
    n: int = 1
    concurrency: int = 8
    window_tokens: int = 16_000
    count_rows: bool = True
    split: bool | str = False
    max_unread: float = 0.25
    prices: Prices = field(default_factory=dict)
    request: Mapping[str, Any] = field(default_factory=dict)
    endpoint: str = ""
    observer: Observer | None = None
    memory: Memory | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, model: str, options: Options) -> Settings:
        return cls(model=model).with_(options)

    def with_(self, options: Options) -> Settings:
        """These settings with the options laid over them. TypeError or ValueError, by name, where one is no option."""
        if not options:
            return self
        given: dict[str, object] = dict(options)
        for name in given:
            if name not in Options.__annotations__:
                raise TypeError(refusal(name, Options.__annotations__, BatchOptions.__annotations__))
        request = {name: given.pop(name) for name in REQUEST_FIELDS & given.keys()}
        if "timeout" in given:
            given["timeout"] = Timeouts.of(options["timeout"])
        settings = replace(self, request={**self.request, **request}, **given)  # type: ignore[arg-type]
        settings._check()
        return settings

    def _check(self) -> None:
        for count, least in _LEAST.items():
            check_count(count, getattr(self, count), least)
        if self.existing is not None and self.split:
            raise ValueError("existing= and split= do not go together: a bundle has many values")
        if self.existing is not None and (self.n > 1 or self.style == "completion"):
            raise ValueError("existing= goes with n=1 and style='chat' alone: parts of a value are asked for")
        for choice, words in _CHOICES.items():
            if getattr(self, choice) not in words:
                raise ValueError(f"{choice} is one of {', '.join(map(str, words))}, not {getattr(self, choice)!r}")
        for ceiling in ("max_usd", "max_tokens_total", "deadline"):
            check_ceiling(ceiling, getattr(self, ceiling))
        check_share("max_unread", self.max_unread)
        check_shapes(self)


Progressing: TypeAlias = "Callable[[Progress], object] | bool | Literal['tqdm', 'rich'] | None"
Order = Literal["input", "done"]
Redo = Literal["transient", "all", "none"]


class BatchOptions(Options, total=False):
    """Keywords of a batch, beside those of every call in it."""

    concurrency: int
    """Of a batch: the most requests at once, all documents together, and the most documents in work (default 16)."""
    order: Order
    """``input`` (default) gives the items in the order of the documents, ``done`` as they are finished."""
    journal: str | PathLike[str] | None
    """A file that each finished document is written to, and that a later run goes on from."""
    redo: Redo
    """Which failures in the journal are done again: ``transient`` (default) those that another day may mend, ``all``
    or ``none`` of them."""
    max_failures: int | None
    """How many documents may fail; one more, and no further document is begun."""
    fatal: Collection[int]
    """HTTP statuses after which no further document is begun, such as 401: none by default."""
    batch_usd: float | None
    """US dollars for the whole batch, with what its journal says was spent before. (``max_usd`` is for one call.)"""
    rpm: float | None
    """The most requests a minute."""
    tpm: float | None
    """The most tokens a minute, of prompts and answers together."""
    adaptive: bool
    """Fewer requests at once where the endpoint answers 429 or slowly, and more again after that (default)."""
    progress: Progressing
    """What is told as items come: a function that takes a ``Progress``; ``"tqdm"`` or ``"rich"`` show a bar, ``True``
    the one of them that is installed."""


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """What a batch runs by."""

    concurrency: int = 16
    order: Order = "input"
    journal: str | PathLike[str] | None = None
    redo: Redo = "transient"
    max_failures: int | None = None
    fatal: Collection[int] = ()
    batch_usd: float | None = None
    rpm: float | None = None
    tpm: float | None = None
    adaptive: bool = True
    progress: Progressing = None

    @classmethod
    def parted(cls, options: BatchOptions) -> tuple[BatchSettings, Options]:
        """The settings of the batch, and the options of its calls. TypeError or ValueError where one is wrong."""
        given: dict[str, Any] = {name: value for name, value in options.items() if name in cls.__slots__}
        calls: Any = {name: value for name, value in options.items() if name not in cls.__slots__}
        settings = cls(**given)
        settings._check()
        return settings, calls

    def _check(self) -> None:
        check_count("concurrency", self.concurrency)
        if self.max_failures is not None:
            check_count("max_failures", self.max_failures, 0)
        for ceiling in ("batch_usd", "rpm", "tpm"):
            check_ceiling(ceiling, getattr(self, ceiling))
        for name, choices in (("order", get_args(Order)), ("redo", get_args(Redo))):
            if getattr(self, name) not in choices:
                raise ValueError(f"{name} is one of {', '.join(choices)}, not {getattr(self, name)!r}")
        if not isinstance(self.fatal, Collection) or not all(isinstance(status, int) for status in self.fatal):
            raise TypeError(f"fatal is a list of HTTP statuses, not {self.fatal!r}")
        if not isinstance(self.journal, str | PathLike | None):
            raise TypeError(f"journal is the path of a file, not {self.journal!r}")
        if not isinstance(self.adaptive, bool):
            raise TypeError(f"adaptive is True or False, not {self.adaptive!r}")
        if not (self.progress in (None, True, False, "tqdm", "rich") or callable(self.progress)):
            raise TypeError(f"progress is a function, True, 'tqdm' or 'rich', not {self.progress!r}")
