from __future__ import annotations

import pytest

from extractor.document import Document, Image
from extractor.errors import DocumentError

from .archives import chart, odf, pptx, shape
from .pictures import png


def frame(inside: str) -> str:
    return f"<p:graphicFrame><a:graphic><a:graphicData>{inside}</a:graphicData></a:graphic></p:graphicFrame>"


def cell(text: str, facts: str = "") -> str:
    return f"<a:tc {facts}><a:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody></a:tc>"


GRID, ROWS, H, V = 'gridSpan="2"', 'rowSpan="2"', 'hMerge="1"', 'vMerge="1"'
PICTURE = '<p:pic><p:nvPicPr><p:cNvPr descr="{}"/></p:nvPicPr><p:blipFill><a:blip r:embed="i"/></p:blipFill></p:pic>'


def test_a_slide_is_a_page() -> None:
    table = "<a:tbl>{}{}{}</a:tbl>".format(
        f"<a:tr>{cell('Item')}{cell('Price', GRID)}{cell('', H)}</a:tr>",
        f"<a:tr>{cell('Pear', ROWS)}{cell('1')}{cell('2')}</a:tr>",
        f"<a:tr>{cell('', V)}{cell('3')}{cell('4')}</a:tr>",
    )
    nested = '<a:p><a:pPr lvl="1"/><a:r><a:t>deep</a:t></a:r><a:br/><a:r><a:t>er</a:t></a:r></a:p>'
    first = (
        shape("body", role="body")
        + shape("7", role="sldNum")
        + f"<p:grpSp><p:grpSp>{shape('in a group')}</p:grpSp></p:grpSp>"
        + frame(table)
        + f"<p:sp><p:txBody>{nested}</p:txBody></p:sp>"
        + shape("Quarter", role="ctrTitle")
    )
    second = frame('<c:chart r:id="c"/>') + PICTURE.format("a  map")
    notes = shape("1", role="sldNum") + shape("say hello", role="body")
    parts = {"ppt/charts/chart1.xml": chart("Sales", ["A", "B"], North=[1, 2])}
    document = Document.of(pptx([first, second], notes, hidden=[2], parts=parts))
    assert [page.text for page in document.pages] == [
        "# Quarter\n\nbody\n\nin a group\n\nItem | Price |\nPear | 1 | 2\nPear | 3 | 4\n\n  deep\ner"
        "\n\nNotes:\nsay hello",
        "Sales\n | North\nA | 1\nB | 2\n\n[a map]",
    ]
    assert document.notes == ("slide 2 is hidden in the show",)


def test_a_slide_that_is_a_picture_shows_it() -> None:
    slides = [shape("text") + PICTURE.format(""), PICTURE.format("")]
    document = Document.of(pptx(slides, parts={"ppt/media/image1.png": png()}))
    assert [page.image for page in document.pages] == [None, Image(png(), name="image1.png")]
    assert [attachment.name for attachment in document.attachments] == ["image1.png"]
    assert Document.open(pptx(["", *slides]), pages=2).pages[0].number == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (pptx([]), "the presentation has no slides"),
        (pptx([""]), "holds no text, and no picture that can be read"),
        (pptx([shape("x")])[:-9], "cut off or broken"),
        (pptx(["<p:grpSp>" * 20_000 + shape("x") + "</p:grpSp>" * 20_000]), "nests groups deeper"),
    ],
)
def test_broken_presentations(data: bytes, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        Document.of(data)
    assert said in str(caught.value)


def test_open_document_text() -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion/></text:changed-region></text:tracked-changes>"
        '<text:h text:outline-level="2">Terms</text:h>'
        "<text:p>Due<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>in 30 days</text:p>"
        '</text:note-body></text:note> now<text:s text:c="3"/>or<text:line-break/>never <text:span>at all</text:span>'
        "</text:p>"
        "<text:list><text:list-item><text:p>one</text:p><text:list><text:list-item><text:p>two</text:p></text:list-item>"
        "</text:list></text:list-item></text:list>"
        "<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>"
        "<table:table-cell><text:p>b</text:p><text:p>c</text:p></table:table-cell></table:table-row>"
        "</table:table-header-rows></table:table>"
        "<text:section><text:p><draw:frame><draw:text-box><text:p>in a box</text:p></draw:text-box></draw:frame>"
        "</text:p>"
        "</text:section>"
    )
    document = Document.of(odf("text", body))
    assert document.text == (
        "## Terms\n\nDue[1] now or\nnever at all\n- one\n  - two\n\na | b c\n\nin a box\n\n[1] in 30 days"
    )
    assert document.notes == ("deleted text is left out",)


def test_open_document_slides() -> None:
    page = "<draw:page>{}</draw:page>"
    box = "<draw:frame><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
    notes = f"<presentation:notes>{box.format('say hello')}</presentation:notes>"
    body = page.format(box.format("first") + notes) + page.format(f"<draw:g>{box.format('second')}</draw:g>")
    assert [page.text for page in Document.of(odf("presentation", body)).pages] == [
        "first\n\nNotes:\nsay hello",
        "second",
    ]


def test_open_document_that_is_encrypted() -> None:
    manifest = "<m:manifest xmlns:m='m'><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>"
    with pytest.raises(DocumentError, match="is encrypted, and OpenDocument's encryption is not read: save it without"):
        Document.of(odf("text", "", parts={"META-INF/manifest.xml": manifest}))
