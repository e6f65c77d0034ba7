"""Documents and images to typed objects, through any endpoint that speaks chat completions."""

from .answer import Repaired, repair
from .chat import ChatRequest, Completion
from .client import AsyncExtractor, Extractor, extract
from .document import Document, Image, Page
from .errors import (
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
    TruncatedError,
    UnsupportedTypeError,
)
from .issues import Fix, Issue
from .options import Options, Timeouts
from .result import Attempt, Call, Ledger, Result
from .schema import Schema

__all__ = [
    "AsyncExtractor",
    "Attempt",
    "Call",
    "ChatRequest",
    "Completion",
    "Document",
    "DocumentError",
    "ExtractionError",
    "Extractor",
    "ExtractorError",
    "Fix",
    "Image",
    "InvalidOutputError",
    "Issue",
    "Ledger",
    "ModelCallError",
    "ModelProtocolError",
    "ModelStatusError",
    "ModelUnreachableError",
    "Options",
    "Page",
    "RefusalError",
    "Repaired",
    "Result",
    "Schema",
    "SetupError",
    "Timeouts",
    "TruncatedError",
    "UnsupportedTypeError",
    "extract",
    "repair",
]
