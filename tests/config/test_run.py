"""A newcomer starts everything with one command, stops it with Ctrl-C, and finds it all again the next time."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config import processes
from tests import serving

ROOT = Path(__file__).resolve().parents[2]
UP_WITHIN = 120.0


@contextmanager
def running(data: Path) -> Iterator[str]:
    """`manage.py run` on an empty environment but for its data folder and port; yields what it printed once ready."""
    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    env |= {"DATA_DIR": str(data), "PORT": str(processes.free_port())}
    printed = data.with_suffix(".out")
    with printed.open("wb") as out:
        run = subprocess.Popen([sys.executable, "manage.py", "run"], cwd=ROOT, env=env, stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + UP_WITHIN
        while "\ncurl " not in printed.read_text():
            assert run.poll() is None, printed.read_text()
            assert time.monotonic() < deadline, printed.read_text()
            time.sleep(0.1)
        yield printed.read_text()
        run.send_signal(signal.SIGINT)
        assert run.wait(30) == 0
    finally:
        run.kill()
        run.wait()


def left_behind(data: Path) -> list[str]:
    """Command lines of processes that still have to do with the data folder (where the system shows them in /proc)."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it ended while we looked
            found.append(file.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return [line for line in found if str(data) in line]


def test_start_use_stop_and_start_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as told:
        address = re.search(r"running at (\S+)", told).group(1)  # type: ignore[union-attr]
        key = re.search(r"API key\s+(\S+)", told).group(1)  # type: ignore[union-attr]
        lines = [line for line in told.splitlines() if line.startswith("curl ")]
        assert len(lines) == 1
        assert not lines[0].endswith("\\")
        assert key in lines[0]
        assert serving.get(address + "/readyz").status_code == 200
        answer = serving.get(address + "/v1/ping", headers={"Authorization": f"Api-Key {key}"})
        assert answer.json()["credits"] == 500
        assert serving.get(address + "/").status_code == 200
    assert left_behind(data) == []
    assert stat.S_IMODE((data / "demo_key").stat().st_mode) == 0o600
    with running(data) as told:
        assert f"API key    {key}" in told
        assert (
            "500"
            in serving.get(
                re.search(r"running at (\S+)", told).group(1) + "/v1/ping",  # type: ignore[union-attr]
                headers={"X-Api-Key": key},
            ).text
        )
    assert left_behind(data) == []


def test_a_port_that_is_taken_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(processes.CannotStart, match="PORT=9000 make run"):
            processes.require_free("127.0.0.1", port)
