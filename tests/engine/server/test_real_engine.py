"""The server with its real tracing child: one job through, one child killed, and nothing left behind."""

import io
import os
import signal
import time
from pathlib import Path

import pytest
from PIL import Image

from staging.engine.modes.samples.rooms import LIVING

pytestmark = [pytest.mark.trace, pytest.mark.timeout(480)]
SHIPPED = Path(__file__).resolve().parents[3] / "config" / "static" / "samples"


@pytest.fixture(scope="module")
def photo():
    with Image.open(SHIPPED / "empty-living-room.jpg") as sample:
        buffer = io.BytesIO()
        sample.resize((396, 264)).save(buffer, "PNG")
    return buffer.getvalue()


def children_of(pid):
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for path in found for child in path.read_text().split()]


def test_a_killed_child_fails_one_job_and_the_next_one_works(start, photo):
    engine = start(module="staging.engine.server")
    brief, room = {"quality": "draft", "seed": 3}, LIVING.room.to_dict()
    engine.put("victim", photo=photo, brief=brief, room=room)
    deadline = time.monotonic() + 120
    while engine.get("victim", wait=5).json()["stage"] in ("waiting", "starting"):
        assert time.monotonic() < deadline
    (child,) = children_of(engine.process.pid)
    os.kill(child, signal.SIGKILL)
    error = engine.finished("victim")["error"]
    assert (error["class"], error["code"]) == ("transient", "engine_child_died")
    engine.put("next", photo=photo, brief=brief, room=room)
    body = engine.finished("next", 220)
    assert body["state"] == "done", body["error"]
    assert body["record"]["arrangement"]["pieces"]
    (tracing,) = children_of(engine.process.pid)
    assert engine.put("maps", photo=photo, brief={"purpose": "staging"}, room=room, lane="maps").status_code == 202
    drawn = engine.client.get("/v1/maps/maps", params={"wait": 60}).json()
    while drawn["state"] in ("queued", "running"):
        drawn = engine.client.get("/v1/maps/maps", params={"wait": 60}).json()
    assert [made["role"] for made in drawn["pictures"]] == ["mask", "depth", "lines"], drawn["error"]
    assert engine.client.get(body["pictures"][0]["url"]).content.startswith(b"\x89PNG")
    children = children_of(engine.process.pid)
    assert len(children) == 2
    assert tracing in children
    engine.stop()
    deadline = time.monotonic() + 5
    while any(Path(f"/proc/{child}").exists() for child in children):
        assert time.monotonic() < deadline
        time.sleep(0.05)
