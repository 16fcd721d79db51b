"""One web process for the tests of a module, and renders for it to wait for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.utils import timezone

from staging import wakeups
from staging.models import Run, State
from tests.serving import Web, environment, redis_server

METRICS_TOKEN = "a scraper's token"


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis-protocol server."""
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(scope="module")
def web(django_db_setup: Any, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """The web process with short waits for silence, on the tests' database."""
    folder = tmp_path_factory.mktemp("web")
    more = {"BODY_MAX_BYTES": "400000", "FETCH_ALLOW_PRIVATE": "true", "RENDERS_IN_FLIGHT": "1000"}
    more["METRICS_TOKEN"] = METRICS_TOKEN
    more["ENGINE_URL"] = "http://127.0.0.1:9"  # nobody listens there
    process = Web(folder, environment(folder, redis_url, **more))
    process.start()
    yield process
    process.kill()


def fail_all(redis_url: str, *, tell: bool = True) -> None:
    """End every unfinished run as a worker does, and tell the waiters."""
    runs = list(Run.objects.filter(state__in=[State.QUEUED, State.RUNNING]).select_related("render"))
    Run.objects.filter(pk__in=[run.pk for run in runs]).update(
        state=State.FAILED,
        lease_until=None,
        finished_at=timezone.now(),
        error_code="room_unreadable",
        error_message="The room cannot be read.",
    )
    if tell:
        with redis.from_url(redis_url) as client:
            for run in runs:
                client.publish(wakeups.FINISHED, run.render.public_id)
