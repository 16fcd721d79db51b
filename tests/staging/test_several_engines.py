"""Several engine servers behind one another's backs: who gets a picture, and what becomes of those of a dead one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from billing import ledger
from billing.models import Account
from config import health
from staging import jobs, pipeline, renders, routes, sources, turns
from staging.backends import engines
from staging.backends.base import Progress
from staging.briefs import Brief, Kind, RoomType, Style
from staging.models import Render, Run, State
from tests.staging import pictures, runs
from tests.staging.stand_in import EVERY_KIND, StandIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(settings: Any) -> Iterator[list[StandIn]]:
    """Two servers that take a minute for a picture."""
    for name, value in EVERY_KIND.items():
        setattr(settings, name, value)
    settings.ENGINE_GIVE_UP_SECONDS = 0
    with StandIn() as one, StandIn() as other:
        settings.ENGINE_URL, settings.ENGINE_TOKEN = f"{one.url},{other.url}", ""
        for engine in (one, other):
            engine.switches.seconds = 60
        yield [one, other]


def asked(account: Account, count: int) -> list[Render]:
    """So many renders, waiting for their turns."""
    photo = sources.accept(account, raw=pictures.encoded(pictures.room(288, 256)))
    brief = Brief(kind=Kind.STAGING, room_type=RoomType.LIVING, style=Style.MODERN)
    return [renders.request(account, photo, brief) for _ in range(count)]


def begin(account: Account, count: int) -> list[Run]:
    """So many renders, handed over."""
    asked(account, count)
    for _ in range(count):
        jobs.start_next()
    return list(Run.objects.order_by("pk"))


def test_pictures_go_where_there_is_room(account: Account, pair: list[StandIn]) -> None:
    assert turns.free_slots() == 4
    begin(account, 4)
    assert [len(engine.started) for engine in pair] == [2, 2]
    assert turns.free_slots() == 0


def test_a_dead_server_is_set_aside_and_tried_again(account: Account, pair: list[StandIn], settings: Any) -> None:
    pair[0].stop()
    begun = begin(account, 2)
    assert {run.state for run in begun} == {State.RUNNING}
    assert len(pair[1].started) == 2
    # One has two slots: nobody counts on those of the other.
    assert turns.free_slots() == 0
    assert health.Readiness({"engine": health._engine})()[0] == 200
    pair[0].start()
    assert turns.free_slots() == 0
    cache.clear()  # as ENGINE_SET_ASIDE_SECONDS later
    assert turns.free_slots() == 2
    begin(account, 2)
    assert len(pair[0].started) == 2


def test_what_a_dead_server_had_is_made_by_another_and_charged_once(account: Account, pair: list[StandIn]) -> None:
    (run,) = begin(account, 1)
    dead, alive = sorted(pair, key=lambda engine: not engine.started)
    dead.stop()
    alive.switches.seconds = 0
    pipeline.look_after(run.pk)  # not reached
    pipeline.look_after(run.pk)  # given up
    runs.due_now(run.render)
    jobs.start_next()
    run.refresh_from_db()
    assert (run.attempt, run.handle.partition(":")[0]) == (2, engines.name_of(alive.url))
    pipeline.look_after(run.pk)
    run.refresh_from_db()
    assert run.state == State.DONE
    assert ledger.balance(account) == 10 - 2


def test_a_worker_keeps_its_line_to_the_engine_and_takes_a_new_one_where_that_broke(
    account: Account, pair: list[StandIn], settings: Any
) -> None:
    engine, settings.ENGINE_URL = pair[0], pair[0].url
    engine.switches.seconds = 0
    first, second = asked(account, 2)
    jobs.start_next()
    pipeline.look_after(renders.latest_run(first).pk)
    # Handed over, asked how it stands and fetched; two pictures come side by side, by a line each.
    assert engine.server.accepted <= 2
    engine.stop()
    engine.start()
    jobs.start_next()
    pipeline.look_after(renders.latest_run(second).pk)
    assert [renders.status(render).status for render in (first, second)] == ["done", "done"]


def test_a_submit_that_is_repeated_finds_its_job_on_whichever_server_has_it(
    account: Account, pair: list[StandIn]
) -> None:
    (run,) = begin(account, 1)
    # As after a worker that died before it could write the handle down; the other server has more room now.
    Run.objects.filter(pk=run.pk).update(handle="")
    pipeline.look_after(run.pk)
    assert Counter(key for engine in pair for key in engine.started) == {run.idempotency_key: 1}
    run.refresh_from_db()
    assert isinstance(routes.ask(run.backend, lambda client: client.poll(run.handle)), Progress)


def test_a_job_of_the_time_when_there_was_one_server_is_found(
    account: Account, pair: list[StandIn], settings: Any
) -> None:
    both = settings.ENGINE_URL
    settings.ENGINE_URL = pair[1].url
    pair[1].switches.seconds = 0
    (run,) = begin(account, 1)
    assert run.handle == run.idempotency_key
    settings.ENGINE_URL = both
    pipeline.look_after(run.pk)
    run.refresh_from_db()
    assert run.state == State.DONE
    assert pair[0].started == []
