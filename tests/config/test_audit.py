"""CI fails for a locked package with a known vulnerability, and says loudly where nobody could be asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.serving import ROOT

FOUND = {"id": "PYSEC-2026-1", "fix_versions": ["5.2.9"]}


def audit(tmp_path: Path, said: str, status: int) -> tuple[int, str]:
    """Our program's exit status and words, where pip-audit says that."""
    program = tmp_path / "pip-audit"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nprint({said!r})\nprint('service away', file=sys.stderr)\nsys.exit({status})\n"
    )
    program.chmod(0o755)
    done = subprocess.run(
        [sys.executable, ".ci/audit"],
        cwd=ROOT,
        check=False,
        env={**os.environ, "PIP_AUDIT": str(program)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("told", "status", "ends", "says"),
    [
        (
            [{"name": "django", "version": "5.2", "vulns": [FOUND]}],
            1,
            1,
            "VULNERABLE: django 5.2: PYSEC-2026-1, mended in: 5.2.9",
        ),
        ([{"name": "django", "version": "5.2", "vulns": []}], 0, 0, "No known vulnerability in 1 packages."),
        ([{"name": "django", "skip_reason": "not found"}], 0, 0, "AUDIT NOT DONE for 1 of 1 packages"),
        (None, 1, 0, "AUDIT NOT DONE: the advisory service did not answer for requirements.txt (service away)"),
    ],
)
def test_what_the_service_says_is_what_ci_does(tmp_path: Path, told: Any, status: int, ends: int, says: str) -> None:
    said = "" if told is None else json.dumps({"dependencies": told, "fixes": []})
    code, words = audit(tmp_path, said, status)
    assert (code, words.splitlines()[0][: len(says)]) == (ends, says)
    assert len(words.splitlines()) == 1
