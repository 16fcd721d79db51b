"""A run whose worker, engine or finish was lost half-way is taken over, and never made or charged twice."""

from __future__ import annotations

import io
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from PIL import Image

from billing.models import Account
from staging import jobs, pipeline, renders, steps, turns
from staging.briefs import Brief
from staging.models import Output, Photo, Render, Role, Run, State
from tests.staging.runs import due_now, go, kinds, lease_is_over, listing, run_of
from tests.staging.stand_in import StandIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def render(account: Account, photo: Photo, brief: Brief) -> Render:
    return renders.request(account, photo, brief)


def test_a_worker_that_died_before_it_had_a_handle_is_taken_over_with_the_same_key(
    render: Render, engine: StandIn
) -> None:
    run = turns.claim()
    assert run is not None
    lease_is_over(render)
    jobs.look_after(run.pk)
    assert engine.puts == [run.idempotency_key]
    jobs.look_after(run.pk)
    assert renders.status(render).status == "done"


def test_a_worker_that_died_between_submit_and_handle_does_not_make_a_second_job(
    render: Render, engine: StandIn
) -> None:
    run = turns.claim()
    assert run is not None
    pipeline.submit(run)
    Run.objects.filter(pk=run.pk).update(handle="", backend="")
    jobs.look_after(run.pk)
    jobs.look_after(run.pk)
    assert engine.puts == [run.idempotency_key] * 2
    assert engine.started == [run.idempotency_key]
    assert renders.status(render).status == "done"


def test_a_job_that_lives_is_resumed_and_never_submitted_twice(render: Render, engine: StandIn) -> None:
    engine.switches.seconds = 60
    jobs.start_next()
    lease_is_over(render)
    jobs.look_after(run_of(render).pk)
    run = run_of(render)
    assert run.lease_until is not None
    assert run.lease_until > timezone.now()
    assert (run.attempt, len(engine.puts)) == (1, 1)


def test_a_job_that_the_engine_denies_knowing_is_submitted_as_the_next_attempt(render: Render, engine: StandIn) -> None:
    engine.switches.seconds = 60
    jobs.start_next()
    engine.forget()
    engine.switches.seconds = 0
    jobs.look_after(run_of(render).pk)
    due_now(render)
    go(render)
    assert renders.status(render).status == "done"
    assert engine.started == [f"{render.public_id}-1-1", f"{render.public_id}-1-2"]


def test_an_engine_out_of_reach_in_mid_render_is_asked_again_for_the_same_job(
    render: Render, engine: StandIn, settings: Any
) -> None:
    engine.switches.seconds = 60
    jobs.start_next()
    settings.ENGINE_URL = "http://127.0.0.1:9"
    jobs.look_after(run_of(render).pk)
    assert run_of(render).state == State.QUEUED
    settings.ENGINE_URL = engine.url
    due_now(render)
    jobs.start_next()
    run = run_of(render)
    assert (run.state, run.attempt, len(engine.puts)) == (State.RUNNING, 1, 1)


def test_a_job_that_never_ends_is_stopped(render: Render, engine: StandIn, settings: Any) -> None:
    engine.switches.seconds = 1e6
    jobs.start_next()
    overdue = timezone.now() - timedelta(seconds=settings.RUN_TIME_LIMIT + pipeline.GRACE_SECONDS + 1)
    Run.objects.filter(render=render).update(started_at=overdue)
    jobs.look_after(run_of(render).pk)
    assert engine.cancelled == [f"{render.public_id}-1-1"]
    assert run_of(render).error_code == ""
    assert run_of(render).attempt == 2


def test_what_was_said_of_an_earlier_attempt_changes_nothing(account: Account, render: Render, engine: StandIn) -> None:
    engine.switches.seconds = 60
    jobs.start_next()
    stale = steps.get(run_of(render).pk)
    assert stale is not None
    Run.objects.filter(pk=stale.pk).update(attempt=2)
    assert not pipeline.fail(stale, pipeline._LOST)
    assert not pipeline.finish(stale, [])
    assert not pipeline.again_or_fail(stale, pipeline._LOST)
    assert run_of(render).state == State.RUNNING
    assert kinds(account) == ["grant", "hold"]


def test_progress_never_goes_back_and_renews_the_lease(render: Render, engine: StandIn) -> None:
    engine.switches.seconds = 60
    jobs.start_next()
    run = run_of(render)
    lease_is_over(render)
    assert pipeline.note_progress({(run.pk, 1): pipeline.Progress(0.6, "tracing")})
    assert pipeline.note_progress({(run.pk, 1): pipeline.Progress(0.2, "tracing")})
    status = renders.status(render)
    assert (status.progress, status.stage) == (0.6, "tracing")
    assert run_of(render).lease_until > timezone.now()


def test_one_worker_collects_the_pictures(render: Render, engine: StandIn) -> None:
    jobs.start_next()
    run = steps.get(run_of(render).pk)
    assert run is not None
    Run.objects.filter(pk=run.pk).update(collecting_until=timezone.now() + timedelta(seconds=30))
    listed = listing(run)
    assert not pipeline.collect(run, listed)
    Run.objects.filter(pk=run.pk).update(collecting_until=timezone.now() - timedelta(seconds=1))
    assert pipeline.collect(run, listed)


@pytest.mark.django_db(transaction=True)
def test_a_worker_at_work_keeps_its_lease_however_long_it_takes(render: Render, engine: StandIn, settings: Any) -> None:
    settings.RUN_LEASE_SECONDS = 0.6
    engine.switches.send_seconds = 1.5
    jobs.start_next()
    over, late = threading.Event(), []

    def watch() -> None:
        try:
            while not over.wait(0.15):
                late.append(Run.objects.filter(state=State.RUNNING, lease_until__lt=timezone.now()).exists())
        finally:
            connection.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        jobs.look_after(run_of(render).pk)
    finally:
        over.set()
        watcher.join()
    assert len(late) >= 5
    assert not any(late)
    assert renders.status(render).status == "done"


def test_the_files_of_a_finish_that_came_second_are_deleted(render: Render, engine: StandIn) -> None:
    jobs.start_next()
    first, second = (steps.get(run_of(render).pk) for _ in range(2))
    assert first is not None
    assert second is not None
    listed = listing(first)
    late = pipeline.collecting.collect(second, lambda: pipeline._fetch(second, listed))
    assert pipeline.collect(first, listed)
    assert not pipeline.finish(second, late)
    assert Output.objects.filter(run=first).count() == 2
    for output in late:
        assert not output.master.storage.exists(output.master.name)


def test_pictures_carry_no_metadata_of_the_backend(render: Render, engine: StandIn) -> None:
    go(render)
    staged = Output.objects.get(run__render=render, role=Role.STAGED)
    data = staged.master.read()
    assert b"tEXt" not in data
    assert Image.open(io.BytesIO(data)).info == {}
