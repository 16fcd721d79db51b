"""Real processes for tests: the web process under uvicorn and a Redis-protocol server, on the tests' own database."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import weakref
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote

import httpx
import redis
from django.conf import settings
from django.db import connection

from config import processes

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60.0
LAST_REDIS_DATABASE = 15
# Plain HTTP to our own processes: by itself httpx reads all authorities for each call, which takes longer than that.
get, post, request = (partial(call, verify=False) for call in (httpx.get, httpx.post, httpx.request))


def database_url() -> str:
    """The tests' own database, as a process of ours is told of it."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{found['NAME']}"
    login = f"{quote(found['USER'])}:{quote(found['PASSWORD'])}@" if found["USER"] else ""
    port = f":{found['PORT']}" if found["PORT"] else ""
    return f"postgres://{login}{found['HOST']}{port}/{found['NAME']}"


def environment(folder: Path, redis_url: str, **more: str) -> dict[str, str]:
    """The environment of a process that shares the tests' database."""
    return {
        **os.environ,
        "DATABASE_URL": database_url(),
        "REDIS_URL": redis_url,
        # The test itself signs addresses that these processes check.
        "SECRET_KEY": settings.SECRET_KEY,
        "DATA_DIR": str(folder),
        "MEDIA_ROOT": str(folder / "media"),
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
        **more,
    }


@contextlib.contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """The URL of a Redis-protocol server: the one in REDIS_URL, else one of its own that ends with the block."""
    if os.environ.get("REDIS_URL"):
        url = own_database(os.environ["REDIS_URL"])
        with redis.Redis.from_url(url) as client:
            # A test that kills workers leaves their started jobs behind; the next test's worker would bury them.
            client.flushdb()
        yield url
        return
    socket = folder / "redis.sock"
    server = subprocess.Popen(processes.redis_command(socket, folder / "redis"), stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: processes.redis_answers(socket), "redis")
        yield f"unix://{socket}"
    finally:
        server.terminate()
        server.wait(10)


def own_database(url: str) -> str:
    """The Redis URL with a database of this xdist worker's own: 15 for the first, counting down, whatever the URL says.

    Workers must not take each other's wake-ups. Tests empty these databases, so they never use the URL's own.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    base, _, number = url.rpartition("/")
    if not number.isdigit():
        base = url.rstrip("/")
    return f"{base}/{LAST_REDIS_DATABASE - worker}"


class Reserved:
    """A port on loopback that a process of ours will listen on, and nobody else meanwhile.

    A port that is only looked for may be another test's by the time our process has started: its server would answer
    for ours, and be gone a moment later. This one stays bound here; Linux lets who asks for reuse, as servers do,
    listen on it beside that.
    """

    def __init__(self) -> None:
        held = socket.socket()
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        self.port: int = held.getsockname()[1]
        weakref.finalize(self, held.close)


class Web:
    """The web process. `url` is where it listens."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.reserved = Reserved()
        self.port = self.reserved.port
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = environment
        self.log = folder / f"web-{self.port}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start it."""
        command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", str(self.port)]
        command += ["--no-access-log", "--timeout-graceful-shutdown", "8"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def wait(self) -> None:
        """Wait until it answers."""
        wait_until(self._alive, f"web; see {self.log}")

    def _alive(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        with contextlib.suppress(httpx.TransportError):
            return get(self.url + "/healthz").status_code == 200
        return False

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def threads(self) -> int:
        """How many threads it has."""
        return len(os.listdir(f"/proc/{self.pid}/task"))

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send it a signal and wait for its end."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(20)


def wait_until(question: object, what: str, seconds: float = START_SECONDS) -> None:
    """Wait until the callable says True."""
    deadline = time.monotonic() + seconds
    assert callable(question)
    while not question():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.05)
