"""Every exception that the library raises.

    ExtractorError                              .ledger .attempts .best, wherever there are any
    ├── SetupError                              no settings, a missing extra            .remedy
    ├── UnsupportedTypeError (also TypeError)   the type has no strict schema           .path
    ├── DocumentError (also ValueError)         the input cannot be read                .source
    ├── ModelCallError                          the endpoint gave no completion         .took
    │   ├── ModelUnreachableError                   no HTTP response, or half of one    __cause__ is httpx's
    │   ├── ModelStatusError                        an HTTP error status                .status_code .body
    │   ├── ModelProtocolError                      a 2xx that is no chat completion    .body
    │   └── StreamLeftError                         a stream was left before its end
    ├── BudgetError                             a ceiling of money, tokens or time      .ceiling
    └── ExtractionError                         completions came, no valid value did    .issues
        ├── RefusalError                            refusal, or finish_reason content_filter
        ├── TruncatedError                          finish_reason length, not to be continued
        └── InvalidOutputError                      still invalid after every attempt

Three branches, three remedies: change the code or the input; try later; look at what the model said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .chat import Completion, Meta, Took, Usage
    from .coverage import Coverage
    from .issues import Issue
    from .result import Attempt, Ledger


BODY_KEPT = 64 * 1024
"""How much of a body an error carries, in bytes."""


class ExtractorError(Exception):
    """The root of the tree.

    ``ledger`` is what was spent until then, ``attempts`` what came back, ``best`` the least wrong value (plain JSON)
    of the last completion that held one, or all that the windows of a long document gave. They are empty where no call
    was made. ``coverage`` says what was read of a long document.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.ledger: Ledger | None = None
        self.attempts: tuple[Attempt, ...] = ()
        self.best: object = None
        self.coverage: Coverage | None = None


class SetupError(ExtractorError):
    """Settings or an optional package are missing. ``remedy`` is what to type or set; ``missing`` names the settings
    that there are none of."""

    def __init__(self, message: str, *, remedy: str = "", missing: tuple[str, ...] = ()) -> None:
        super().__init__(f"{message} {remedy}" if remedy else message)
        self.remedy = remedy
        self.missing = missing


class UnsupportedTypeError(ExtractorError, TypeError):
    """The type, at ``path``, has no strict schema."""

    def __init__(self, message: str, *, path: str = "$") -> None:
        super().__init__(message)
        self.path = path


class DocumentError(ExtractorError, ValueError):
    """The input cannot be read. ``source`` names it: a path, or what kind of object it was."""

    def __init__(self, message: str, *, source: str = "") -> None:
        super().__init__(message)
        self.source = source


class ModelCallError(ExtractorError):
    """The endpoint gave no completion. ``took`` says how long that was and how many tries it had, where known."""

    usage: Usage | None = None
    """What it cost all the same, where the endpoint says so."""
    meta: Meta | None = None
    completion: Completion | None = None
    """What had come of a streamed answer that broke off."""

    def __init__(self, message: str, *, took: Took | None = None) -> None:
        super().__init__(message)
        self.took = took


class ModelUnreachableError(ModelCallError):
    """No HTTP response came, or it broke off. ``__cause__`` is the exception of httpx."""


class ModelStatusError(ModelCallError):
    """The endpoint answered with an HTTP error status. ``body`` is its text, as far as 64 kB."""

    def __init__(self, message: str, *, status_code: int = 0, body: str = "", took: Took | None = None) -> None:
        super().__init__(message, took=took)
        self.status_code = status_code
        self.body = body


class ModelProtocolError(ModelCallError):
    """The endpoint answered 2xx with something that is no chat completion. ``body`` is its text, as far as 64 kB."""

    def __init__(self, message: str, *, body: str = "", took: Took | None = None) -> None:
        super().__init__(message, took=took)
        self.body = body


class StreamLeftError(ModelCallError):
    """A stream was left before its end, so that it has no result. ``ledger`` is what was spent until then."""


class BudgetError(ExtractorError):
    """The next request would break a ceiling, or the deadline is over. ``ceiling`` names the option."""

    def __init__(self, message: str, *, ceiling: str = "") -> None:
        super().__init__(message)
        self.ceiling = ceiling


class ExtractionError(ExtractorError):
    """Completions came, but no valid value. ``issues`` are those of the last attempt."""

    def __init__(self, message: str, *, issues: tuple[Issue, ...] = ()) -> None:
        super().__init__(message)
        self.issues = issues


class RefusalError(ExtractionError):
    """The model refused, or the endpoint's content filter cut in. ``refusal`` is the model's own text, if any."""

    def __init__(self, message: str, *, refusal: str | None = None) -> None:
        super().__init__(message)
        self.refusal = refusal


class TruncatedError(ExtractionError):
    """The answer ended at a token limit (``finish_reason`` is ``length``), and could not be continued."""


class InvalidOutputError(ExtractionError):
    """The last answer was still invalid, and no attempt was left."""
