"""A stand-in for the engine's server: the same HTTP contract, pictures in milliseconds, and switches for every trouble.

In a test's own process: `with StandIn() as engine: engine.switches.fail = {...}`. As its own process, to be killed:
`python -m tests.staging.stand_in --port N --switches '{"seconds": 5}'`; started again it has forgotten all jobs.
The picture is the photo with a red rectangle in its middle, and the mask is that rectangle. An emptied room has a grey
one in its upper left instead; where it is staged, both. It serves every kind of job (`EVERY_KIND` are the settings).
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import email
import email.policy
import hashlib
import io
import json
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from PIL import Image

from staging import renditions
from tests.staging import drawn_maps
from tests.staging.switches import Switches

EVERY_KIND = {"ENGINE_KINDS": ["staging", "declutter", "redesign", "sketch"], "ENGINE_ENLARGES": True} | {
    "ENGINE_ROOM_TYPES": ["living", "bed", "kitchen", "dining", "bathroom", "home_office", "outdoor", "kids_room"]
}
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
    cancelled: bool = False
    width: int = 0
    packed: dict[str, bytes] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    @property
    def progress(self) -> float:
        return 1.0 if self.seconds <= 0 else min(1.0, (time.monotonic() - self.started) / self.seconds)

    @property
    def state(self) -> str:
        if self.cancelled:
            return "cancelled"
        if self.progress < 1.0:
            return "running"
        return "failed" if self.error else "done"


class _Server(ThreadingHTTPServer):
    """A server whose end ends its connections too, as that of a process does."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self.lines: set[socket.socket] = set()
        self.accepted = 0
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.lines.add(request)
        self.accepted += 1
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.lines.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        for line in list(self.lines):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)


class StandIn:
    """The server, in threads of this process."""

    def __init__(self, port: int = 0, switches: Switches | None = None) -> None:
        self.switches = switches or Switches()
        self.jobs: dict[str, Job] = {}
        # Every key ever PUT, repetitions included; every key for which a job was started; every key cancelled.
        self.puts: list[str] = []
        self.started: list[str] = []
        self.cancelled: list[str] = []
        self.lock = threading.Lock()
        self.server = self._bound(port)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def _bound(self, port: int) -> ThreadingHTTPServer:
        return _Server(("127.0.0.1", port), type("BoundHandler", (Handler,), {"engine": self}))

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

    def take(self, key: str, told: dict[str, Any], photo: bytes, mask: bytes | None = None) -> tuple[int, Job | None]:
        """The status of a submit, and its job; one whose brief has a purpose is for maps and ends at once."""
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
            if self._wears_off("busy_times"):
                return 429, None
            if self._wears_off("error_times"):
                return self.switches.error_status, None
            error = self.switches.fail if self._fails(photo) else None
            width = _width(photo)
            if width == self.switches.half_width and sum(one.width == width for one in self.jobs.values()) % 2:
                error = self.switches.fail
            seconds = self.switches.seconds + 2.0 * (width == self.switches.slow_width)
            job = self.jobs[key] = Job(body, photo, seconds, told, error, mask, width=width)
            self.started.append(key)
            if self.switches.packed:
                threading.Thread(target=self._pack, args=(job,), daemon=True).start()
            return 202, job

    def _pack(self, job: Job) -> None:
        job.packed = {role: self.picture(job, role) for role in self.roles(job)}

    def find(self, key: str) -> Job | None:
        """The job, unless it is unknown or to be denied."""
        with self.lock:
            if key in self.jobs and self._wears_off("forget_times"):
                del self.jobs[key]
            return self.jobs.get(key)

    def roles(self, job: Job) -> list[str]:
        """The pictures of a job, as its brief asks for them."""
        brief = job.told["brief"]
        if "purpose" in brief:
            return ["mask", "depth", "lines"]
        roles = [MAIN_ROLES[brief["kind"]], "mask"]
        declutter = brief.get("declutter", "off") if brief["kind"] == "staging" else "off"
        furnished = self.switches.furnished and job.width != self.switches.bare_width
        if declutter == "on" or (declutter == "auto" and furnished):
            roles += ["emptied", "removed"]
        return [role for role in roles if not (role == "mask" and self.switches.picture == "no_mask")]

    def _fails(self, photo: bytes) -> bool:
        due = len(self.started) % self.switches.fail_every == 0
        if due and (width := self.switches.fail_width):
            due = _width(photo) == width
        return self.switches.fail is not None and due and self._wears_off("fail_times")

    def _wears_off(self, name: str) -> bool:
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


