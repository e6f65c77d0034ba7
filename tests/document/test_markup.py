from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.document import Document
from extractor.errors import DocumentError


def html(text: str) -> str:
    return Document.of(f"<!doctype html><html><body>{text}</body></html>".encode()).text


@pytest.mark.parametrize(
    ("markup", "seen"),
    [
        (
            "<h1>Invoice <b>17</b></h1><p>Dear\n Ada,<br>thanks&nbsp;&amp; bye",
            "# Invoice 17\n\nDear Ada,\nthanks & bye",
        ),
        ("<div>one<div>two</div>three</div>", "one\ntwo\nthree"),
        ("<ul><li>one<li>two<ol start=4><li>a<li>b</ol></ul>end", "- one\n- two\n  4. a\n  5. b\n\nend"),
        ("a<pre>x  y\n  z</pre>", "a\n\nx  y\n  z"),
        ("<p dir=rtl>שלום <b>עולם</b> 17", "שלום עולם 17"),
        ('<a href="mailto:ada@x.org?subject=hi">write</a> <a href="https://x.org">see</a>', "write (ada@x.org) see"),
        ('<img alt="Logo  of X"> <input value=7> <input type=checkbox checked>yes', "[Logo of X] 7 [x] yes"),
        ("<script>alert(1)</script><style>p{}</style><noscript>no</noscript><template>t</template>x", "x"),
        ("<p hidden>1</p><p style='color:red; DISPLAY : none'>2</p><input type=hidden value=3><!-- 4 -->5", "5"),
        ("a</td></table><td>b", "ab"),
    ],
)
def test_what_is_seen_of_a_page(markup: str, seen: str) -> None:
    assert html(markup) == seen


def test_rows_of_tables_are_lines() -> None:
    markup = """<table><caption>Items</caption><thead><tr><th>Text<th>Qty<th>Price</thead>
    <tr><td rowspan=2>Apples<br>red<td>1<td>2.00<tr><td colspan=2>free
    <tr><td>Pears<td><td>3.00<tr><td></table>end"""
    assert html(markup) == (
        "Items\nText | Qty | Price\nApples red | 1 | 2.00\nApples red | free |\nPears |  | 3.00\n\nend"
    )


def test_a_table_that_lays_out_a_page_is_none_of_data() -> None:
    layout = "<table><tr><td><h2>Hi</h2><p>one<p>two<td><table><tr><td>a<td>b<tr><td>c<td>d</table></table>"
    assert html(layout) == "## Hi\n\none\n\ntwo\na | b\nc | d"
    assert html("<table><tr><td>one<br>two<tr><td>three</table>") == "one\ntwo\nthree"


def test_the_title_stands_first_where_the_page_does_not_say_it() -> None:
    page = "<html><head><title>Invoice 17</title><meta charset=utf-8></head><body>{}</body></html>"
    assert Document.of(page.format("Total").encode()).text == "Invoice 17\n\nTotal"
    assert Document.of(page.format("<h1>Invoice 17</h1>").encode()).text == "# Invoice 17"


@pytest.mark.parametrize(
    "markup", [b"<table><tr><td>a<td>b</table>", b"<!-- c --> <div>a | b</div>", b"<?xml version='1.0'?><html>a | b"]
)
def test_fragments_are_pages_too(markup: bytes) -> None:
    assert Document.of(markup).text == "a | b"


def test_spans_and_depths_that_are_bombs() -> None:
    assert html("<table><tr><td rowspan=65534 colspan=99999999>a<td>b<tr><td>c</table>").count("|") < 3000
    assert html("<table><tr><td>" * 3000 + "deep") == "deep"
    many = "".join(f"<td rowspan=65534>{n}" for n in range(900))
    with pytest.raises(DocumentError, match="characters of text, and the limit"):
        html(f"<table><tr>{many}" + "<tr><td>a" * 100_000)
    assert html(f"<table><tr><td rowspan=3>{'long ' * 99}<td>a<tr><td>b</table>").endswith("long | a\n | b")
    with pytest.raises(DocumentError, match="nests more than 5,000 elements in one another: pass its text"):
        html("<div>" * 6000)
    with pytest.raises(DocumentError, match="has more than 2,000,000 tags"):
        html("<td>" * 2_000_001)


def test_a_page_on_which_nothing_is_seen() -> None:
    with pytest.raises(DocumentError, match="no text in it"):
        html("<script>x</script>")


@given(
    st.lists(st.sampled_from("<table> <tr> <td> </td> </tr> </table> <ul> <li> </ul> <pre> </pre> <p> <br> x".split()))
)
def test_any_soup_of_tags_is_read(soup: list[str]) -> None:
    assert "end" in html("".join([*soup, "end"]))


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (
            '<?xml version="1.0"?>\n<a b="1">x &amp; y &#246; &#x27; &lt;b&gt; &#60;</a>',
            '<a b="1">x & y ö \' &lt;b&gt; &#60;</a>',
        ),
        (
            "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/a.dtd'><a>x</a>",
            "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/a.dtd'><a>x</a>",
        ),
        (
            "<ubl:Invoice xmlns:ubl='u'><ubl:ID>7</ubl:ID></ubl:Invoice>",
            "<ubl:Invoice xmlns:ubl='u'><ubl:ID>7</ubl:ID></ubl:Invoice>",
        ),
    ],
)
def test_xml_is_read_as_it_stands(data: str, text: str) -> None:
    document = Document.of(data.encode())
    assert (document.text, document.notes) == (text, ())


def test_xml_in_one_line_becomes_lines() -> None:
    text = Document.of(f"<a>{'<b>x</b>' * 1000}</a>".encode()).text
    assert text.split("\n") == ["<a>", *["<b>x</b>"] * 999, "<b>x</b></a>"]


def test_xml_that_is_not_well_formed_is_told() -> None:
    document = Document.of(b"<a><b>x</a>")
    assert document.text == "<a><b>x</a>"
    assert document.notes == ("is no well-formed XML (mismatched tag: line 1, column 9); it was read as it stands",)


LAUGHS = "<!ENTITY l0 'ha'>" + "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))


@pytest.mark.parametrize(
    "declares",
    [LAUGHS, "<!ENTITY x SYSTEM 'file:///etc/passwd'>", "<!ENTITY % p SYSTEM 'http://127.0.0.1:9/'> %p;"],
)
def test_xml_that_declares_entities_is_refused(declares: str) -> None:
    with pytest.raises(DocumentError, match=r"declares the entity .*, and entities are not expanded: pass its text"):
        Document.of(f"<?xml version='1.0'?><!DOCTYPE a [{declares}]><a>&x;&l9;</a>".encode())
