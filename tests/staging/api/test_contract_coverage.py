"""Every sentence of the contracts, as CONTRACT.md lists them, names tests that are there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@cache
def names_in(file: Path) -> frozenset[str]:
    """The names of the tests in a file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_sentence_is_shown_by_tests_that_are_there() -> None:
    lines = (HERE / "CONTRACT.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| ") and not line.startswith("| sentence")]
    assert len(rows) > 100
    for row in rows:
        named = re.findall(r"`([\w./]+\.py)::(\w+)`", row)
        assert named, f"no test: {row}"
        for file, name in named:
            assert name in names_in(HERE / file), f"{file} has no {name}"
