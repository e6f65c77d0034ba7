"""The notebooks run from top to bottom, as a reader would run them."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    shown = [bool(cell.outputs) for cell in notebook.cells if cell.cell_type == "code"]
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": path.parent}}
    ).execute()
    assert [bool(cell.outputs) for cell in notebook.cells if cell.cell_type == "code"] == shown
    assert sum(shown) > 2
    assert len(notebook.cells) < 12


def test_there_are_notebooks() -> None:
    assert {path.stem for path in NOTEBOOKS} >= {
        "01_first_extraction",
        "02_documents",
        "03_images",
        "04_repair_and_reask",
        "05_streaming",
        "06_batches",
        "07_evidence_and_review",
        "08_evaluation",
        "09_local_model",
        "10_own_endpoint",
    }
