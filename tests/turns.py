"""Which tests run in which of the suite's processes, and when.

What tests share (a fixture of a module, of a package or of the session) is made once in each process that runs one of
them. So all tests of a file go to one process, and all of some folders; those that take longest go first, so that no
process waits for another in the end.
"""

from __future__ import annotations

from typing import Any

from xdist.scheduler import LoadScopeScheduling

# Folders whose tests share what is made for them.
TOGETHER = ("tests/engine/redesign", "tests/engine/modes", "tests/staging/api/contract")
FIRST = (*TOGETHER, "tests/config/test_run.py", "tests/browser", "tests/staging/test_killed_processes.py")


def turn(nodeid: str) -> str:
    """The folder or file with whose tests this one goes."""
    file = nodeid.partition("::")[0]
    return next((folder for folder in TOGETHER if file.startswith(f"{folder}/")), file)


def rank(turn: str) -> int:
    """When a folder or file comes, the first at 0."""
    return next((i for i, start in enumerate(FIRST) if turn.startswith(start)), len(FIRST))


class Turns(LoadScopeScheduling):
    """Gives the processes these turns in this order."""

    def _split_scope(self, nodeid: str) -> str:
        return turn(nodeid)

    def _assign_work_unit(self, node: Any) -> None:
        # Only the first in the queue is taken.
        self.workqueue.move_to_end(min(self.workqueue, key=rank), last=False)
        super()._assign_work_unit(node)
