"""The bounded children that decode: a small pool of processes with a memory and a time limit, replaced when they fail.

A hostile file costs at most one child and one time limit; it never reaches the memory of the web process or of a
worker. Settings are passed in, never read here.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import queue
import select
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from staging.decoding_child import MEDIUM, PICTURE, PREVIEW, THUMBNAIL

COPIES = {"preview": PREVIEW, "medium": MEDIUM, "thumbnail": THUMBNAIL}

ROOT = Path(__file__).resolve().parent.parent
_TOO_SLOW = "This photo takes too long to open; please export it again and send the copy."
_CRASHED = "This photo is damaged and cannot be opened."
_BUSY = "Too many photos are being opened at this moment; please try again in a minute."


class InvalidImage(Exception):
    """The image cannot be used; the message is a sentence for people."""


class ImageTooLarge(InvalidImage):
    """The file has more bytes than are taken."""


class DecodersBusy(InvalidImage):
    """Every child is at work and none came free in time."""


@dataclass(frozen=True)
class Normalised:
    """What became of one file. The paths lie in the folder that the caller gave; `copies` by name, where asked for."""

    picture: Path
    copies: dict[str, Path]
    width: int
    height: int
    format: str
    focal_35mm: float | None


@dataclass(frozen=True)
class Limits:
    """Bytes of address space and seconds for one photo; pixels in all and on the short edge."""

    memory: int
    seconds: float
    max_pixels: int
    min_edge: int


class _Child:
    """One decoding process."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.process = subprocess.Popen(  # noqa: S603 - our own module, arguments are integers
            [
                sys.executable,
                "-m",
                "staging.decoding_child",
                str(limits.memory),
                str(limits.max_pixels),
                str(limits.min_edge),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            # No secrets in a process that parses hostile input; few arenas, since the address space is limited.
            env={"PATH": os.defpath, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},
        )

    def ask(self, source: Path, folder: Path, *, copies: bool) -> dict[str, object]:
        """The child's answer for one photo. Raises InvalidImage; the child is unusable after that."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            asked = {"source": str(source), "folder": str(folder), "copies": copies}
            self.process.stdin.write(json.dumps(asked).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise InvalidImage(_CRASHED) from None
        line = self._line(self.process.stdout.fileno(), time.monotonic() + self.limits.seconds)
        answer: dict[str, object] = json.loads(line)
        return answer

    def _line(self, pipe: int, deadline: float) -> bytes:
        line = b""
        while not line.endswith(b"\n"):
            if not select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise InvalidImage(_TOO_SLOW)
            part = os.read(pipe, 65536)
            if not part:
                raise InvalidImage(_CRASHED)
            line += part
        return line

    @property
    def alive(self) -> bool:
        return not self._has_ended(os.WNOHANG)

    def kill(self) -> None:
        """End the process and give its pipes back."""
        if self.alive:
            self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        self._has_ended(0)

    def _has_ended(self, how: int) -> bool:
        """Wait for the end (or with os.WNOHANG look), and note what memory the process had at most."""
        if self.process.returncode is None:
            try:
                pid, status, usage = os.wait4(self.process.pid, how)
            except ChildProcessError:
                # Somebody else has waited for it.
                self.process.returncode = 0
                return True
            if pid:
                self.process.returncode = os.waitstatus_to_exitcode(status)
                _Ended.peak = max(_Ended.peak, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024))
        return self.process.returncode is not None


class _Ended:
    """What is known of children that have ended."""

    peak = 0


def peak_of_ended() -> int:
    """Bytes of memory that any child of this process that has ended had at most, however it ended.

    An upper bound: the kernel counts what this process held when it started the child, too.
    """
    return _Ended.peak


class Decoders:
    """At most `processes` children; they start when first needed and live on, one photo at a time each."""

    def __init__(self, limits: Limits, processes: int) -> None:
        self.limits = limits
        self._owner = os.getpid()
        self._slots: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _ in range(processes):
            self._slots.put(None)
        atexit.register(self.close)

    def normalise(self, source: Path, folder: Path, *, copies: bool = True) -> Normalised:
        """Decode the file at `source` and write it, with `copies` its smaller ones too, into `folder`.

        Raises InvalidImage.
        """
        try:
            child = self._slots.get(timeout=2 * self.limits.seconds)
        except queue.Empty:
            raise DecodersBusy(_BUSY) from None
        try:
            if child is None or not child.alive:
                child = _Child(self.limits)
            answer = child.ask(source, folder, copies=copies)
        except BaseException:
            if child is not None:
                child.kill()
                child = None
            raise
        finally:
            self._slots.put(child)
        if "error" in answer:
            raise InvalidImage(str(answer["error"]))
        focal = answer["focal_35mm"]
        return Normalised(
            picture=folder / PICTURE,
            copies={copy: folder / file for copy, file in COPIES.items()} if copies else {},
            width=int(str(answer["width"])),
            height=int(str(answer["height"])),
            format=str(answer["format"]),
            focal_35mm=None if focal is None else float(str(focal)),
        )

    def close(self) -> None:
        """End the idle children; a forked copy of this process leaves them to their parent."""
        if os.getpid() != self._owner:
            return
        idle = []
        while True:
            try:
                idle.append(self._slots.get_nowait())
            except queue.Empty:
                break
        for child in idle:
            if child is not None:
                child.kill()
            self._slots.put(None)


_decoders: dict[tuple[Limits, int], Decoders] = {}
_lock = threading.Lock()


def decoders(limits: Limits, processes: int) -> Decoders:
    """This process's pool for these limits."""
    with _lock:
        key = (limits, processes)
        pool = _decoders.get(key)
        if pool is None or pool._owner != os.getpid():  # a forked child must not share its parent's pipes
            pool = _decoders[key] = Decoders(limits, processes)
        return pool
