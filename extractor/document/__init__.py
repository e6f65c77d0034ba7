"""Reading: text, files and pictures to a ``Document`` of pages."""

from .attachment import Attachment
from .document import Document, DocumentPart, DocumentSource
from .image import Detail, Image, ImageSource
from .layout import Box, Layout, Origin, Word
from .page import Page
from .ranges import PageChoice
from .video import Frame, Video, VideoSource

__all__ = [
    "Attachment",
    "Box",
    "Detail",
    "Document",
    "DocumentPart",
    "DocumentSource",
    "Frame",
    "Image",
    "ImageSource",
    "Layout",
    "Origin",
    "Page",
    "PageChoice",
    "Video",
    "VideoSource",
    "Word",
]
