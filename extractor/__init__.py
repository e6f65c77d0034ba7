"""Documents and images to typed objects, through any endpoint that speaks chat completions."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .annotations import Free, Judge, Merge, Metric, OnInvalid, Quoted, Verbatim, Verify
    from .answer.ground import ground
    from .answer.repair import Repaired, repair
    from .calibration import Calibrator
    from .chat import ChatRequest, Completion
    from .client import AsyncExtractor, Extractor, extract
    from .confidence import Confidence, Signals
    from .coverage import Conflict, Coverage
    from .document import Attachment, Box, Document, Image, Page, Video, Word
    from .errors import (
        BudgetError,
        DocumentError,
        ExtractionError,
        ExtractorError,
        InvalidOutputError,
        ModelCallError,
        ModelProtocolError,
        ModelStatusError,
        ModelUnreachableError,
        RefusalError,
        SetupError,
        StreamLeftError,
        TruncatedError,
        UnsupportedTypeError,
    )
    from .estimate import Estimate
    from .evaluation import Comparison, Difference, Evaluation, Gold, Sampling, compare, evaluate
    from .evidence import Evidence, Leaf, Span
    from .issues import Fix, Issue
    from .limits import Guards, Timeouts
    from .observer import Observer
    from .options import Options
    from .result import Attempt, Call, Ledger, Result
    from .schema import Schema
    from .schema.notation import schema_of
    from .streams import AsyncStream, Partial, Stream
    from .transports.fetch import fetch, fetch_async

__all__ = [
    "AsyncExtractor",
    "AsyncStream",
    "Attachment",
    "Attempt",
    "Box",
    "BudgetError",
    "Calibrator",
    "Call",
    "ChatRequest",
    "Comparison",
    "Completion",
    "Confidence",
    "Conflict",
    "Coverage",
    "Difference",
    "Document",
    "DocumentError",
    "Estimate",
    "Evaluation",
    "Evidence",
    "ExtractionError",
    "Extractor",
    "ExtractorError",
    "Fix",
    "Free",
    "Gold",
    "Guards",
    "Image",
    "InvalidOutputError",
    "Issue",
    "Judge",
    "Leaf",
    "Ledger",
    "Merge",
    "Metric",
    "ModelCallError",
    "ModelProtocolError",
    "ModelStatusError",
    "ModelUnreachableError",
    "Observer",
    "OnInvalid",
    "Options",
    "Page",
    "Partial",
    "Quoted",
    "RefusalError",
    "Repaired",
    "Result",
    "Sampling",
    "Schema",
    "SetupError",
    "Signals",
    "Span",
    "Stream",
    "StreamLeftError",
    "Timeouts",
    "TruncatedError",
    "UnsupportedTypeError",
    "Verbatim",
    "Verify",
    "Video",
    "Word",
    "compare",
    "evaluate",
    "extract",
    "fetch",
    "fetch_async",
    "ground",
    "repair",
    "schema_of",
]

_HOMES = {
    "annotations": "Free Judge Merge Metric OnInvalid Quoted Verbatim Verify",
    "answer": "Repaired repair",
    "answer.ground": "ground",
    "calibration": "Calibrator",
    "confidence": "Confidence Signals",
    "chat": "ChatRequest Completion",
    "client": "AsyncExtractor Extractor extract",
    "coverage": "Conflict Coverage",
    "document": "Attachment Box Document Image Page Video Word",
    "errors": "BudgetError DocumentError ExtractionError ExtractorError InvalidOutputError ModelCallError"
    " ModelProtocolError ModelStatusError ModelUnreachableError RefusalError SetupError StreamLeftError TruncatedError"
    " UnsupportedTypeError",
    "estimate": "Estimate",
    "evaluation": "Comparison Difference Evaluation Gold Sampling compare evaluate",
    "evidence": "Evidence Leaf Span",
    "issues": "Fix Issue",
    "observer": "Observer",
    "limits": "Guards Timeouts",
    "notebook": "load_ipython_extension unload_ipython_extension",
    "options": "Options",
    "result": "Attempt Call Ledger Result",
    "schema": "Schema",
    "schema.notation": "schema_of",
    "streams": "AsyncStream Partial Stream",
    "transports.fetch": "fetch fetch_async",
}
_HOME = {name: module for module, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> object:
    """A public name, imported when it is first asked for: what is not used costs nothing."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f".{_HOME[name]}", __name__), name)
    return value


def __dir__() -> list[str]:
    return __all__
