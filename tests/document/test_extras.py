"""What is said where an optional package is missing, and that nothing else needs it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy
import pytest

from extractor.document import Document, Image, Video
from extractor.errors import SetupError

from .archives import cells, docx, epub, odf, p, pptx, shape, xlsx
from .compounds import compound, msg
from .pictures import heic
from .test_mail import TABLE, mail
from .test_pictures import saved

PLAIN_AND_HTML = mail(body="plain")
PLAIN_AND_HTML.add_alternative(TABLE, subtype="html")


@pytest.mark.parametrize(
    ("missing", "source", "said"),
    [
        ("selectolax.lexbor", b"<p>x</p>", 'Reading HTML needs selectolax: pip install "typed-extractor[web]"'),
        ("selectolax.lexbor", epub({"a": "<p>x</p>"}, ["a"]), '"typed-extractor[web]"'),
        ("python_calamine", xlsx({"S": cells(1, "x")}), "Reading Excel sheets needs python-calamine: pip install"),
        ("msoffcrypto", compound({"EncryptedPackage": b"x" * 5000}), "needs msoffcrypto-tool: pip install"),
        ("oxmsg", msg("s", "a", "b", "body"), 'needs python-oxmsg: pip install "typed-extractor[mail]"'),
        ("PIL", saved("TIFF"), 'Reading a TIFF image needs Pillow: pip install "typed-extractor[images]"'),
        ("pi_heif", heic(), 'Reading a HEIC image needs pi-heif: pip install "typed-extractor[images]"'),
        ("PIL", numpy.zeros((2, 2)), 'A picture from an array needs Pillow: pip install "typed-extractor[images]"'),
    ],
)
def test_the_extra_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, missing: str, source: Any, said: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(SetupError) as caught:
        Document.of(source)
    assert said in str(caught.value)


def test_frames_of_a_video_need_opencv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    video = Video(b"\x1aE\xdf\xa3\x42\x82\x84webm")
    with pytest.raises(
        SetupError, match=r'Taking frames of a video needs OpenCV: pip install "typed-extractor\[video\]"'
    ):
        video.frames()


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (docx(p("x")), "x"),
        (pptx([shape("x")]), "x"),
        (odf("text", "<text:p>x</text:p>"), "x"),
        (b"{\\rtf1 x}", "x"),
        (b'{"a": "x"}', '{"a": "x"}'),
        (PLAIN_AND_HTML.as_bytes(), "plain"),
    ],
)
def test_what_needs_no_extra(monkeypatch: pytest.MonkeyPatch, source: bytes, text: str) -> None:
    for missing in (
        "selectolax.lexbor",
        "python_calamine",
        "msoffcrypto",
        "oxmsg",
        "PIL",
        "pi_heif",
        "cv2",
        "pypdfium2",
    ):
        monkeypatch.setitem(sys.modules, missing, None)
    assert Document.of(source).text.endswith(text)
    assert Image("https://example.com/a.png").url == "https://example.com/a.png"


def test_a_package_that_is_there_and_does_not_load_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "cv2.py").write_text("raise ImportError('libGL.so.1: cannot open shared object file')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "cv2", raising=False)
    said = r"needs OpenCV, which does not load \(libGL\.so\.1: cannot open shared object file\): pip install"
    with pytest.raises(SetupError, match=said):
        Video(b"\x1aE\xdf\xa3\x42\x82\x84webm").frames()
