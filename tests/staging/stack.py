"""The processes behind a render, as real ones: worker, follower, scheduler and the engine's stand-in."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from tests import serving
from tests.staging.stand_in import EVERY_KIND

ROOT = serving.ROOT
# Short, so that takeovers are seen within a test's patience.
SETTINGS = {
    "RUN_LEASE_SECONDS": "3",
    "SWEEP_SECONDS": "0.5",
    "RUN_RETRY_SECONDS": "0.3",
    "JOB_TIMEOUT": "30",
    "ENGINE_TOKEN": "",
    "LOG_LEVEL": "INFO",
    **{name: ",".join(value) if isinstance(value, list) else str(value) for name, value in EVERY_KIND.items()},
}


class Stack:
    """Named processes, started and killed one by one."""

    def __init__(self, folder: Path, redis_url: str) -> None:
        self.folder = folder
        self.reserved = serving.Reserved()
        self.port = self.reserved.port
        self.engine_url = f"http://127.0.0.1:{self.port}"
        self.redis_url = redis_url
        self.environment = serving.environment(folder, redis_url, **{**SETTINGS, "ENGINE_URL": self.engine_url})
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> None:
        """Start processes of ours: work, follow, schedule."""
        for name in names:
            self._run(name, [sys.executable, "manage.py", name])

    def start_engine(self, **switches: Any) -> None:
        """Start the stand-in; it knows no jobs."""
        command = [sys.executable, "-m", "tests.staging.stand_in", "--port", str(self.port)]
        self._run("engine", [*command, "--switches", json.dumps(switches)])
        serving.wait_until(self._engine_answers, "engine", 30)

    def _run(self, name: str, command: list[str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def _engine_answers(self) -> bool:
        with contextlib.suppress(httpx.TransportError):
            return serving.get(self.engine_url + "/v1/capabilities").status_code == 200
        return False

    def kill(self, *names: str) -> None:
        """kill -9."""
        for name in names:
            process = self.running.pop(name)
            process.kill()
            process.wait(10)

    def stop(self, name: str) -> int:
        """SIGTERM; the exit status."""
        process = self.running.pop(name)
        process.terminate()
        return process.wait(20)

    def seen(self) -> dict[str, Any]:
        """What the stand-in has seen: puts, started, cancelled, and masks by job."""
        found: dict[str, Any] = serving.get(self.engine_url + "/_seen").json()
        return found

    def logs(self) -> str:
        """The end of each log."""
        return "\n".join(f"--- {path.name}\n{path.read_text()[-2500:]}" for path in sorted(self.folder.glob("*.log")))


@contextlib.contextmanager
def stack(folder: Path) -> Iterator[Stack]:
    """A stack with its Redis; nothing of it is left behind."""
    with serving.redis_server(folder) as redis_url:
        found = Stack(folder, redis_url)
        try:
            yield found
        finally:
            found.kill(*found.running)
