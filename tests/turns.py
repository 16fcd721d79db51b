"""Which tests run in which of the suite's processes, and when.

What tests share (a fixture of a module, of a package or of the session) is made once in each process that runs one of
them. So all tests of a file go to one process, and all of some folders; those that take longest go first, so that no
process waits for another in the end.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# Folders whose tests share what is made for them.
TOGETHER = ("tests/engine/redesign", "tests/engine/modes", "tests/staging/api/contract", "tests/engine/trace")
FIRST = (
    "tests/engine/redesign",
    "tests/engine/modes",
    "tests/staging/api/contract",
    "tests/browser",
    "tests/engine/trace",
    "tests/config/test_run.py",
    "tests/staging/test_killed_processes.py",
    "tests/engine/scene/test_arranging_rooms.py",
    "tests/listings/test_walk.py",
    "tests/staging/test_stage_command.py",
    "tests/engine/server",
)


def turn(nodeid: str) -> str:
    """The folder or file with whose tests this one goes."""
    file = nodeid.partition("::")[0]
    return next((folder for folder in TOGETHER if file.startswith(f"{folder}/")), file)


def rank(turn: str) -> int:
    """When a folder or file comes, the first at 0."""
    return next((i for i, start in enumerate(FIRST) if turn.startswith(start)), len(FIRST))


def ordered(items: list[pytest.Item]) -> None:
    """Put the tests of each turn side by side, and the turns into their order: of all that are not named the largest
    first.
    """
    turns = {item: turn(item.nodeid) for item in items}
    sizes = Counter(turns.values())
    items.sort(key=lambda item: (rank(turns[item]), -sizes[turns[item]], turns[item]))


class Turns(LoadScopeScheduling):
    """Gives each process whole turns, in the order in which they were collected.

    xdist's own groups (`xdist_group`) would do, but its 3.8 forgets them under pytest 9.2.
    """

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return turn(nodeid)
