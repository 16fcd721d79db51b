"""Real processes, killed in the middle of a render: nothing is lost and nothing is charged twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from billing import ledger
from billing.models import Account
from staging import renders, sources, wakeups
from staging.briefs import Brief
from staging.models import Output, Photo, Render, Run, State
from tests import serving
from tests.staging import pictures
from tests.staging.stack import Stack, stack

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_started")]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Iterator[Stack]:
    """Worker, follower and scheduler for all tests of this file: starting them takes longer than a test."""
    with django_db_blocker.unblock(), stack(tmp_path_factory.mktemp("stack")) as found:
        found.start("work", "follow", "schedule")
        yield found


@pytest.fixture(autouse=True)
def shared(running: Stack, settings: Any, monkeypatch: pytest.MonkeyPatch, no_queue: None) -> None:
    """The test's own requests use the stack's Redis and files."""
    settings.REDIS_URL = running.redis_url
    settings.STORAGES["default"]["OPTIONS"]["location"] = str(running.folder / "media")
    settings.STORAGES = dict(settings.STORAGES)
    settings.MEDIA_ROOT = running.folder / "media"
    monkeypatch.setattr(wakeups, "_connection", None)


@pytest.fixture
def engine_started(running: Stack, shared: None) -> Iterator[None]:
    """The engine, in which a job takes a second and a half."""
    # Progress is written once a second: a busy machine must not miss all of it.
    running.start_engine(seconds=2.5)
    yield
    running.kill("engine")


@pytest.fixture
def render(account: Account, brief: Brief) -> Render:
    photo: Photo = sources.accept(account, raw=pictures.encoded())
    return renders.request(account, photo, brief)


def run_of(render: Render) -> Run:
    return renders.latest_run(render)


def until(question: object, running: Stack, seconds: float = 40) -> None:
    """Wait until the callable says True; show the logs when it does not."""
    try:
        serving.wait_until(question, "", seconds)
    except AssertionError:
        pytest.fail(running.logs())


def is_running(render: Render) -> bool:
    run = run_of(render)
    return run.state == State.RUNNING and run.handle != ""


def is_done(render: Render) -> bool:
    return run_of(render).state == State.DONE


def assert_done_and_charged_once(render: Render, running: Stack) -> None:
    until(lambda: renders.status(render).status != "rendering", running)
    assert is_done(render), running.logs()
    assert Output.objects.filter(run__render=render).count() == 2
    assert [entry.kind for entry in ledger.statement(render.account)] == ["settle", "hold", "grant"]
    assert ledger.balance(render.account) == 8


def _told(subscription: Any, told: set[object], render: Render) -> bool:
    message = subscription.get_message(timeout=1)
    told.add(message["data"] if message else None)
    return render.public_id.encode() in told


def test_a_render_goes_through_all_processes_and_waiters_are_told(render: Render, running: Stack) -> None:
    with wakeups.connection().pubsub() as subscription:
        subscription.subscribe(wakeups.FINISHED)
        assert wakeups.wait_for(render, 40), running.logs()
        # A Redis server has one set of channels for all its databases: other tests' messages come here too.
        told: set[object] = set()
        until(lambda: _told(subscription, told, render), running)
    assert_done_and_charged_once(render, running)
    assert running.seen()["puts"] == [f"{render.public_id}-1-1"]


def test_progress_reaches_the_row_while_the_engine_works(render: Render, running: Stack) -> None:
    until(lambda: 0 < renders.status(render).progress < 1, running)
    assert renders.status(render).stage == "painting a rectangle"


def test_the_worker_is_killed(render: Render, running: Stack) -> None:
    until(lambda: is_running(render), running)
    running.kill("work")
    time.sleep(2)  # the picture is ready now, and nobody collects it
    assert not is_done(render)
    running.start("work")
    assert_done_and_charged_once(render, running)
    assert running.seen()["started"] == [f"{render.public_id}-1-1"]


def test_the_worker_is_killed_while_it_collects(render: Render, running: Stack) -> None:
    until(lambda: run_of(render).collecting_until is not None or is_done(render), running)
    running.kill("work")
    running.start("work")
    assert_done_and_charged_once(render, running)
    assert running.seen()["started"] == [f"{render.public_id}-1-1"]


def test_the_follower_is_killed(render: Render, running: Stack) -> None:
    until(lambda: is_running(render), running)
    running.kill("follow")
    # The sweeper notices that nobody renews the lease: even without a follower the render ends.
    assert_done_and_charged_once(render, running)
    running.start("follow")
    assert running.seen()["started"] == [f"{render.public_id}-1-1"]


def test_the_engine_is_killed_and_has_forgotten_the_job(render: Render, running: Stack) -> None:
    until(lambda: is_running(render), running)
    running.kill("engine")
    running.start_engine(seconds=0.2)
    assert_done_and_charged_once(render, running)
    assert run_of(render).attempt == 2
    assert running.seen()["started"] == [f"{render.public_id}-1-2"]


def test_all_are_killed_at_once(render: Render, running: Stack) -> None:
    until(lambda: is_running(render), running)
    running.kill("work", "follow", "schedule", "engine")
    running.start_engine(seconds=0.2)
    running.start("work", "follow", "schedule")
    assert_done_and_charged_once(render, running)


def test_wake_ups_are_lost(account: Account, brief: Brief, running: Stack, settings: Any) -> None:
    photo = sources.accept(account, raw=pictures.encoded())
    settings.REDIS_URL = "unix:///nowhere.sock"
    wakeups._connection = None
    render = renders.request(account, photo, brief)
    assert_done_and_charged_once(render, running)


def test_processes_end_when_they_are_asked_to(running: Stack) -> None:
    for name in ("work", "follow", "schedule"):
        assert running.stop(name) == 0, running.logs()
        running.start(name)
