"""The client of the engine's HTTP contract, against the stand-in: every answer becomes one of the four classes."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from staging.backends import engine_http
from staging.backends.base import Backend, BackendError, Failed, FailureClass, Job, Picture, Pictures, Progress, Unknown
from tests.staging import pictures
from tests.staging.stand_in import EVERY_KIND, StandIn

T = TypeVar("T")

JOB = Job(photo=pictures.encoded(format="PNG"), brief={"kind": "staging", "seed": 3}, time_limit=60, focal_35mm=24.0)


def ask(engine: StandIn | str, question: Callable[[Backend], Awaitable[T]], **options: Any) -> T:
    """Ask one thing of the backend."""
    url = engine if isinstance(engine, str) else engine.url

    async def asked() -> T:
        async with engine_http.connect(url, **options) as backend:
            return await question(backend)

    return asyncio.run(asked())


def refused(engine: StandIn | str, question: Callable[[Backend], Awaitable[object]], **options: Any) -> Failed:
    with pytest.raises(BackendError) as caught:
        ask(engine, question, **options)
    return caught.value.failed


def submit(key: str = "k-1-1", job: Job = JOB) -> Callable[[Backend], Awaitable[str]]:
    return lambda backend: backend.submit(job, key)


def poll(wait: float = 0.0) -> Callable[[Backend], Awaitable[Progress | Pictures | Failed | Unknown]]:
    return lambda backend: backend.poll("k-1-1", wait)


def fetch(listed: Pictures) -> Callable[[Backend], Awaitable[Pictures]]:
    return lambda backend: backend.fetch("k-1-1", lambda: JOB, listed)


def listing(engine: StandIn | str) -> Pictures:
    """What the backend lists of the job, which is done."""
    listed = ask(engine, poll())
    assert isinstance(listed, Pictures)
    return listed


def test_a_job_goes_in_once_however_often_it_is_sent(engine: StandIn) -> None:
    assert ask(engine, submit()) == ask(engine, submit()) == "k-1-1"
    assert (engine.puts, engine.started) == (["k-1-1"] * 2, ["k-1-1"])
    assert engine.jobs["k-1-1"].told["focal_35mm"] == 24.0
    assert engine.jobs["k-1-1"].photo == JOB.photo


def test_the_same_key_for_another_job_is_our_mistake(engine: StandIn) -> None:
    ask(engine, submit())
    failed = refused(engine, submit(job=dataclasses.replace(JOB, time_limit=61)))
    assert (failed.failure, failed.code) == (FailureClass.MISCONFIGURED, "key_conflict")


def test_progress_then_pictures(engine: StandIn) -> None:
    engine.switches.seconds = 1.0
    ask(engine, submit())
    first = ask(engine, poll())
    assert isinstance(first, Progress)
    assert 0 <= first.fraction < 1
    assert first.stage == "painting a rectangle"
    while isinstance(ask(engine, poll(2)), Progress):
        pass
    done = listing(engine)
    assert [(picture.role, picture.data) for picture in done.pictures] == [("staged", b""), ("mask", b"")]
    asked = len(engine.gets)
    fetched = ask(engine, fetch(done))
    # What is listed is fetched, and the list not once more.
    assert sorted(engine.gets[asked:]) == [f"/v1/jobs/k-1-1/pictures/{role}" for role in ("mask", "staged")]
    assert all(picture.data.startswith(b"\x89PNG") for picture in fetched.pictures)
    assert fetched.record["engine"] == "stand-in"


def test_a_long_poll_answers_as_soon_as_the_job_has_ended_and_not_for_every_step(engine: StandIn) -> None:
    engine.switches.seconds = 0.5
    ask(engine, submit())
    began = time.monotonic()
    assert isinstance(ask(engine, poll(20)), Pictures)
    assert time.monotonic() - began < 5


def test_a_job_that_is_unknown_or_was_cancelled_elsewhere_may_be_submitted_again(engine: StandIn) -> None:
    assert ask(engine, poll()) == Unknown()
    engine.switches.seconds = 60
    ask(engine, submit())
    ask(engine, lambda backend: backend.cancel("k-1-1"))
    assert ask(engine, poll()) == Unknown()
    ask(engine, lambda backend: backend.cancel("never heard of"))


@pytest.mark.parametrize("failure", list(FailureClass))
def test_the_engines_own_class_decides(engine: StandIn, failure: FailureClass) -> None:
    engine.switches.fail = {"class": failure.value, "code": "why", "message": "Because."}
    ask(engine, submit())
    assert ask(engine, poll()) == Failed(failure, "why", "Because.")


def test_a_failure_without_a_class_may_pass(engine: StandIn) -> None:
    engine.switches.fail = {"message": "hm"}
    ask(engine, submit())
    answer = ask(engine, poll())
    assert isinstance(answer, Failed)
    assert answer.failure == FailureClass.TRANSIENT


@pytest.mark.parametrize(
    ("status", "failure", "code"),
    [
        (400, FailureClass.TRANSIENT, "refused"),
        (401, FailureClass.MISCONFIGURED, "engine_refuses_token"),
        (403, FailureClass.MISCONFIGURED, "engine_refuses_token"),
        (409, FailureClass.MISCONFIGURED, "key_conflict"),
        (413, FailureClass.MISCONFIGURED, "photo_too_large_for_engine"),
        (418, FailureClass.TRANSIENT, "refused"),
        (429, FailureClass.TRANSIENT, "engine_busy"),
        (500, FailureClass.TRANSIENT, "engine_error"),
        (502, FailureClass.TRANSIENT, "engine_error"),
        (503, FailureClass.TRANSIENT, "engine_busy"),
    ],
)
def test_what_a_refused_submit_means(engine: StandIn, status: int, failure: FailureClass, code: str) -> None:
    engine.switches.error_times, engine.switches.error_status = 1, status
    failed = refused(engine, submit())
    assert (failed.failure, failed.code) == (failure, code)


def test_a_full_engine_says_when_to_come_back(engine: StandIn) -> None:
    engine.switches.busy_times = 1
    assert refused(engine, submit()).retry_after == 1.0


def test_the_token_is_sent(engine: StandIn) -> None:
    engine.switches.token = "sesame"
    assert refused(engine, submit()).failure == FailureClass.MISCONFIGURED
    assert ask(engine, submit(), token="sesame") == "k-1-1"


def test_an_engine_that_is_not_there_may_come_back() -> None:
    listed = Pictures((Picture("staged", b""),))
    for question in (submit(), poll(), fetch(listed), lambda backend: backend.capabilities()):
        failed = refused("http://127.0.0.1:9", question)
        assert (failed.failure, failed.code) == (FailureClass.TRANSIENT, "engine_unreachable")


def test_something_else_that_listens_there(httpserver: Any) -> None:
    httpserver.expect_request("/v1/jobs/k-1-1").respond_with_data("<html>hello</html>", content_type="text/html")
    assert refused(httpserver.url_for("").rstrip("/"), poll()).failure == FailureClass.TRANSIENT


def test_a_picture_that_is_too_large_or_damaged_is_refused(engine: StandIn, httpserver: Any) -> None:
    ask(engine, submit())
    failed = refused(engine, fetch(listing(engine)), max_picture_bytes=100)
    assert failed.failure == FailureClass.NOTHING_USABLE
    told = {"state": "done", "pictures": [{"role": "staged", "sha256": "0" * 64}], "record": {}}
    httpserver.expect_request("/v1/jobs/k-1-1").respond_with_json(told)
    httpserver.expect_request("/v1/jobs/k-1-1/pictures/staged").respond_with_data(b"changed on the way")
    url = httpserver.url_for("").rstrip("/")
    failed = refused(url, fetch(listing(url)))
    assert (failed.failure, failed.code) == (FailureClass.TRANSIENT, "picture_damaged")


def test_pictures_that_are_gone_by_the_time_they_are_fetched(engine: StandIn) -> None:
    ask(engine, submit())
    listed = listing(engine)
    engine.forget()
    assert refused(engine, fetch(listed)).code == "pictures_gone"
    engine.switches.seconds = 60
    ask(engine, submit())
    assert refused(engine, fetch(listed)).code == "pictures_gone"


def test_capabilities(engine: StandIn) -> None:
    assert ask(engine, lambda backend: backend.capabilities())["kinds"] == EVERY_KIND["ENGINE_KINDS"]
