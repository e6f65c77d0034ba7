"""Reading: text, files and pictures to a ``Document`` of pages."""

from .attachment import Attachment
from .document import Document, DocumentPart, DocumentSource
from .image import Detail, Image, ImageSource
from .page import Page
from .ranges import PageChoice

__all__ = [
    "Attachment",
    "Detail",
    "Document",
    "DocumentPart",
    "DocumentSource",
    "Image",
    "ImageSource",
    "Page",
    "PageChoice",
]
