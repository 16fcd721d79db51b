"""The engine's contract as its callers meet it: real HTTP against a real process."""

import hashlib
import io
import signal
import socket
import time

from PIL import Image

from staging import briefs
from staging.engine.modes import vocabulary
from tests.engine.server.conftest import png


def test_a_job_goes_from_queued_to_done_and_gives_its_pictures(engine):
    answer = engine.put("one", brief={"seed": 7})
    assert answer.status_code == 202
    assert answer.json()["id"] == "one"
    assert answer.json()["state"] in ("queued", "running")
    body = engine.finished("one")
    assert (body["state"], body["progress"], body["error"]) == ("done", 1.0, None)
    assert body["record"]["brief"]["seed"] == 7
    assert [p["role"] for p in body["pictures"]] == ["staged", "mask"]
    for picture in body["pictures"]:
        data = engine.client.get(picture["url"])
        assert data.headers["content-type"] == "image/png"
        assert hashlib.sha256(data.content).hexdigest() == picture["sha256"]
        assert Image.open(io.BytesIO(data.content)).size == (picture["width"], picture["height"])


def test_the_same_key_again_is_the_same_job(engine):
    first = engine.put("same", brief={"script": {"seconds": 0.4}})
    again = engine.put("same", brief={"script": {"seconds": 0.4}})
    assert (first.status_code, again.status_code) == (202, 202)
    made_at = engine.finished("same")["record"]["made_at"]
    done = engine.put("same", brief={"script": {"seconds": 0.4}})
    assert (done.status_code, done.json()["state"]) == (200, "done")
    assert engine.finished("same")["record"]["made_at"] == made_at


def test_the_same_key_with_another_body_is_a_conflict(engine):
    engine.put("taken")
    for other in (engine.put("taken", brief={"seed": 5}), engine.put("taken", photo=png(colour=(1, 2, 3)))):
        assert other.status_code == 409
        assert other.json()["error"]["code"] == "key_reused"


def test_a_full_queue_says_when_to_come_back(engine):
    slow = {"script": {"seconds": 3}}
    keys = ["full-0", "full-1", "full-2"]
    engine.put(keys[0], brief=slow)
    wait_for(lambda: engine.get(keys[0]).json()["state"] == "running")
    assert [engine.put(key, brief=slow).status_code for key in keys[1:]] == [202, 202]
    refused = engine.put("full-3")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.json()["error"] | {"message": ""} == {"class": "transient", "code": "queue_full", "message": ""}
    for key in reversed(keys):
        assert engine.client.delete(f"/v1/jobs/{key}").json()["state"] == "cancelled"


def test_cancelling_a_running_job_frees_the_engine(engine):
    engine.put("stopped", brief={"script": {"seconds": 30}})
    wait_for(lambda: engine.get("stopped").json()["state"] == "running")
    assert engine.client.delete("/v1/jobs/stopped").json()["state"] == "cancelled"
    assert engine.put("after").status_code == 202
    assert engine.finished("after", 5)["state"] == "done"
    assert engine.get("stopped").json()["state"] == "cancelled"


def test_unknown_jobs_and_pictures_are_404(engine):
    for answer in (engine.get("never"), engine.client.delete("/v1/jobs/never")):
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "unknown_job"
    engine.put("known")
    engine.finished("known")
    assert engine.client.get("/v1/jobs/known/pictures/emptied").status_code == 404


def test_waiting_answers_as_soon_as_something_changes(engine):
    engine.put("watched", brief={"script": {"seconds": 2}})
    seen, started = [], time.monotonic()
    while not seen or seen[-1]["state"] in ("queued", "running"):
        seen.append(engine.get("watched", wait=20).json())
    assert time.monotonic() - started < 5
    progress = [body["progress"] for body in seen]
    assert progress == sorted(progress)
    assert len(set(progress)) >= 5
    assert "tracing" in {body["stage"] for body in seen}


def test_who_waits_for_the_end_is_not_told_of_every_step(engine):
    engine.put("awaited", brief={"script": {"seconds": 1}})
    started = time.monotonic()
    assert engine.get("awaited", wait=20, until="end").json()["state"] == "done"
    assert 0.5 < time.monotonic() - started < 10


def test_waiting_ends_after_its_time(engine):
    engine.put("patient", brief={"script": {"seconds": 20}})
    wait_for(lambda: engine.get("patient").json()["state"] == "running")
    started = time.monotonic()
    assert engine.get("patient", wait=0.3).json()["state"] == "running"
    assert time.monotonic() - started < 1.5
    engine.client.delete("/v1/jobs/patient")


