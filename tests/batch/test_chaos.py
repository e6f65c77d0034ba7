"""The short form of ``bench/chaos.py``: a batch that is killed loses nothing and pays for nothing twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parent.parent.parent / "bench" / "chaos.py"


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_batch_survives_being_killed() -> None:
    ran = subprocess.run([sys.executable, BENCH, "--quick"], capture_output=True, text=True, timeout=120, check=False)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout + ran.stderr
    assert "every document ended once" in ran.stdout
