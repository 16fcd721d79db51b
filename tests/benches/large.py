"""`python -m tests.benches.large [MODE ...]`: every mode on a picture of thirty megapixels, its seconds and memory.

Drafts, since the question is what the size costs.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from staging.engine.child import Child
from staging.engine.errors import EngineError
from staging.engine.trace.variant import choose
from tests.benches import subjects
from tests.benches.engine import BRIEF, JOB, TIME_LIMIT, forget_peak, peak_megabytes, say

LONG_SIDE = 6720  # pixels: 30 MP at 3:2
MODES = {"staging": {"kind": "staging"}, **{k: v for k, v in subjects.MODES.items() if "long_edge" not in v}}


def main() -> None:
    """One line for each mode."""
    child = Child(choose())
    child.warm()
    try:
        for mode in sys.argv[1:] or MODES:
            with tempfile.TemporaryDirectory() as scratch:
                say(_line(child, mode, Path(scratch)))
    finally:
        child.close()


def _line(child: Child, mode: str, folder: Path) -> str:
    paths = subjects.write(mode, folder, LONG_SIDE)
    brief = {**BRIEF, "quality": "draft", **MODES[mode]}
    forget_peak(child.pid)
    began = time.monotonic()
    try:
        made = child.run(JOB, {**paths, "folder": str(folder), "brief": brief, "memory": 0}, None, TIME_LIMIT)
        end = ", ".join(picture["role"] for picture in made["pictures"])
    except EngineError as error:
        end = f"{error.code}: {error.message}"
    return f"{mode}\t{time.monotonic() - began:.0f} s\t{peak_megabytes(child.pid):.0f} MB\t{end}"


if __name__ == "__main__":
    main()
