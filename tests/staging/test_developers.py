"""What the people behind a partner's code can see: the calls of their keys, and what became of their webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.test import Client

from billing.models import Account, Membership, User
from staging import calls, renders, wakeups, webhooks
from staging.models import Photo, WebhookDelivery
from tests.serving import redis_server
from tests.staging.api.conversions.conftest import FIELDS
from tests.staging.api.renders.conftest import Caller

LOG, HOOKS = "/developers/requests/", "/developers/webhooks/"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def log(server: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Redis, empty."""
    settings.REDIS_URL = server
    monkeypatch.setattr(wakeups, "_connection", None)
    calls._waiting.clear()
    with redis.Redis.from_url(server) as client:
        client.flushdb()
    yield
    calls._waiting.clear()
    wakeups.connection().close()


@pytest.fixture
def caller(api_key: str) -> Caller:
    return Caller(api_key)


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def seen(user: User, path: str = LOG, **query: str) -> str:
    calls.flush()
    answer = browser_of(user).get(path, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_calls_and_what_was_answered_are_there_to_be_seen(
    log: None, caller: Caller, owner: User, account: Account, api_key: str
) -> None:
    created = caller.create().json()["render_id"]
    caller.create(style="gothic")
    caller.get("/v1/render", render_id=created)
    Client().post("/interior/", {**FIELDS, "style": "gothic"}, headers=caller.headers)
    page = seen(owner)
    assert page.index("POST /interior/") < page.index(f"render_id={created}") < page.index("POST /v1/render/create")
    assert "Invalid style. Must be one of: modern" in page
    assert f"{api_key[:10]}…" in page
    refused = seen(owner, refused="1")
    assert "invalid_style" in refused
    assert f"GET /v1/render?render_id={created}" not in refused
    found = calls.latest(account.pk)
    assert [(call.method, call.path, call.status) for call in found] == [
        ("POST", "/interior/", 400),
        ("GET", "/v1/render", 200),
        ("POST", "/v1/render/create", 400),
        ("POST", "/v1/render/create", 200),
    ]
    assert [call.render_id for call in found[1::2]] == [created, created]
    assert all(len(call.request_id) == 32 for call in found)


def test_no_key_is_ever_written(log: None, caller: Caller, account: Account, api_key: str) -> None:
    Client().get("/v1/render", {"render_id": api_key, "k": api_key[3:]}, headers={"X-Api-Key": api_key})
    caller.create(style=api_key)
    caller.client.get(f"/v1/{api_key}", headers=caller.headers)
    calls.flush()
    kept = b"".join(wakeups.connection().lrange(f"openhouse:calls:{account.pk}", 0, -1))
    assert kept.count(b'"status"') == 2
    assert api_key[10:].encode() not in kept


def test_a_thousand_are_kept_and_a_refusal_outlives_polling(log: None, account: Account) -> None:
    def call(number: int, status: int = 200) -> calls.Call:
        return calls.Call(number, "GET", "/v1/render", "", status, 1, "oh_1234567", "id")

    calls.note(account.pk, call(0, 404))
    for number in range(1, 1301):
        calls.note(account.pk, call(number))
    calls.note(account.pk + 1, call(9))
    calls.flush()
    kept = [call.at for call in calls.latest(account.pk)]
    assert kept == list(range(1300, 300, -1))
    assert [call.at for call in calls.latest(account.pk, refused=True)] == [0]
    assert [call.at for call in calls.latest(account.pk + 1)] == [9]
    assert wakeups.connection().ttl(f"openhouse:calls:{account.pk}") > 24 * 3600


def test_calls_wait_for_a_redis_that_is_away(log: None, account: Account, settings: Any, server: str) -> None:
    settings.REDIS_URL, wakeups._connection = "unix:///nowhere.sock", None
    calls.note(account.pk, calls.Call(1, "GET", "/v1/ping", "", 200, 1, "oh_", "id"))
    calls.flush()
    settings.REDIS_URL, wakeups._connection = server, None
    calls.flush()
    assert [call.at for call in calls.latest(account.pk)] == [1]


def test_the_page_says_when_the_log_cannot_be_read(owner: User) -> None:
    assert "cannot be read at this moment" in browser_of(owner).get(LOG).content.decode()


def test_a_wait_that_ran_out_is_in_the_log(log: None, caller: Caller, account: Account, settings: Any) -> None:
    settings.WAIT_MAX_SECONDS = 0.01
    caller.create(wait_for_completion="true")
    calls.flush()
    assert [(call.status, bool(call.body)) for call in calls.latest(account.pk)] == [(504, True)]


@pytest.mark.parametrize("path", [LOG, HOOKS])
def test_owners_and_managers_alone_see_it(path: str, owner: User, team_mate: User, stranger: User) -> None:
    assert Client().get(path).status_code == 302
    assert browser_of(owner).get(path).status_code == 200
    assert browser_of(team_mate).get(path).status_code == 403
    Membership.objects.filter(user=team_mate).update(role=Membership.Role.MANAGER)
    assert browser_of(team_mate).get(path).status_code == 200
    assert "Other Realty" in browser_of(stranger).get(path).content.decode()


@pytest.fixture
def delivery(account: Account, photo: Photo, brief: Any) -> WebhookDelivery:
    """One that was tried twice and given up."""
    render = renders.request(account, photo, brief, webhook_url="https://partner.example/hook")
    run = renders.latest_run(render)
    delivery = WebhookDelivery.objects.create(run=run, state=WebhookDelivery.State.GIVEN_UP, tries=2)
    delivery.attempts.create(number=1, seconds=0.2, status=503)
    delivery.attempts.create(number=2, seconds=0.2, error="Nobody listens there.")
    return delivery


def test_attempts_are_there_to_be_seen(delivery: WebhookDelivery, owner: User, stranger: User) -> None:
    page = browser_of(owner).get(HOOKS).content.decode()
    assert page.index("answered 503") < page.index("Nobody listens there.")
    assert str(delivery.event_id) in page
    assert "given up" in page
    assert str(delivery.event_id) not in browser_of(stranger).get(HOOKS).content.decode()


def test_a_delivery_is_sent_again(delivery: WebhookDelivery, owner: User, stranger: User, team_mate: User) -> None:
    path = f"{HOOKS}{delivery.event_id}/again/"
    assert browser_of(stranger).post(path).status_code == 404
    assert browser_of(team_mate).post(path).status_code == 403
    assert webhooks.due() == []
    assert browser_of(owner).post(path).status_code == 302
    assert webhooks.due() == [delivery.pk]


def test_the_secret_is_the_accounts_and_can_be_renewed(owner: User, stranger: User, account: Account) -> None:
    old = webhooks.secret_of(account)
    assert old in browser_of(owner).get(HOOKS).content.decode()
    assert old not in browser_of(stranger).get(HOOKS).content.decode()
    assert browser_of(owner).post(f"{HOOKS}secret/").status_code == 302
    assert webhooks.secret_of(account) != old
    assert webhooks.secret_of(account) in browser_of(owner).get(HOOKS).content.decode()
