"""Waiting for renders over real HTTP: many at once, and however the wait ends."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from billing import keys, ledger
from billing.models import Account
from staging.models import Photo, Render, Run, State
from tests import serving
from tests.config.conftest import fail_all
from tests.serving import Web, environment, wait_until
from tests.staging.api.renders.conftest import BRIEF, picture

pytestmark = pytest.mark.django_db(transaction=True)

PHOTO = picture()


@pytest.fixture
def headers(account: Account) -> dict[str, str]:
    """The headers of a caller with a key of `account`, who has credits for many renders."""
    ledger.grant(account, 1000, reference="holding")
    return {"Authorization": f"Api-Key {keys.create(account, 'holding')[1]}"}


@pytest.fixture
def background() -> Iterator[ThreadPoolExecutor]:
    """Threads that call while the test looks on."""
    with ThreadPoolExecutor(4) as threads:
        yield threads


def create(web: Web, headers: dict[str, str], **query: str) -> httpx.Response:
    """Ask for a picture, and wait for it."""
    url = f"{web.url}/v1/render/create"
    return serving.post(url, params={**BRIEF, **query}, files={"file": PHOTO}, headers=headers, timeout=60)


def poll(web: Web, headers: dict[str, str], render_id: str) -> httpx.Response:
    """Where a render stands."""
    return serving.get(f"{web.url}/v1/render", params={"render_id": render_id}, headers=headers)


def runs_exist(count: int = 1) -> bool:
    """Whether so many renders have been asked for."""
    return Run.objects.count() >= count


def test_a_wait_ends_with_the_render(
    web: Web, redis_url: str, headers: dict[str, str], background: ThreadPoolExecutor
) -> None:
    answer = background.submit(create, web, headers)
    wait_until(runs_exist, "the render")
    time.sleep(0.3)
    assert not answer.done()
    fail_all(redis_url)
    said = answer.result(4.0)  # by the message: sooner than rows are read again
    render = Render.objects.get()
    assert said.status_code == 500
    assert said.json() == {
        "error": "The room cannot be read.",
        "message": "The room cannot be read.",
        "code": "render_failed",
        "render_id": render.public_id,
        "status": "error",
    }
    assert "x-request-id" in said.headers
    assert poll(web, headers, render.public_id).json()["error"] == "The room cannot be read."


def test_a_lost_message_delays_a_wait_by_seconds_only(
    web: Web, redis_url: str, headers: dict[str, str], background: ThreadPoolExecutor
) -> None:
    answer = background.submit(create, web, headers)
    wait_until(runs_exist, "the render")
    fail_all(redis_url, tell=False)
    assert answer.result(15.0).status_code == 500


def test_two_hundred_wait_at_once_in_few_threads(
    web: Web, redis_url: str, headers: dict[str, str], background: ThreadPoolExecutor, account: Account
) -> None:
    count = 200

    async def ask() -> list[int]:
        limits = httpx.Limits(max_connections=count + 10)
        async with httpx.AsyncClient(limits=limits, timeout=120, headers=headers) as client:
            url = f"{web.url}/v1/render/create"
            asked = [client.post(url, params=BRIEF, files={"file": PHOTO}) for _ in range(count)]
            return [answer.status_code for answer in await asyncio.gather(*asked)]

    answers = background.submit(asyncio.run, ask())
    wait_until(lambda: runs_exist(count), "all renders", 120)
    assert web.threads() < 80
    started = time.monotonic()
    assert serving.get(f"{web.url}/v1/ping", headers=headers).status_code == 200
    assert time.monotonic() - started < 4.0
    fail_all(redis_url)
    assert answers.result(60) == [500] * count


def test_a_client_that_goes_away_leaves_its_render_alone(web: Web, headers: dict[str, str]) -> None:
    with pytest.raises(httpx.ReadTimeout):
        serving.post(
            f"{web.url}/v1/render/create",
            params=BRIEF,
            files={"file": PHOTO},
            headers=headers,
            timeout=httpx.Timeout(10, read=1.5),
        )
    wait_until(runs_exist, "the render")
    assert poll(web, headers, Render.objects.get().public_id).json()["status"] == "rendering"


def test_no_header_of_a_client_reaches_the_exchange(web: Web, headers: dict[str, str]) -> None:
    forged = {
        "openhouse.exchange": "x",
        "Openhouse-Exchange": "x",
        "X-Openhouse-Hold": "a" * 20,
        "X_Openhouse_Hold": "a" * 20,
    }
    answer = create(web, {**headers, **forged}, wait_for_completion="false")
    assert list(answer.json()) == ["render_id"]
    assert serving.post(f"{web.url}/v1/render/create", headers=forged).status_code == 401


def test_a_web_process_that_is_killed_loses_no_render(
    redis_url: str, headers: dict[str, str], background: ThreadPoolExecutor, tmp_path: Path, account: Account
) -> None:
    web = Web(tmp_path, environment(tmp_path, redis_url))
    web.start()
    try:
        answer = background.submit(create, web, headers)
        wait_until(runs_exist, "the render")
        balance = ledger.balance(account)
        web.kill(signal.SIGKILL)
        assert isinstance(answer.exception(20), httpx.TransportError)
        web.start()
        said = poll(web, headers, Render.objects.get().public_id)
        assert (said.status_code, said.json()["status"]) == (200, "rendering")
        assert (Run.objects.get().state, ledger.balance(account)) == (State.QUEUED, balance)
    finally:
        web.kill()


def test_a_web_process_that_is_stopped_tells_its_waiters_first(
    redis_url: str, headers: dict[str, str], background: ThreadPoolExecutor, tmp_path: Path
) -> None:
    web = Web(tmp_path, environment(tmp_path, redis_url))
    web.start()
    try:
        answer = background.submit(create, web, headers)
        wait_until(runs_exist, "the render")
        time.sleep(0.5)
        started = time.monotonic()
        web.kill(signal.SIGTERM)
        said = answer.result(10)
        assert time.monotonic() - started < 6
        assert (said.status_code, said.json()["code"]) == (504, "wait_timeout")
        assert said.json()["render_id"] == Render.objects.get().public_id
    finally:
        web.kill()


def test_a_wait_that_is_too_long_and_one_without_redis(
    headers: dict[str, str], background: ThreadPoolExecutor, tmp_path: Path
) -> None:
    nowhere = f"unix://{tmp_path}/nobody.sock"
    web = Web(tmp_path, environment(tmp_path, nowhere, WAIT_MAX_SECONDS="3"))
    web.start()
    try:
        late = create(web, headers)
        assert (late.status_code, late.json()["code"]) == (504, "wait_timeout")
        answer = background.submit(create, web, headers)
        wait_until(lambda: runs_exist(2), "the render")
        fail_all("", tell=False)
        assert answer.result(10).status_code == 500
        assert Photo.objects.count() == 1
    finally:
        web.kill()
