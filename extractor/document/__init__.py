"""Reading: text, files and pictures to a ``Document`` of pages."""

from ..options import Detail
from .attachment import Attachment
from .document import Document, DocumentPart, DocumentSource
from .image import Image, ImageSource
from .layout import Box, Layout, Origin, Word
from .page import Page
from .ranges import PageChoice
from .sight import Seen, Sight, sight_of
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
    "Seen",
    "Sight",
    "Video",
    "VideoSource",
    "Word",
    "sight_of",
]
