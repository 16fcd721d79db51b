"""A stand-in for the engine's server: the same HTTP contract, pictures in milliseconds, and switches for every trouble.

In a test's own process: `with StandIn() as engine: engine.switches.fail = {...}`. As its own process, to be killed:
`python -m tests.staging.stand_in --port N --switches '{"seconds": 5}'`; started again it has forgotten all jobs.
The picture is the photo with a red rectangle in its middle, and the mask is that rectangle. An emptied room has a grey
one in its upper left instead; where it is staged, both. It serves every kind of job (`EVERY_KIND` are the settings).
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from staging import renditions
from tests.staging import drawn_maps
from tests.staging.stand_in_http import Handler, Server
from tests.staging.switches import EVERY_KIND, Switches

__all__ = ["EVERY_KIND", "Job", "StandIn"]

MAIN_ROLES = {"staging": "staged", "declutter": "emptied", "redesign": "redesigned", "sketch": "rendered"}


@dataclass
class Job:
    """One job that was taken."""

    body: str
    photo: bytes
    seconds: float
    told: dict[str, Any]
    error: dict[str, str] | None = None
    mask: bytes | None = None
    stopped: threading.Event = field(default_factory=threading.Event)
    width: int = 0
    packed: dict[str, bytes] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    @property
    def progress(self) -> float:
        return 1.0 if self.seconds <= 0 else min(1.0, (time.monotonic() - self.started) / self.seconds)

    @property
    def state(self) -> str:
        if self.stopped.is_set():
            return "cancelled"
        if self.progress < 1.0:
            return "running"
        return "failed" if self.error else "done"


class StandIn:
    """The server, in threads of this process."""

    def __init__(self, port: int = 0, switches: Switches | None = None) -> None:
        self.switches = switches or Switches()
        self.jobs: dict[str, Job] = {}
        # Every path ever asked for; every key ever PUT, repetitions included; every key for which a job was started;
        # every key cancelled.
        self.gets: list[str] = []
        self.puts: list[str] = []
        self.started: list[str] = []
        self.cancelled: list[str] = []
        self.lock = threading.Lock()
        self.server = self._bound(port)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def _bound(self, port: int) -> Server:
        return Server(("127.0.0.1", port), type("BoundHandler", (Handler,), {"engine": self}))

    def __enter__(self) -> StandIn:
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Answer nobody any more; what was taken is kept."""
        self.server.shutdown()
        self.server.server_close()

    def start(self) -> None:
        """Answer again, at the same address."""
        self.server = self._bound(self.server.server_port)
        self.__enter__()

    @property
    def running(self) -> int:
        """How many jobs are at work."""
        with self.lock:
            return sum(job.state == "running" for job in self.jobs.values())

    def forget(self) -> None:
        """As after a restart."""
        with self.lock:
            self.jobs.clear()

    def take(
        self, key: str, told: dict[str, Any], photo: bytes, mask: bytes | None = None, arrived: float | None = None
    ) -> tuple[int, Job | None]:
        """The status of a submit, and its job; one whose brief has a purpose is for maps and ends at once.

        `arrived` is when it was there, by the monotonic clock: to read it is the stand-in's own work.
        """
        maps = "purpose" in told["brief"]
        body = hashlib.sha256(json.dumps(told, sort_keys=True).encode() + photo + (mask or b"")).hexdigest()
        with self.lock:
            if not maps:
                self.puts.append(key)
            known = self.jobs.get(key)
            if known is not None:
                return (202, known) if known.body == body else (409, None)
            if maps:
                error = self.switches.maps_fail
                job = self.jobs[key] = Job(body, photo, 0.0, told, error, mask)
                return 202, job
            if self.wears_off("busy_times"):
                return 429, None
            if self.wears_off("error_times"):
                return self.switches.error_status, None
            error = self.switches.fail if self._fails(photo) else None
            width = _width(photo)
            if width == self.switches.half_width and sum(one.width == width for one in self.jobs.values()) % 2:
                error = self.switches.fail
            seconds = self.switches.seconds + 2.0 * (width == self.switches.slow_width)
            job = self.jobs[key] = Job(body, photo, seconds, told, error, mask, width=width)
            job.started = arrived or job.started
            self.started.append(key)
            if self.switches.packed:
                threading.Thread(target=self._pack, args=(job,), daemon=True).start()
            return 202, job

    def _pack(self, job: Job) -> None:
        job.packed = {role: self.picture(job, role) for role in self.roles(job)}

    def find(self, key: str) -> Job | None:
        """The job, unless it is unknown or to be denied."""
        with self.lock:
            if key in self.jobs and self.wears_off("forget_times"):
                del self.jobs[key]
            return self.jobs.get(key)

    def roles(self, job: Job) -> list[str]:
        """The pictures of a job, as its brief asks for them."""
        brief = job.told["brief"]
        if "purpose" in brief:
            return ["mask", "depth", "lines"]
        roles = [MAIN_ROLES[brief["kind"]], "mask"]
        declutter = brief.get("declutter", "off") if brief["kind"] in {"staging", "redesign"} else "off"
        furnished = self.switches.furnished and job.width != self.switches.bare_width
        if declutter == "on" or (declutter == "auto" and furnished):
            roles += ["emptied", "removed"]
        return [role for role in roles if not (role == "mask" and self.switches.picture == "no_mask")]

    def _fails(self, photo: bytes) -> bool:
        due = len(self.started) % self.switches.fail_every == 0
        if due and (width := self.switches.fail_width):
            due = _width(photo) == width
        return self.switches.fail is not None and due and self.wears_off("fail_times")

    def wears_off(self, name: str) -> bool:
        """Whether this trouble is still on; once more, and it is so many times less."""
        left = getattr(self.switches, name)
        if left > 0:
            setattr(self.switches, name, left - 1)
        return bool(left)

    def picture(self, job: Job, role: str) -> bytes:
        """The finished picture of a role, spoiled as the switches say."""
        if role in job.packed:
            return job.packed[role]
        spoiled = self.switches.picture
        with Image.open(io.BytesIO(job.photo)) as opened:
            image = opened.convert("RGB")
        if edge := job.told["brief"].get("long_edge"):
            image = renditions.resampled(image, edge)
        if "purpose" in job.told["brief"]:
            return drawn_maps.drawn(role, image, job.told["brief"]["purpose"], empty=not self.switches.furnished)
        boxes = _boxes(role, self.roles(job), image.size)
        if role in {"mask", "removed"}:
            image = Image.new("L", image.size, 0)
            for box in boxes.values() if spoiled != "black_mask" else ():
                image.paste(255, box)
        else:
            for colour, box in boxes.items():
                image.paste(colour, box)
            if spoiled == "changed_outside":
                image.putpixel((0, 0), tuple(255 - level for level in image.getpixel((0, 0))))
            elif spoiled == "blank":
                image = Image.new("RGB", image.size, 0)
        if spoiled == "wrong_size":
            image = image.resize((image.width // 8 * 8 - 8, image.height // 8 * 8))
        buffer = io.BytesIO()
        image.save(buffer, "PNG", compress_level=1)
        if spoiled == "truncated":
            return buffer.getvalue()[: len(buffer.getvalue()) // 2]
        return b"this is no picture" if spoiled == "text" else buffer.getvalue()


def _width(photo: bytes) -> int:
    with Image.open(io.BytesIO(photo)) as opened:
        return opened.width


def _boxes(role: str, roles: list[str], size: tuple[int, int]) -> dict[tuple[int, int, int], tuple[int, int, int, int]]:
    """What is painted where, by colour."""
    width, height = size
    furniture = (width // 4, height // 2, width * 3 // 4, height * 7 // 8)
    clutter = (width // 8, height // 8, width // 2, height * 3 // 4)
    grey, red = (128, 130, 120), (180, 40, 30)
    if role in {"emptied", "removed"} or "emptied" in roles[:1]:
        return {grey: clutter}
    return {grey: clutter, red: furniture} if "emptied" in roles else {red: furniture}


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--switches", default="{}")
    given = parser.parse_args()
    with StandIn(given.port, Switches(**json.loads(given.switches))):
        threading.Event().wait()


if __name__ == "__main__":
    main()
