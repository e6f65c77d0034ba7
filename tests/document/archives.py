"""ZIP archives, and what is made of them: DOCX, XLSX, PPTX, OpenDocument and EPUB, each of the parts that it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

Parts = Mapping[str, bytes | str]

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SLIDE = "http://schemas.openxmlformats.org/presentationml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_OPEN = "urn:oasis:names:tc:opendocument:xmlns:"


def zipped(parts: Parts) -> bytes:
    """An archive of these parts, in their order."""
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return written.getvalue()


def _office(main: str, kind: str, parts: Parts, relations: Mapping[str, Mapping[str, tuple[str, str]]]) -> bytes:
    """A package: ``relations`` of a part are id → (kind, target)."""
    types = f'<Override PartName="/{main}" ContentType="application/vnd.{kind}.main+xml"/>'
    all_relations = {"": {"r1": ("officeDocument", main)}, **relations}
    files: dict[str, bytes | str] = {"[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">{types}</Types>'}
    for part, links in all_relations.items():
        folder, _, name = part.rpartition("/")
        rows = "".join(
            f'<Relationship Id="{key}" Type="{RELATIONS}/{link}" Target="{target}"/>'
            for key, (link, target) in links.items()
        )
        files[f"{folder}/_rels/{name}.rels".lstrip("/")] = (
            f'<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'
        )
    return zipped({**files, **parts})


def docx(body: str, **parts: str) -> bytes:
    """``parts`` are the insides of other parts by their kind: ``numbering``, ``styles``, ``footnotes``, ``header`` …"""
    namespaces = f'xmlns:w="{_WORD}" xmlns:r="{RELATIONS}" xmlns:c="{_CHART}" xmlns:a="{_DRAWING}"'
    files = {f"word/{kind}.xml": f"<w:{kind} {namespaces}>{inside}</w:{kind}>" for kind, inside in parts.items()}
    links = {f"r{kind}": (kind, f"{kind}.xml") for kind in parts}
    main = f"<w:document {namespaces}><w:body>{body}</w:body></w:document>"
    kind = "openxmlformats-officedocument.wordprocessingml.document"
    return _office("word/document.xml", kind, {"word/document.xml": main, **files}, {"word/document.xml": links})


def p(text: str, properties: str = "") -> str:
    """A paragraph of DOCX."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def xlsx(
    sheets: Mapping[str, str], *, hidden: Sequence[str] = (), after: str = "", parts: Parts | None = None
) -> bytes:
    """``sheets`` are the rows of each; style 1 is a date. ``after`` follows the rows, such as merged cells."""
    rows = enumerate(sheets.items(), 1)
    listed, files, links = "", dict[str, bytes | str](), {"s": ("styles", "styles.xml")}
    for number, (name, data) in rows:
        state = ' state="hidden"' if name in hidden else ""
        listed += f'<sheet name="{name}" sheetId="{number}" r:id="r{number}"{state}/>'
        links[f"r{number}"] = ("worksheet", f"worksheets/sheet{number}.xml")
        files[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{_SHEET}"><sheetData>{data}</sheetData>{after}</worksheet>'
        )
    files["xl/workbook.xml"] = f'<workbook xmlns="{_SHEET}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>'
    files["xl/styles.xml"] = f'<styleSheet xmlns="{_SHEET}"><cellXfs><xf/><xf numFmtId="14"/></cellXfs></styleSheet>'
    first = {"c": ("comments", "../comments1.xml")} if parts and "xl/comments1.xml" in parts else {}
    kind = "openxmlformats-officedocument.spreadsheetml.sheet"
    related = {"xl/workbook.xml": links, "xl/worksheets/sheet1.xml": first}
    return _office("xl/workbook.xml", kind, {**files, **(parts or {})}, related)


def cells(number: int, *values: str | float | None) -> str:
    """A row of XLSX."""
    written = ""
    for column, value in enumerate(values):
        place = f"{chr(ord('A') + column)}{number}"
        if isinstance(value, str):
            written += f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
        elif value is not None:
            written += f'<c r="{place}"><v>{value}</v></c>'
    return f'<row r="{number}">{written}</row>'


