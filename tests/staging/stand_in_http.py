"""The contract's HTTP in front of the engine's stand-in (tests/staging/stand_in.py)."""

from __future__ import annotations

import base64
import contextlib
import email
import email.policy
import json
import socket
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.staging.switches import EVERY_KIND

if TYPE_CHECKING:
    from tests.staging.stand_in import Job, StandIn


class Server(ThreadingHTTPServer):
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


class Handler(BaseHTTPRequestHandler):
    """The contract's routes."""

    engine: StandIn
    protocol_version = "HTTP/1.1"
    # As every real server has it: else each answer of two parts waits 40 ms for its reader's acknowledgement.
    disable_nagle_algorithm = True

    def do_PUT(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        arrived = time.monotonic()
        if self._refused():
            return
        if self.engine.switches.accept_seconds:
            time.sleep(self.engine.switches.accept_seconds)
            arrived = time.monotonic()
        sent = parts(self.headers["Content-Type"], raw)
        status, job = self.engine.take(self._key(), json.loads(sent["job"]), sent["photo"], sent.get("mask"), arrived)
        if self.engine.wears_off("drop_times"):
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
        self.engine.gets.append(self.path)
        job = self.engine.find(self._key())
        if job is None or ("/pictures/" in self.path and job.state != "done"):
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
            job.stopped.set()
            self.engine.cancelled.append(self._key())
        self._answer(200 if job else 404, {"id": self._key()})

    def _wait(self, job: Job) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        until, seen = time.monotonic() + float(asked.get("wait", ["0"])[0]), job.progress
        # Fifty of these may wait at once: each sleeps until something is to be told, but not past a cancellation.
        step = 1.0 if asked.get("until") == ["end"] else 0.05
        told = job.started + min(1.0, seen + step) * job.seconds
        while job.state == "running" and (left := min(until, told) - time.monotonic()) > 0:
            job.stopped.wait(left)

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


def parts(content_type: str, raw: bytes) -> dict[str, bytes]:
    """The parts of a multipart body by name."""
    message = email.message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + raw, policy=email.policy.HTTP)
    return {
        str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True)
        for part in message.iter_parts()
    }
