"""How often a key may call, over the scripts themselves and over HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import redis
from django.test import Client

from billing import keys
from billing.models import Account
from staging import throttling, wakeups
from tests.serving import redis_server
from tests.staging.api.conversions.conftest import FIELDS
from tests.staging.api.conversions.conftest import uploaded as conversion_file
from tests.staging.api.renders.conftest import Caller


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def limits(server: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Redis, empty, and five calls at once on the Pro plan, then one in ten seconds."""
    settings.REDIS_URL = server
    monkeypatch.setattr(wakeups, "_connection", None)
    monkeypatch.setattr(throttling._Trouble, "until", 0.0)
    with redis.Redis.from_url(server) as client:
        client.flushdb()
    settings.API_RATES = {"default": (1000.0, 1000), "pro": (0.1, 5)}
    yield settings
    wakeups.connection().close()


def test_five_hundred_at_once_and_not_one_too_many(limits: Any) -> None:
    with ThreadPoolExecutor(16) as threads:
        standings = list(threads.map(lambda _: throttling.count(1, "pro", 1), range(500)))
    assert sum(standing.allowed for standing in standings if standing) == 5
    assert all(1 <= standing.retry_after <= 10 for standing in standings if standing and not standing.allowed)
    assert throttling.count(2, "pro", 1).allowed
    assert throttling.count(1, "pro_plus", 1).limit == 1000


def test_many_keys_of_one_account_share_its_limit(limits: Any) -> None:
    limits.API_RATES = {"default": (1000.0, 100)}
    limits.ACCOUNT_RATES = {"default": (0.1, 6)}
    standings = [throttling.count(key, "pro", 1) for key in (1, 2, 3) for _ in range(4)]
    assert sum(standing.allowed for standing in standings if standing) == 6
    last = standings[-1]
    assert last is not None
    assert last.by_account
    assert str(throttling.too_often(last)).startswith("The keys of this account together call too often")
    assert throttling.count(9, "pro", 2).allowed


def test_calls_come_back_one_by_one(limits: Any) -> None:
    limits.API_RATES = {"default": (20.0, 2)}
    assert [throttling.count(1, "pro", 1).allowed for _ in range(3)] == [True, True, False]
    time.sleep(0.06)
    assert [throttling.count(1, "pro", 1).allowed for _ in range(2)] == [True, False]


def test_polling_at_forty_a_second_is_normal_use(limits: Any) -> None:
    """By the defaults, for as long as one likes: what comes back in a second is more than what is used."""
    from config import settings as configured  # noqa: PLC0415

    assert all(rate > 2 * 40 for rate, _ in configured.API_RATES.values())
    limits.API_RATES = configured.API_RATES
    standings = []
    for _ in range(80):
        standings.append(throttling.count(1, "pro", 1))
        time.sleep(1 / 80)
    assert all(standing.allowed for standing in standings)
    assert standings[-1].remaining >= standings[-1].limit - 3


def test_a_place_is_given_back(limits: Any) -> None:
    limits.API_INTAKE = 2
    places = [throttling.take_place(7) for _ in range(2)]
    with pytest.raises(throttling.Throttled):
        throttling.take_place(7)
    throttling.take_place(8)
    throttling.give_back(7, places[0])
    throttling.take_place(7)


def test_every_answer_of_the_render_api_says_how_the_key_stands(limits: Any, caller: Caller) -> None:
    seen = [caller.get("/v1/ping") for _ in range(6)]
    assert [answer.status_code for answer in seen] == [200] * 5 + [429]
    assert [answer["RateLimit-Remaining"] for answer in seen] == ["4", "3", "2", "1", "0", "0"]
    assert {answer["RateLimit-Limit"] for answer in seen} == {"5"}
    assert 40 <= int(seen[-1]["RateLimit-Reset"]) <= 50
    body = seen[-1].json()
    assert (body["code"], body["error"]) == ("rate_limited", body["message"])
    assert 1 <= int(seen[-1]["Retry-After"]) <= 10
    assert "ratelimit-remaining" in seen[0]["Access-Control-Expose-Headers"]


def test_another_key_and_another_dialect(limits: Any, caller: Caller, account: Account) -> None:
    for _ in range(5):
        assert caller.get("/v1/options").status_code == 200
    other = Caller(keys.create(account, "other")[1])
    assert other.get("/v1/options").status_code == 200
    answer = Client().get("/results/", {"conversion": "x"}, headers=caller.headers)
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert answer.json()["detail"] == answer.json()["error"]
    assert answer["Retry-After"]


def test_a_request_is_counted_once_and_its_place_is_free_after_it(limits: Any, caller: Caller) -> None:
    limits.API_INTAKE = 1
    answers = [caller.create() for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["4", "3"]
    refused = caller.create(style="gothic")
    assert (refused.status_code, refused["RateLimit-Remaining"]) == (400, "2")
    taken = throttling.take_place(keys.verify(caller.headers["Authorization"].split()[1]).account_id)
    assert taken
    answer = caller.create()
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (429, "rate_limited", "1")
    answer = Client().post("/interior/", {"files": conversion_file(), **FIELDS}, headers=caller.headers)
    assert answer.status_code == 429


def test_a_redis_that_is_away_lets_everybody_in(
    limits: Any, caller: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    limits.REDIS_URL = f"unix://{tmp_path}/gone.sock"
    monkeypatch.setattr(wakeups, "_connection", None)
    answers = [caller.get("/v1/ping") for _ in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 8
    assert "RateLimit-Limit" not in answers[0]
    assert sum("throttles_off" in record.getMessage() for record in caplog.records) == 1