def test_failures_keep_their_class_code_and_sentence(engine):
    engine.put("refused", brief={"script": {"fail": True}})
    refused = engine.finished("refused")
    error = refused["error"]
    assert refused["record"] == {"room": {"box": {}}}
    assert (error["class"], error["code"]) == ("nothing_usable", "gate_ceiling")
    engine.put("late", brief={"script": {"seconds": 5}}, time_limit=0.5)
    assert engine.finished("late")["error"]["class"] == "transient"
    engine.put("broken", brief={"script": {"break": True}})
    assert engine.finished("broken")["error"]["code"] == "engine_error"
    engine.put("fine")
    assert engine.finished("fine")["state"] == "done"


def test_bad_requests_say_what_is_wrong(engine):
    cases = {
        "unsupported_kind": engine.put("bad", brief={"kind": "painting"}),
        "unsupported_room_type": engine.put("bad", brief={"room_type": "cellar"}),
        "unsupported_style": engine.put("bad", brief={"style": "baroque"}),
        "unsupported_quality": engine.put("bad", brief={"quality": "perfect"}),
        "bad_photo": engine.put("bad", photo=b"this is no picture"),
        "bad_job": engine.put("bad", brief={"seed": "seven"}),
        "bad_key": engine.put("-bad", brief={}),
    }
    for code, answer in cases.items():
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
        assert answer.json()["error"]["class"] == "customer_input"
        assert len(answer.json()["error"]["message"]) > 20
    files = {"photo": ("p", png(), "image/png")}
    assert engine.client.put("/v1/jobs/bad", data={"job": "{"}, files=files).status_code == 400
    assert engine.client.put("/v1/jobs/bad", json={"brief": {}}).status_code == 400
    assert engine.client.put("/v1/jobs/bad", data={"job": "{}"}).status_code == 400
    assert engine.get("bad").status_code == 404


def test_a_body_over_the_limit_is_413(engine):
    answer = engine.put("huge", photo=png() + b"\0" * 300_000)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body_too_large")


def test_capabilities_use_the_platforms_words(engine):
    said = engine.client.get("/v1/capabilities").json()
    assert set(said["kinds"]) == set(vocabulary.KINDS) <= {kind.value for kind in briefs.Kind}
    assert set(said["room_types"]) == set(briefs.STAGEABLE_ROOMS) == set(vocabulary.ROOM_TYPES)
    assert said["styles"] == [style.value for style in briefs.Style]
    assert said["qualities"] == ["draft", "standard", "best"]
    assert said["tracer"]["why"]
    assert said["queue"]["size"] == 2


def test_a_token_guards_everything_but_health(start):
    engine = start(token="tell-nobody")
    assert engine.client.get("/healthz").status_code == 200
    assert engine.client.get("/v1/capabilities").status_code == 401
    assert engine.put("one").status_code == 401
    good = {"Authorization": "Bearer tell-nobody"}
    assert engine.put("one", headers=good).status_code == 202
    assert engine.get("one").status_code == 401


def test_a_restarted_server_serves_what_was_finished_and_forgets_the_rest(start):
    first = start()
    first.put("kept")
    first.finished("kept")
    first.put("lost", brief={"script": {"seconds": 60}})
    wait_for(lambda: first.get("lost").json()["state"] == "running")
    first.process.kill()
    first.process.wait()
    second = start()
    body = second.get("kept").json()
    assert body["state"] == "done"
    picture = body["pictures"][0]
    assert hashlib.sha256(second.client.get(picture["url"]).content).hexdigest() == picture["sha256"]
    assert second.get("lost").status_code == 404
    assert second.put("lost").status_code == 202


def test_finished_jobs_are_forgotten_after_their_time(start):
    engine = start("--keep", "0.5")
    engine.put("short")
    engine.finished("short")
    time.sleep(0.6)
    assert engine.get("short").status_code == 404


def test_sigterm_lets_waiting_callers_go_and_ends_quickly(start):
    engine = start()
    engine.put("long", brief={"script": {"seconds": 600}})
    wait_for(lambda: engine.get("long").json()["state"] == "running", 60)
    with socket.create_connection(("127.0.0.1", engine.port), timeout=60) as caller:
        seen = engine.get("long").json()["progress"]
        caller.sendall(b"GET /v1/jobs/long?wait=500 HTTP/1.1\r\nHost: engine\r\n\r\n")
        # The server reads in the order in which things arrive: once it has answered this one, the caller waits.
        assert engine.get("long").json()["progress"] == seen
        # uvicorn raises the signal again once everything is shut down. Neither job nor wait was waited for.
        started = time.monotonic()
        assert engine.stop() in (0, -signal.SIGTERM)
        assert time.monotonic() - started < 60
        told = b"".join(iter(lambda: caller.recv(65536), b""))
    assert told.startswith(b"HTTP/1.1 200")
    assert b'"state"' in told


def wait_for(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
