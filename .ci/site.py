"""Build the documentation's site into a folder: ``python .ci/site.py FOLDER``; the pages lie in FOLDER/site then.

The build is strict: a link to a page or heading that is not there ends it, and so does any other warning, and a page
that would load anything from elsewhere. A page of the navigation that is not written yet is left out of it.
``python .ci/site.py --llms`` writes docs/llms.txt anew: the pages of the navigation, each with its first sentence. The
site holds each page as Markdown beside its HTML, and all of them in one: llms-full.txt.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
ANSWERS = re.compile(r"<!-- answers.*?-->\n+", re.S)
LOADS = re.compile(r"""<(?:script|img|iframe|source|link)\b[^>]*?\b(?:src|href)=["']?(?:https?:)?//[^"'\s>]+""")
Nav = list[dict[str, "str | Nav"]]


def pages(nav: Nav, section: str = "") -> Iterator[tuple[str, str, str]]:
    """(section, title, file) of each page that the navigation names."""
    for entry in nav:
        for title, target in entry.items():
            if isinstance(target, str):
                yield section, title, target
            else:
                yield from pages(target, title)


def opening(text: str) -> str:
    """The first sentence of a page, as plain text."""
    body = re.sub(r"\A---\n.*?\n---\n|<!--.*?-->", "", text, flags=re.S)
    paragraphs = (part.strip() for part in body.split("\n\n"))
    paragraph = next(part for part in paragraphs if part and not part.startswith(("#", "<", ":")))
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(paragraph.split()))
    return re.split(r"(?<=[.?!])\s", plain, maxsplit=1)[0].rstrip(":")


def plain(text: str) -> str:
    """A page as Markdown, without what stands in it for the tests alone."""
    return f"{ANSWERS.sub('', text).strip()}\n"


def navigation(toml: str) -> tuple[dict[str, object], list[tuple[str, str, str]]]:
    """What the configuration says of the site, and its pages."""
    site = tomllib.loads(toml)["project"]
    return site, [*pages(site["nav"])]


def llms(toml: str, docs: Path) -> tuple[str, str]:
    """``llms.txt`` and ``llms-full.txt`` of the pages that are there."""
    site, nav = navigation(toml)
    lines, full = [f"# {site['site_name']}", "", f"> {site['site_description']}"], []
    last = ""
    for section, title, file in nav:
        if not (docs / file).exists():
            continue
        text = (docs / file).read_text()
        if section != last:
            lines += ["", f"## {section}", ""]
            last = section
        lines.append(f"- [{title}]({file}): {opening(text)}")
        full.append(f"<!-- {file} -->\n\n{plain(text)}")
    return "\n".join(lines) + "\n", "\n".join(full)


def present(toml: str, docs: Path) -> str:
    """The configuration without the pages that are not written yet, or belong to nobody's navigation."""
    kept = [
        line
        for line in toml.splitlines(keepends=True)
        if not (found := re.search(r'= "([^"]+\.md)" \}', line)) or (docs / found[1]).exists()
    ]
    return re.sub(r'  \{ "[^"]+" = \[\n  \] \},\n', "", "".join(kept))


def build(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    docs = folder / "docs"
    shutil.copytree(ROOT / "docs", docs)
    toml = present((ROOT / "zensical.toml").read_text(), docs)
    (folder / "zensical.toml").write_text(toml)
    short, full = llms(toml, docs)
    (docs / "llms.txt").write_text(short)
    (docs / "llms-full.txt").write_text(full)
    zensical = Path(sys.executable).with_name("zensical")
    ran = subprocess.run(
        [zensical, "build", "--strict", "--clean"], cwd=folder, capture_output=True, text=True, check=False
    )
    said = re.sub(r"\x1b\[[0-9;]*m", "", ran.stdout + ran.stderr)
    if ran.returncode or re.search(r"warning|error", said, re.I):
        raise SystemExit(said)
    for page in docs.rglob("*.md"):
        (folder / "site" / page.relative_to(docs)).write_text(plain(page.read_text()))
    loaded = {
        found[0]: page.name for page in (folder / "site").rglob("*.html") for found in LOADS.finditer(page.read_text())
    }
    if loaded := {tag: page for tag, page in loaded.items() if "rel=canonical" not in tag.replace('"', "")}:
        raise SystemExit(f"these pages load from elsewhere: {loaded}")
    print(f"{sum(1 for _ in (folder / 'site').rglob('*.html'))} pages in {folder / 'site'}")


if __name__ == "__main__":
    if sys.argv[1] == "--llms":
        (ROOT / "docs" / "llms.txt").write_text(llms((ROOT / "zensical.toml").read_text(), ROOT / "docs")[0])
    else:
        build(Path(sys.argv[1]).resolve())
