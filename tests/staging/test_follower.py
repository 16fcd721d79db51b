"""The follower: what it sees is written down, and an end is passed on at once, whatever the database does."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from billing.models import Account
from staging import jobs, pipeline, renders, wakeups
from staging.backends.base import Progress
from staging.briefs import Brief
from staging.follower import Follower
from staging.models import Photo, Run, State
from tests import serving
from tests.staging.stand_in import StandIn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def queue(settings: Any, tmp_path: Path, no_queue: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with serving.redis_server(tmp_path) as url:
        settings.REDIS_URL = url
        # A thread that outlived the test before may have asked for a connection in between.
        monkeypatch.setattr(wakeups, "_connection", None)
        yield


@contextlib.contextmanager
def following() -> Iterator[None]:
    """A follower at work, in a thread."""
    ready, found = threading.Event(), []

    async def follow() -> None:
        found.extend((Follower(), asyncio.get_running_loop()))
        ready.set()
        await found[0].run()

    thread = threading.Thread(target=lambda: (asyncio.run(follow()), connection.close()))
    thread.start()
    ready.wait(10)
    try:
        yield
    finally:
        found[1].call_soon_threadsafe(found[0].stop)
        thread.join(10)


def until(question: Callable[[], object], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not question():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def started(account: Account, photo: Photo, brief: Brief) -> Run:
    render = renders.request(account, photo, brief)
    jobs.start_next()
    return renders.latest_run(render)


def test_an_end_is_passed_on_while_the_progress_of_others_cannot_be_written(
    account: Account, photo: Photo, brief: Brief, engine: StandIn, queue: None
) -> None:
    engine.switches.seconds = 3.0
    run = started(account, photo, brief)
    jobs.queue().empty()
    with following():
        assert until(lambda: Run.objects.get(pk=run.pk).progress > 0, 2.5), "it is being watched"
        with transaction.atomic():
            # Whoever writes to the row (on SQLite: to any) waits for us now.
            Run.objects.filter(pk=run.pk).update(stage="held up")
            assert until(lambda: jobs.queue().count, 6)
            assert Run.objects.get(pk=run.pk).stage == "held up"
    assert [list(job.args) for job in jobs.queue().jobs] == [[run.pk]]


def test_the_progress_of_many_is_written_at_once_each_its_own_and_only_of_the_attempt_that_runs(
    account: Account, photo: Photo, brief: Brief, engine: StandIn, settings: Any
) -> None:
    engine.switches.seconds, settings.ENGINE_SLOTS = 60, 9
    runs = [started(account, photo, brief) for _ in range(4)]
    ended, again = runs[2].pk, runs[3].pk
    assert renders.cancel(runs[2])
    Run.objects.filter(pk=again).update(attempt=2)
    seen = {(run.pk, 1): Progress(0.2 * place, f"step {place}") for place, run in enumerate(runs, start=1)}
    with CaptureQueriesContext(connection) as asked:
        assert pipeline.note_progress({**seen, (0, 1): Progress(0.5, "no such run")}) == 2
    assert [query["sql"][:6] for query in asked if "staging_run" in query["sql"]] == ["UPDATE"]
    written = {run.pk: (run.progress, run.stage) for run in Run.objects.all()}
    assert written[runs[0].pk] == (pytest.approx(0.2), "step 1")
    assert written[runs[1].pk] == (pytest.approx(0.4), "step 2")
    assert written[ended] == written[again] == (0.0, "")
    assert Run.objects.get(pk=ended).state == State.CANCELLED


def test_a_strange_stage_is_written_as_it_is(account: Account, photo: Photo, brief: Brief, engine: StandIn) -> None:
    engine.switches.seconds = 60
    run = started(account, photo, brief)
    stage = "100 % {of} %s; it's 'done' \\ "
    assert pipeline.note_progress({(run.pk, 1): Progress(1.0, stage)}) == 1
    run.refresh_from_db()
    assert (run.stage, run.progress) == (stage, 0.99)
