"""Real engine servers in processes of their own, and clients for them."""

import contextlib
import io
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from PIL import Image

REPOSITORY = Path(__file__).resolve().parents[3]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Engine:
    """One server process."""

    def __init__(self, work_dir, *arguments, token="", module="tests.engine.server.scripted"):
        self.port = free_port()
        command = [sys.executable, "-m", module, "--port", str(self.port), "--work-dir", str(work_dir), *arguments]
        self.log = Path(work_dir).parent / f"engine-{self.port}.log"
        with self.log.open("wb") as log:
            environment = {**os.environ, "OMP_NUM_THREADS": "2", "ENGINE_TOKEN": token}
            self.process = subprocess.Popen(command, cwd=REPOSITORY, stderr=log, env=environment)
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=90)

    def ready(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            with contextlib.suppress(httpx.TransportError):
                self.client.get("/healthz").raise_for_status()
                return self
            time.sleep(0.05)
        raise AssertionError("the engine did not start")

    def put(self, key, *, photo=None, mask=None, headers=None, lane="jobs", **changes):
        job = {"brief": {"kind": "staging", "room_type": "living", "style": "modern"} | changes.pop("brief", {})}
        files = {"photo": ("photo.png", photo or png(), "image/png")}
        if mask is not None:
            files["mask"] = ("mask.png", mask, "image/png")
        return self.client.put(
            f"/v1/{lane}/{key}", data={"job": json.dumps(job | changes)}, files=files, headers=headers
        )

    def get(self, key, wait=0.0, **query):
        return self.client.get(f"/v1/jobs/{key}", params={"wait": wait, **query})

    def finished(self, key, seconds=30):
        deadline = time.monotonic() + seconds
        while (body := self.get(key, wait=5).json())["state"] in ("queued", "running"):
            assert time.monotonic() < deadline, body
        return body

    def stop(self):
        self.client.close()
        self.process.terminate()
        return self.process.wait(60)


def png(width=64, height=48, colour=(120, 130, 140)):
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def start(tmp_path):
    started = []

    def start(*arguments, **options):
        engine = Engine(tmp_path / "work", *arguments, **options)
        started.append(engine)
        return engine.ready()

    yield start
    for engine in started:
        if engine.process.poll() is None:
            engine.stop()


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    engine = Engine(tmp_path_factory.mktemp("engine") / "work", "--queue-size", "2", "--body-limit", "200000").ready()
    yield engine
    engine.stop()
