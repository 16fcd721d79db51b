"""A render that fails costs nothing, is tried again where that may help, and says why in words."""

from __future__ import annotations

from typing import Any

import pytest

from billing.models import Account
from staging import jobs, renders, sweeper
from staging.briefs import Brief
from staging.models import Output, Photo, RefusedOutput, Render, State
from tests.staging.runs import due_now, go, kinds, run_of
from tests.staging.stand_in import StandIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def render(account: Account, photo: Photo, brief: Brief) -> Render:
    return renders.request(account, photo, brief)


def test_a_room_that_cannot_be_read_fails_at_once_in_words_and_costs_nothing(
    account: Account, render: Render, engine: StandIn
) -> None:
    engine.switches.fail = {"class": "customer_input", "code": "room_unreadable", "message": "We see no floor here."}
    engine.switches.room = {"status": "manual"}
    go(render)
    assert run_of(render).record == {"room": {"status": "manual"}}
    error = renders.status(render).error
    assert error is not None
    assert (error.code, error.failure) == ("room_unreadable", "customer_input")
    assert error.message == "We see no floor here. Nothing was charged."
    assert kinds(account) == ["grant", "hold", "release"]
    assert engine.started == [f"{render.public_id}-1-1"]


def test_our_own_trouble_is_not_shown_to_customers(render: Render, engine: StandIn) -> None:
    engine.switches.fail = {"class": "misconfigured", "code": "no_tracer", "message": "libLLVM.so is missing"}
    go(render)
    error = renders.status(render).error
    assert error is not None
    assert "LLVM" not in error.message
    assert error.failure == "misconfigured"


def test_a_failure_that_passes_is_tried_again_as_the_next_attempt(
    account: Account, render: Render, engine: StandIn
) -> None:
    engine.switches.fail = {"class": "transient", "code": "child_died", "message": "the child died"}
    engine.switches.fail_times = 2
    for _ in range(3):
        due_now(render)
        go(render)
    assert renders.status(render).status == "done"
    assert engine.started == [f"{render.public_id}-1-{attempt}" for attempt in (1, 2, 3)]
    assert kinds(account) == ["grant", "hold", "settle"]


def test_three_failed_attempts_are_the_end(account: Account, render: Render, engine: StandIn) -> None:
    engine.switches.fail = {"class": "transient", "code": "child_died", "message": "The picture took too long."}
    for _ in range(4):
        due_now(render)
        go(render)
    assert len(engine.started) == 3
    assert renders.status(render).status == "error"
    assert kinds(account) == ["grant", "hold", "release"]


def test_a_retry_waits_for_its_time(render: Render, engine: StandIn) -> None:
    engine.switches.fail = {"class": "transient", "code": "child_died", "message": "the child died"}
    go(render)
    assert run_of(render).state == State.QUEUED
    jobs.start_next()
    assert run_of(render).state == State.QUEUED
    assert 0 < sweeper.pause() <= 5


def test_an_engine_that_is_down_fails_the_render_in_words_after_three_tries(
    account: Account, render: Render, settings: Any
) -> None:
    settings.ENGINE_URL = "http://127.0.0.1:9"
    for _ in range(3):
        due_now(render)
        jobs.start_next()
    run = run_of(render)
    assert (run.state, run.attempt, run.tries) == (State.FAILED, 1, 3)
    assert run.error_message == "The rendering engine cannot be reached at this moment. Nothing was charged."
    assert kinds(account) == ["grant", "hold", "release"]


def test_a_full_engine_is_waited_for_and_counts_as_no_try(render: Render, engine: StandIn) -> None:
    engine.switches.busy_times = 5
    for _ in range(6):
        due_now(render)
        go(render)
    assert renders.status(render).status == "done"
    assert engine.started == [f"{render.public_id}-1-1"]


@pytest.mark.parametrize(
    ("spoiled", "code"),
    [
        ("blank", "blank"),
        ("wrong_size", "wrong_size"),
        ("truncated", "undecodable"),
        ("text", "undecodable"),
        ("no_mask", "missing_picture"),
    ],
)
def test_a_picture_that_fails_our_checks_is_not_delivered_nor_charged(
    account: Account, render: Render, engine: StandIn, spoiled: str, code: str
) -> None:
    engine.switches.picture = spoiled
    go(render)
    run = run_of(render)
    assert (run.state, run.failure, run.error_code) == (State.FAILED, "nothing_usable", code)
    assert not Output.objects.exists()
    assert not RefusedOutput.objects.exists()
    assert kinds(account) == ["grant", "hold", "release"]
