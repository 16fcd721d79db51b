"""The processes of a whole site, each of which may be killed at any moment and is started again at once."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# As long as an orchestrator takes at least to notice a death.
RESTART_SECONDS = 0.3


@dataclass
class Member:
    """One process of the site."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    login: dict[str, int] = field(default_factory=dict)
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; what it says goes to its log."""
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                list(self.command),
                cwd="/" if self.login else ROOT,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self.login,  # type: ignore[call-overload]
            )

    def kill(self) -> None:
        """SIGKILL to it and to all that it started, as when its machine goes."""
        # Held on to: once it is dead, another is started in its place.
        running = self.running
        if running is None:
            return
        _send([running.pid, *descendants(running.pid)], signal.SIGKILL)
        running.wait()


def _send(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def descendants(pid: int) -> list[int]:
    """Every process below `pid`, by /proc (Linux); empty elsewhere."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            # The second field, the name, may hold blanks and brackets.
            parent = int(entry.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(entry.parent.name))
    found, todo = [], [pid]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


class Site:
    """All members; a thread starts again what has died."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.members: dict[str, Member] = {}
        self.deaths: dict[str, int] = {}
        self._closing = threading.Event()
        self._nurse = threading.Thread(target=self._revive, name="nurse", daemon=True)

    def add(self, name: str, command: Sequence[str], environment: Mapping[str, str], **login: int) -> None:
        """One more process."""
        member = self.members[name] = Member(name, command, environment, self.folder / f"{name}.log", dict(login))
        member.start()

    def manage(self, name: str, *arguments: str, environment: Mapping[str, str], broken: str = "") -> None:
        """One more process of our own; with `broken` without one of its guards."""
        entry = ["-m", "tests.chaos.broken", broken] if broken else ["manage.py"]
        self.add(name, [sys.executable, *entry, *arguments], environment)

    def watch(self) -> None:
        """Begin to start again what dies."""
        self._nurse.start()

    def kill(self, name: str) -> None:
        """Kill one member; the thread starts it again."""
        self.deaths[name] = self.deaths.get(name, 0) + 1
        self.members[name].kill()

    def hold_up(self, name: str, seconds: float) -> None:
        """Stop one member for so long without ending it (SIGSTOP, SIGCONT), as a machine out of breath does."""
        running = self.members[name].running
        if running is None or running.poll() is not None:
            return
        held = [running.pid, *descendants(running.pid)]
        _send(held, signal.SIGSTOP)
        timer = threading.Timer(seconds, _send, (held, signal.SIGCONT))
        timer.daemon = True
        timer.start()

    def close(self) -> None:
        """End everything."""
        self._closing.set()
        if self._nurse.is_alive():
            self._nurse.join(10)
        for member in reversed(self.members.values()):
            member.kill()

    def tails(self, characters: int = 2000) -> str:
        """The ends of all logs, for whoever has to find out."""
        return "\n".join(f"--- {m.name}\n{m.log.read_text(errors='replace')[-characters:]}" for m in self._all())

    def _all(self) -> list[Member]:
        return list(self.members.values())

    def _revive(self) -> None:
        dead_since: dict[str, float] = {}
        while not self._closing.wait(0.05):
            for member in self._all():
                if member.running is not None and member.running.poll() is None:
                    dead_since.pop(member.name, None)
                elif time.monotonic() - dead_since.setdefault(member.name, time.monotonic()) > RESTART_SECONDS:
                    member.start()
                    dead_since.pop(member.name, None)


def leave_nothing_behind() -> None:
    """Have SIGTERM end this program as Ctrl-C does: by way of what closes the site.

    SIGINT as well: a shell that starts a program in the background has it ignored.
    """

    def stop(number: int, _frame: object) -> None:
        for one in (signal.SIGTERM, signal.SIGINT):
            # A second one must not interrupt the closing.
            signal.signal(one, signal.SIG_IGN)
        sys.exit(128 + number)

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, stop)


def run_manage(environment: Mapping[str, str], *arguments: str) -> str:
    """What a management command printed; raises CalledProcessError when it failed."""
    done: Any = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=dict(environment),
        check=True,
        capture_output=True,
        text=True,
    )
    return str(done.stdout)
