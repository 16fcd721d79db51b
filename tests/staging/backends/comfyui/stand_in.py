"""A stand-in for a ComfyUI server, over real HTTP, that answers as one did (shared notes, backends.md, 1 to 15).

It checks graphs by ComfyUI's own rules, keeps one queue and works on one prompt at a time, forgets all when it
restarts, gives an identical graph its earlier file, and makes its pictures black when told to while it says success.
Its picture is the photo that the graph loads with a patterned box in its middle.
"""

from __future__ import annotations

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.staging.backends.comfyui.classes import CLASSES
from tests.staging.backends.comfyui.machine import Machine, history_of, told_of
from tests.staging.stand_in_http import parts


class Handler(BaseHTTPRequestHandler):
    """The routes."""

    comfy: ComfyStandIn
    protocol_version = "HTTP/1.1"
    # As every real server has it: else each answer of two parts waits 40 ms for its reader's acknowledgement.
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self._refused():
            return
        comfy, path = self.comfy, urlsplit(self.path).path
        if path == "/upload/image":
            self._upload(raw)
            return
        try:
            said = json.loads(raw or b"{}")
        except ValueError:
            self._bytes(500, b"500 Internal Server Error", "text/plain")
            return
        if path == "/prompt":
            self._prompt(said)
        elif path in {"/queue", "/history"}:
            for prompt_id in said.get("delete", []):
                comfy.cancel(prompt_id) if path == "/queue" and self._waits(prompt_id) else None
                comfy.history.pop(prompt_id, None) if path == "/history" else None
            self._bytes(200, b"", "text/plain")
        elif path == "/interrupt":
            with comfy.lock:
                running = [prompt.id for prompt in comfy.queue if prompt.starts <= time.monotonic()][:1]
            if said.get("prompt_id", running[0] if running else None) in running:
                comfy.cancel(running[0])
            self._bytes(200, b"", "text/plain")
        elif comfy.switches.jobs_api and path.endswith("/cancel"):
            self._json(200, {"cancelled": comfy.cancel(path.split("/")[3])})
        else:
            self._bytes(404, b"404: Not Found", "text/plain")

    def _waits(self, prompt_id: str) -> bool:
        return any(prompt.id == prompt_id and prompt.starts > time.monotonic() for prompt in self.comfy.queue)

    def _upload(self, raw: bytes) -> None:
        message = parts(self.headers["Content-Type"], raw)
        name = re.search(rb'name="image"; filename="([^"]+)"', raw)
        assert name is not None
        with self.comfy.lock:
            self.comfy.files["input", name[1].decode()] = message["image"]
        self._json(200, {"name": name[1].decode(), "subfolder": "", "type": "input"})

    def _prompt(self, said: dict[str, Any]) -> None:
        comfy = self.comfy
        if comfy.wears_off("refuse_times"):
            self._bytes(comfy.switches.refuse_status, b"", "text/plain")
            return
        status, told = comfy.submit(said)
        if comfy.wears_off("drop_times"):
            self.close_connection = True
            return
        self._json(status, told)

    def do_GET(self) -> None:
        if self._refused():
            return
        comfy, url = self.comfy, urlsplit(self.path)
        comfy.settle()
        match url.path.strip("/").split("/"):
            case ["queue"]:
                now = time.monotonic()
                with comfy.lock:
                    running = [told_of(prompt) for prompt in comfy.queue if prompt.starts <= now]
                    pending = [told_of(prompt) for prompt in comfy.queue if prompt.starts > now]
                self._json(200, {"queue_running": running, "queue_pending": pending})
            case ["history", prompt_id]:
                prompt = comfy.history.get(prompt_id)
                self._json(200, {prompt_id: history_of(prompt)} if prompt else {})
            case ["view"]:
                query = {name: values[0] for name, values in parse_qs(url.query).items()}
                data = comfy.files.get((query["type"], query["filename"]))
                self._bytes(200 if data else 404, data or b"", "image/png")
            case ["system_stats"]:
                card = {"name": "cuda:0 Stand-In 24 GB", "type": "cuda", "vram_total": 24 * 2**30, "vram_free": 2**34}
                self._json(200, {"system": {"comfyui_version": "0.3.64"}, "devices": [card]})
            case ["models", folder]:
                known = folder in comfy.models
                self._json(200, sorted(comfy.models[folder])) if known else self._bytes(404, b"", "text/plain")
            case ["object_info", name]:
                known = name in CLASSES and name not in comfy.lacks
                self._json(200, {name: {"input": {}}} if known else {})
            case ["api", "jobs", prompt_id] if comfy.switches.jobs_api:
                self._job(prompt_id)
            case _:
                self._bytes(404, b"404: Not Found", "text/plain")

    def _job(self, prompt_id: str) -> None:
        comfy, now = self.comfy, time.monotonic()
        waiting = next((prompt for prompt in comfy.queue if prompt.id == prompt_id), None)
        if waiting:
            self._json(200, {"id": prompt_id, "status": "in_progress" if waiting.starts <= now else "pending"})
            return
        prompt = comfy.history.get(prompt_id)
        if prompt is None:
            self._json(404, {"error": "Job not found"})
            return
        told = history_of(prompt)
        status = "cancelled" if prompt.interrupted else "failed" if prompt.error else "completed"
        workflow = {"prompt": prompt.graph, "extra_data": prompt.extra_data}
        more = {"outputs": prompt.images, "execution_status": told["status"], "workflow": workflow}
        self._json(200, {"id": prompt_id, "status": status, **more})

    def _refused(self) -> bool:
        self.comfy.requests.append(f"{self.command} {urlsplit(self.path).path}")
        wanted = self.comfy.switches.token
        if wanted and self.headers.get("Authorization") != f"Bearer {wanted}":
            self._bytes(401, b"", "text/plain")
            return True
        return False

    def _json(self, status: int, told: Any) -> None:
        self._bytes(status, json.dumps(told).encode(), "application/json")

    def _bytes(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class ComfyStandIn(Machine):
    """The server, in threads of this process."""

    server: ThreadingHTTPServer | None = None
    port = 0

    def __enter__(self) -> ComfyStandIn:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen, on the port of before where there was one."""
        handler = type("BoundHandler", (Handler,), {"comfy": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Be away."""
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None