class Handler(BaseHTTPRequestHandler):
    """The contract's routes."""

    engine: StandIn
    protocol_version = "HTTP/1.1"
    # As every real server has it: else each answer of two parts waits 40 ms for its reader's acknowledgement.
    disable_nagle_algorithm = True

    def do_PUT(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        if self._refused():
            return
        time.sleep(self.engine.switches.accept_seconds)
        parts = _parts(self.headers["Content-Type"], raw)
        status, job = self.engine.take(self._key(), json.loads(parts["job"]), parts["photo"], parts.get("mask"))
        if self.engine._wears_off("drop_times"):
            self.close_connection = True
        elif job is None:
            error = {"class": "transient", "code": "refused", "message": "not now"}
            self._answer(status, {"error": error}, {"Retry-After": "1"} if status == 429 else {})
        else:
            self._answer(status, {"id": self._key(), "state": job.state})

    def do_GET(self) -> None:
        if self.path == "/healthz":
            self._answer(200, {"status": "alive"})
            return
        if self._refused():
            return
        if urlsplit(self.path).path == "/v1/capabilities":
            queue = {"size": 64, "waiting": 0, "running": self.engine.running}
            told = {"kinds": EVERY_KIND["ENGINE_KINDS"], "tracer": "stand-in", "slots": 1, "queue": queue}
            self._answer(200, told)
            return
        if urlsplit(self.path).path == "/_seen":
            engine = self.engine
            masks = {key: base64.b64encode(job.mask).decode() for key, job in engine.jobs.items() if job.mask}
            seen = {"puts": engine.puts, "started": engine.started, "cancelled": engine.cancelled, "masks": masks}
            self._answer(200, seen)
            return
        job = self.engine.find(self._key())
        if job is None:
            self._answer(404, {"error": {"class": "transient", "code": "unknown_job", "message": "no such job"}})
        elif "/pictures/" in self.path:
            time.sleep(self.engine.switches.send_seconds)
            self._bytes(200, self.engine.picture(job, self.path.rsplit("/", 1)[1]), "image/png", {})
        else:
            self._wait(job)
            self._answer(200, self._standing(job))

    def do_DELETE(self) -> None:
        job = self.engine.find(self._key())
        if job is not None:
            job.cancelled = True
            self.engine.cancelled.append(self._key())
        self._answer(200 if job else 404, {"id": self._key()})

    def _wait(self, job: Job) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        until, seen = time.monotonic() + float(asked.get("wait", ["0"])[0]), job.progress
        # Fifty of these may wait at once: each sleeps until something is to be told, but not past a cancellation.
        step = 1.0 if asked.get("until") == ["end"] else 0.05
        told = job.started + min(1.0, seen + step) * job.seconds
        while job.state == "running" and (left := min(until, told) - time.monotonic()) > 0:
            time.sleep(min(left, 0.2))

    def _standing(self, job: Job) -> dict[str, Any]:
        roles = self.engine.roles(job)
        record = {"engine": "stand-in", "seed": job.told["brief"].get("seed", 0)}
        if self.engine.switches.generative:
            record["generative"] = True
        if self.engine.switches.room is not None:
            record["room"] = job.told.get("room") or self.engine.switches.room
        if self.engine.switches.arrangement is not None:
            record["arrangement"] = job.told.get("arrangement") or self.engine.switches.arrangement
        pictures = [{"role": role, "url": f"/v1/jobs/{self._key()}/pictures/{role}"} for role in roles]
        done = job.state == "done"
        return {
            "id": self._key(),
            "state": job.state,
            "progress": job.progress,
            "stage": "painting a rectangle",
            "error": job.error if job.state == "failed" else None,
            "pictures": pictures if done else [],
            # A failed job tells at most of the room.
            "record": record if done else {name: record[name] for name in {"room"} & set(record)},
        }

    def _refused(self) -> bool:
        wanted = self.engine.switches.token
        if wanted and self.headers.get("Authorization") != f"Bearer {wanted}":
            self._answer(401, {"error": {"class": "misconfigured", "code": "token", "message": "token"}})
            return True
        return False

    def _key(self) -> str:
        return urlsplit(self.path).path.split("/")[3]

    def _answer(self, status: int, told: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self._bytes(status, json.dumps(told).encode(), "application/json", headers or {})

    def _bytes(self, status: int, body: bytes, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None: ...


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


def _parts(content_type: str, raw: bytes) -> dict[str, bytes]:
    """The parts of a multipart body by name."""
    message = email.message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + raw, policy=email.policy.HTTP)
    return {
        str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True)
        for part in message.iter_parts()
    }


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
