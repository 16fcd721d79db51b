"""What a case plays: what goes wrong at a backend, and what worker, follower and clock do meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.utils import timezone

from staging import jobs, pipeline, renders, retries, steps, turns
from staging.models import Output, Render, Run, State
from tests.staging.backends.conformance.rigs import Rig
from tests.staging.runs import due_now, go, lease_is_over, listing, run_of


@dataclass
class Stage:
    """What a case plays on."""

    rig: Rig
    render: Render
    settings: Any

    @property
    def run(self) -> Run:
        return run_of(self.render)

    def rounds(self, count: int) -> None:
        """What worker and follower do, so many times, pauses left out."""
        for _ in range(count):
            due_now(self.render)
            go(self.render)

    def until_ended(self, seconds: float = 10) -> None:
        """Look after it until it has ended."""
        deadline = time.monotonic() + seconds
        while self.run.state == State.RUNNING and time.monotonic() < deadline:
            jobs.look_after(self.run.pk)
            time.sleep(0.05)


def troubled(name: str, times: int = -1, rounds: int = 1) -> Callable[[Stage], None]:
    def play(stage: Stage) -> None:
        stage.rig.trouble(name, times)
        stage.rounds(rounds)

    return play


def fine(stage: Stage) -> None:
    stage.rounds(1)


def away_once(stage: Stage) -> None:
    stage.rig.away(stage.settings)
    jobs.start_next()
    stage.rig.back(stage.settings)
    stage.rounds(1)


def away_for_good(stage: Stage) -> None:
    stage.rig.away(stage.settings)
    stage.rounds(4)


def away_in_mid_render(stage: Stage) -> None:
    stage.rig.slow(0.3)
    jobs.start_next()
    stage.rig.away(stage.settings)
    jobs.look_after(stage.run.pk)
    stage.rig.back(stage.settings)
    stage.rounds(1)
    stage.until_ended()


def worker_died_before_the_submit(stage: Stage) -> None:
    turns.claim()
    lease_is_over(stage.render)
    jobs.look_after(stage.run.pk)
    jobs.look_after(stage.run.pk)


def worker_died_before_the_handle_was_stored(stage: Stage) -> None:
    claimed = turns.claim()
    assert claimed is not None
    pipeline.submit(claimed)
    Run.objects.filter(pk=claimed.pk).update(handle="")
    lease_is_over(stage.render)
    jobs.look_after(claimed.pk)
    jobs.look_after(claimed.pk)


def two_workers_submit(stage: Stage) -> None:
    claimed = turns.claim()
    assert claimed is not None
    pipeline.submit(claimed)
    pipeline.submit(claimed)
    jobs.look_after(claimed.pk)


def taken_over_while_it_lives(stage: Stage) -> None:
    stage.rig.slow(0.5)
    jobs.start_next()
    lease_is_over(stage.render)
    jobs.look_after(stage.run.pk)
    stage.until_ended()


def slow(stage: Stage) -> None:
    stage.rig.slow(0.4)
    jobs.start_next()
    jobs.look_after(stage.run.pk)
    assert stage.run.state == State.RUNNING
    assert stage.run.progress > 0
    stage.until_ended()


def restarted(times: int) -> Callable[[Stage], None]:
    def play(stage: Stage) -> None:
        stage.rig.slow(60)
        for _ in range(times):
            due_now(stage.render)
            jobs.start_next()
            stage.rig.restart()
            jobs.look_after(stage.run.pk)
        stage.rig.slow(0)
        stage.rounds(1)

    return play


def gone_before_they_were_fetched(stage: Stage) -> None:
    jobs.start_next()
    found = steps.get(stage.run.pk)
    assert found is not None
    listed = listing(found)
    stage.rig.restart()
    pipeline.collect(found, listed)
    stage.rounds(1)


def cancelled_in_the_queue(stage: Stage) -> None:
    assert renders.cancel(stage.run)
    stage.rounds(1)


def cancelled_at_work(stage: Stage) -> None:
    stage.rig.slow(60)
    jobs.start_next()
    running = stage.run
    assert renders.cancel(running)
    jobs.stop(running.pk)
    jobs.look_after(running.pk)


def cancelled_on_its_way(stage: Stage) -> None:
    stage.rig.slow(60)
    claimed = turns.claim()
    assert claimed is not None
    assert renders.cancel(claimed)
    pipeline.submit(claimed)


def cancelled_while_its_pictures_are_fetched(stage: Stage) -> None:
    jobs.start_next()
    found = steps.get(stage.run.pk)
    assert found is not None
    listed = listing(found)
    assert renders.cancel(found)
    pipeline.collect(found, listed)


def cancelled_too_late(stage: Stage) -> None:
    stage.rounds(1)
    assert not renders.cancel(stage.run)


def looked_after_twice(stage: Stage) -> None:
    stage.rounds(1)
    jobs.look_after(stage.run.pk)
    jobs.look_after(stage.run.pk)


def two_workers_collect(stage: Stage) -> None:
    jobs.start_next()
    first, second = (steps.get(stage.run.pk) for _ in range(2))
    assert first is not None
    assert second is not None
    listed = listing(first)
    late = pipeline.collecting.collect(second, lambda: pipeline._fetch(second, listed))
    assert pipeline.collect(first, listed)
    assert not pipeline.finish(second, late)
    assert Output.objects.filter(run=first).count() == 2


def never_ends(stage: Stage) -> None:
    stage.rig.slow(1e6)
    jobs.start_next()
    overdue = timezone.now() - timedelta(seconds=stage.settings.RUN_TIME_LIMIT + pipeline.GRACE_SECONDS + 1)
    Run.objects.filter(render=stage.render).update(started_at=overdue)
    jobs.look_after(stage.run.pk)
    stage.rig.restart()
    stage.rig.slow(0)
    stage.rounds(1)


def out_of_time(stage: Stage) -> None:
    stage.rig.slow(60)
    jobs.start_next()
    Run.objects.filter(render=stage.render).update(first_started_at=timezone.now() - timedelta(hours=2))
    jobs.look_after(stage.run.pk)


def photo_lost(stage: Stage) -> None:
    default_storage.delete(stage.render.photo.picture.name)
    stage.rounds(1)


def waits_while_full(stage: Stage) -> None:
    stage.rig.trouble("busy", 5)
    stage.rounds(5)
    assert (stage.run.state, stage.run.tries) == (State.QUEUED, 0)
    stage.rounds(1)


def asked_again_by_support(stage: Stage) -> None:
    stage.rig.trouble("fails", 3)
    stage.rounds(3)
    assert stage.run.state == State.FAILED
    retries.retry(stage.render)
    stage.rounds(1)
