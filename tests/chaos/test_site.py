"""The programs that start a whole site leave none of its processes behind, however they are ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import serving
from tests.chaos.site import ROOT

# Prints the process id of a member and of what that started itself, then waits as `make chaos` does.
PROGRAM = """
import sys, time
from pathlib import Path
from tests.chaos.site import Site, descendants, leave_nothing_behind
leave_nothing_behind()
site = Site(Path(sys.argv[1]))
try:
    site.add("shell", ["sh", "-c", "sleep 300 & wait"], {"PATH": "/usr/bin:/bin"})
    site.watch()
    pid = site.members["shell"].running.pid
    while not descendants(pid):
        time.sleep(0.01)
    print(pid, *descendants(pid), flush=True)
    time.sleep(300)
finally:
    site.close()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_site_too(number: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    program = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    started = [int(pid) for pid in program.stdout.readline().split()]
    assert len(started) == 2
    assert all(_lives(pid) for pid in started)
    time.sleep(0.2)
    program.send_signal(number)
    assert program.wait(20) == 128 + number
    serving.wait_until(lambda: not any(_lives(pid) for pid in started), "their end", 5)


def _lives(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text() and os.kill(pid, 0) is None
    except OSError:
        return False
