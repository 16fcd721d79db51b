"""What the sweeper finds again."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rq.registry import StartedJobRegistry

from billing.models import Account
from staging import jobs, renders, sources, sweeper, wakeups
from staging.briefs import Brief
from staging.models import Photo, Render, Run, State
from staging.worker import Work
from tests import serving
from tests.staging.stand_in import StandIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def redis_server(tmp_path: Any, settings: Any, no_queue: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Redis with nothing in it."""
    with serving.redis_server(tmp_path) as url:
        settings.REDIS_URL = url
        monkeypatch.setattr(wakeups, "_connection", None)
        jobs.queue().empty()
        yield


@pytest.fixture
def render(account: Account, photo: Photo, brief: Brief) -> Render:
    return renders.request(account, photo, brief)


def queued() -> list[tuple[str, tuple[int, ...]]]:
    return [(job.func_name.rsplit(".", 1)[1], tuple(job.args)) for job in jobs.queue().jobs]


def test_a_due_run_is_woken_and_one_that_waits_is_not(render: Render, redis_server: None) -> None:
    assert sweeper.wake() == 1
    assert queued() == [("start_next", ())]
    Run.objects.update(not_before=timezone.now() + timedelta(seconds=3))
    assert sweeper.wake() == 0
    assert 1 < sweeper.pause() <= 3


def test_no_more_are_woken_than_there_are_slots(
    account: Account, photo: Photo, brief: Brief, redis_server: None, settings: Any
) -> None:
    for _ in range(4):
        renders.request(account, photo, brief)
    assert sweeper.wake() == settings.ENGINE_SLOTS == 2


def test_a_lease_that_ran_out_is_taken_over_once(render: Render, engine: StandIn, redis_server: None) -> None:
    engine.switches.seconds = 60
    jobs.start_next()
    jobs.queue().empty()
    assert sweeper.take_over() == 0
    run = renders.latest_run(render)
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert sweeper.take_over() == 1
    assert sweeper.take_over() == 0
    assert queued() == [("look_after", (run.pk,))]


@pytest.mark.django_db(transaction=True)
def test_a_lost_queue_costs_nothing_but_time(render: Render, engine: StandIn, redis_server: None) -> None:
    assert queued() == []  # Redis was away when the render was asked for
    sweeper.sweep()
    Work().run(burst=True)
    Run.objects.filter(render=render).update(lease_until=timezone.now() - timedelta(seconds=1))
    jobs.queue().empty()
    sweeper.sweep()
    Work().run(burst=True)
    assert renders.status(render).status == "done"


def test_a_wake_up_whose_worker_was_killed_is_cleaned_away(redis_server: None) -> None:
    queue = jobs.queue()
    job = queue.enqueue_call(jobs.start_next, timeout=1)
    registry = StartedJobRegistry(queue.name, connection=queue.connection, serializer=queue.serializer)
    queue.empty()
    job.save()
    queue.connection.zadd(registry.key, {f"{job.id}:execution": time.time() - 100})
    sweeper.clean_queue()
    assert queue.connection.zcard(registry.key) == 0


def test_the_sweep_goes_on_when_redis_is_away(render: Render) -> None:
    leftover = sources.temporary_folder() / "photo-left"
    leftover.mkdir()
    os.utime(leftover, (1, 1))
    fresh = sources.temporary_folder() / "fetched-now"
    fresh.write_bytes(b"x")
    sweeper.sweep()
    assert not leftover.exists()
    assert fresh.exists()


@pytest.mark.django_db(transaction=True)
def test_a_job_that_fails_by_mistake_does_not_end_the_worker(
    render: Render, redis_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("staging.pipeline.take_up", lambda run: 1 / 0)
    before = jobs.queue().failed_job_registry.count
    jobs.enqueue(jobs.start_next)
    Work().run(burst=True)
    assert renders.latest_run(render).state == State.RUNNING
    assert jobs.queue().failed_job_registry.count == before + 1
