"""What the model is to see of a document, page by page: its text, its picture, both, or what OCR reads in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from ..errors import SetupError
from .document import Document
from .drawn import picture_of
from .fit import Budget, fitted
from .image import Image
from .limits import unreadable
from .page import PICTURE_WIDTH, Page
from .sight import How, Seen, Sight

if TYPE_CHECKING:
    from ..options import Detail, Settings


def see(document: Document, settings: Settings) -> Sight:
    """The document as the model is to see it. Pictures are drawn, turned and shrunk here, and read where OCR is to.

    DocumentError where it would see nothing, SetupError where it reads no images and OCR is not installed.
    """
    chosen = choices(document, settings)
    budget = Budget(settings.image_pixels, settings.image_bytes)
    kept, shown, seen = zip(
        *(_MAKE[choice.how](page, choice, budget) for page, choice in zip(document.pages, chosen, strict=True)),
        strict=True,
    )
    if settings.detail:
        shown = tuple(_looked_at(page, settings.detail) for page in shown)
    return Sight(replace(document, pages=kept), replace(document, pages=shown), seen)


def _looked_at(page: Page, detail: Detail) -> Page:
    """With the detail of the call, where the image does not say its own."""
    if page.image is None or page.image.detail:
        return page
    return replace(page, image=replace(page.image, detail=detail))


def choices(document: Document, settings: Settings) -> tuple[Seen, ...]:
    """What is to be seen of each page, before anything is drawn or read."""
    choose = _SEE[settings.see]
    chosen = tuple(choose(page) if page.has_picture else _as_it_is(page) for page in document.pages)
    if not settings.reads_images:
        chosen = tuple(map(_without_images, chosen))
    if all(seen.how == "nothing" for seen in chosen):
        way_out = _ALL_THE_SAME if settings.see == "auto" else _ELSE
        raise unreadable(document.name, f"there is nothing that the model could see ({chosen[0].why}): {way_out}")
    return chosen


_ALL_THE_SAME = "see='image' shows it the picture all the same"
_ELSE = "see='auto' takes the text or the picture, see='ocr' reads pictures"


def _as_it_is(page: Page) -> Seen:
    return Seen(page.number, "video" if page.video else "text")


def _by_judgement(page: Page) -> Seen:
    """The text layer where it is good, and the picture where it is not."""
    kind, why = page.judge()
    return Seen(page.number, _BY_JUDGEMENT[kind], why)


_BY_JUDGEMENT: dict[str, How] = {
    "good": "text",
    "partial": "both",
    "gibberish": "image",
    "scanned": "image",
    "blank": "nothing",
}


def _text_alone(page: Page) -> Seen:
    return Seen(page.number, "text") if page.text else Seen(page.number, "nothing", "the page has no text")


_SEE: dict[str, Callable[[Page], Seen]] = {
    "auto": _by_judgement,
    "text": _text_alone,
    "image": lambda page: Seen(page.number, "image"),
    "both": lambda page: Seen(page.number, "both" if page.text else "image"),
    "ocr": lambda page: Seen(page.number, "ocr"),
}


def _without_images(seen: Seen) -> Seen:
    """For a model that reads none: OCR, which adds to a text layer that is good as far as it goes."""
    if seen.how == "image":
        return replace(seen, how="ocr", why=seen.why or _NO_IMAGES)
    return replace(seen, how="text+ocr") if seen.how == "both" else seen


_NO_IMAGES = "the model reads no images"


def _as_text(page: Page, seen: Seen, budget: Budget) -> Made:
    return page, page if page.image is None else replace(page, image=None), seen


def _as_nothing(page: Page, seen: Seen, budget: Budget) -> Made:
    return page, Page(page.number, ""), seen


def _as_image(page: Page, seen: Seen, budget: Budget) -> Made:
    image, told = _picture(page, budget)
    return page, Page(page.number, "", image), _more(seen, told)


def _as_both(page: Page, seen: Seen, budget: Budget) -> Made:
    image, told = _picture(page, budget)
    return page, Page(page.number, page.text, image), _more(seen, told)


def _by_ocr(page: Page, seen: Seen, budget: Budget) -> Made:
    from .ocr import read_page

    read = read_page(page)
    return read, Page(page.number, read.text), seen if read.text else _more(seen, "and OCR reads no text in it")


def _with_ocr(page: Page, seen: Seen, budget: Budget) -> Made:
    from .ocr import add_to_page

    try:
        read = add_to_page(page)
    except SetupError as error:
        return page, Page(page.number, page.text), Seen(page.number, "text", f"{seen.why}; {error}")
    return read, Page(page.number, read.text), seen


def _picture(page: Page, budget: Budget) -> tuple[Image, str]:
    """The picture as it is sent, and what was done to it in words. That of a page with an origin is drawn then."""
    if page.image is None and page.origin is not None:
        later = picture_of(f"page {page.number}", page.origin, PICTURE_WIDTH, budget)
        if later is not None:
            return later
    picture = page.picture()
    assert picture is not None
    return fitted(picture, budget)


def _more(seen: Seen, told: str) -> Seen:
    return replace(seen, why="; ".join(filter(None, (seen.why, told))))


Made: TypeAlias = tuple[Page, Page, Seen]
"""The page as it is kept, as it is shown, and what is told."""

_MAKE: dict[How, Callable[[Page, Seen, Budget], Made]] = {
    "text": _as_text,
    "image": _as_image,
    "both": _as_both,
    "ocr": _by_ocr,
    "text+ocr": _with_ocr,
    "video": _as_text,
    "nothing": _as_nothing,
}