def pptx(slides: Sequence[str], notes: str = "", hidden: Sequence[int] = (), parts: Parts | None = None) -> bytes:
    """``slides`` are the shapes of each; ``notes`` those of the first."""
    namespaces = f'xmlns:p="{_SLIDE}" xmlns:a="{_DRAWING}" xmlns:r="{RELATIONS}" xmlns:c="{_CHART}"'
    files: dict[str, bytes | str] = dict(parts or {})
    links = {f"r{number}": ("slide", f"slides/slide{number}.xml") for number in range(1, len(slides) + 1)}
    related: dict[str, Mapping[str, tuple[str, str]]] = {"ppt/presentation.xml": links}
    for number, shapes in enumerate(slides, 1):
        show = ' show="0"' if number in hidden else ""
        tree = f"<p:cSld><p:spTree>{shapes}</p:spTree></p:cSld>"
        files[f"ppt/slides/slide{number}.xml"] = f"<p:sld {namespaces}{show}>{tree}</p:sld>"
        beside = {"n": ("notesSlide", "../notesSlides/notesSlide1.xml")} if notes and number == 1 else {}
        media = {"i": ("image", "../media/image1.png"), "c": ("chart", "../charts/chart1.xml")}
        related[f"ppt/slides/slide{number}.xml"] = {**beside, **media}
    if notes:
        tree = f"<p:cSld><p:spTree>{notes}</p:spTree></p:cSld>"
        files["ppt/notesSlides/notesSlide1.xml"] = f"<p:notes {namespaces}>{tree}</p:notes>"
    order = "".join(f'<p:sldId id="{255 + n}" r:id="r{n}"/>' for n in range(1, len(slides) + 1))
    files["ppt/presentation.xml"] = f"<p:presentation {namespaces}><p:sldIdLst>{order}</p:sldIdLst></p:presentation>"
    return _office("ppt/presentation.xml", "openxmlformats-officedocument.presentationml.presentation", files, related)


def shape(*paragraphs: str, role: str = "") -> str:
    """A shape of PPTX with text."""
    holder = f'<p:nvPr><p:ph type="{role}"/></p:nvPr>' if role else ""
    text = "".join(f"<a:p><a:r><a:t>{paragraph}</a:t></a:r></a:p>" for paragraph in paragraphs)
    return f"<p:sp><p:nvSpPr>{holder}</p:nvSpPr><p:txBody>{text}</p:txBody></p:sp>"


def chart(title: str, categories: Sequence[str], **series: Sequence[float]) -> str:
    """A chart as DOCX and PPTX keep it, with the values that it was drawn from."""

    def points(kind: str, values: Sequence[object]) -> str:
        rows = "".join(f'<c:pt idx="{at}"><c:v>{value}</c:v></c:pt>' for at, value in enumerate(values))
        return f"<c:{kind}>{rows}</c:{kind}>"

    drawn = "".join(
        f"<c:ser><c:tx><c:v>{name}</c:v></c:tx>{points('cat', categories)}{points('val', values)}</c:ser>"
        for name, values in series.items()
    )
    return (
        f'<c:chartSpace xmlns:c="{_CHART}" xmlns:a="{_DRAWING}"><c:title><a:t>{title}</a:t></c:title>{drawn}'
        "</c:chartSpace>"
    )


def odf(kind: str, body: str, styles: str = "", parts: Parts | None = None) -> bytes:
    """``kind`` is text, spreadsheet or presentation."""
    namespaces = " ".join(f'xmlns:{name}="{_OPEN}{name}:1.0"' for name in ("office", "text", "table", "style"))
    namespaces += f' xmlns:draw="{_OPEN}drawing:1.0" xmlns:presentation="{_OPEN}presentation:1.0"'
    content = f"<office:body><office:{kind}>{body}</office:{kind}></office:body>"
    automatic = f"<office:automatic-styles>{styles}</office:automatic-styles>"
    files: dict[str, bytes | str] = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": f"<office:document-content {namespaces}>{automatic}{content}</office:document-content>",
    }
    return zipped({**files, **(parts or {})})


def epub(chapters: Mapping[str, str], order: Sequence[str], parts: Parts | None = None) -> bytes:
    """``chapters`` are XHTML by file name, ``order`` is the spine."""
    manifest = "".join(
        f'<item id="{name}" href="{name.replace(" ", "%20")}" media-type="application/xhtml+xml"/>' for name in chapters
    )
    spine = "".join(f'<itemref idref="{name}"/>' for name in order)
    container = '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    files: dict[str, bytes | str] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": container,
        "OEBPS/book.opf": f"<package><manifest>{manifest}</manifest><spine>{spine}</spine></package>",
        **{f"OEBPS/{name}": text for name, text in chapters.items()},
    }
    return zipped({**files, **(parts or {})})
