"""What the contracts promise to keys: one render however often it is asked for, how often a key may call, whose turn
it is, and a log of what was answered."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import redis
from django.utils import timezone

from billing import keys, ledger
from billing.models import Account, ApiKey
from staging import calls, throttling, wakeups
from staging.models import Photo, Render, Run, Source, State
from tests import serving
from tests.staging import pictures
from tests.staging.api.contract.calling import (
    CREATE,
    FAILING_WIDTH,
    FIELDS,
    LIVING,
    NO_WAIT,
    PHOTO,
    RENDER,
    VARY,
    Partner,
    check_standing,
)
from tests.staging.stack import Stack

pytestmark = pytest.mark.django_db(transaction=True)
ORDER = {"Idempotency-Key": "order 17"}


@pytest.fixture
def stranger(url: str, stranger_account: Account) -> Partner:
    """A partner with a key of another account."""
    return Partner(url, keys.create(stranger_account, "other")[1])


def asked(partner: Partner, name: str = "room.jpg", photo: bytes = PHOTO, **more: str) -> httpx.Response:
    """A create under the key of ORDER, without waiting."""
    return partner.ask("POST", CREATE, params=NO_WAIT | more, files={"file": (name, photo)}, headers=ORDER)


def test_a_key_is_the_accounts_and_the_paths_and_knows_a_file_by_its_bytes(
    partner: Partner, stranger: Partner, account: Account
) -> None:
    first = asked(partner).json()
    assert asked(partner, name="other.png").json() == first
    assert asked(partner, photo=PHOTO + b"x").json()["code"] == "idempotency_conflict"
    assert asked(stranger).json() != first
    # Whether the answer is waited for is no other argument.
    waited = asked(partner, wait_for_completion="true").json()
    assert (waited["render_id"], waited["status"]) == (first["render_id"], "done")
    assert ledger.balance(account) == 8
    told = {"render_id": first["render_id"], "wait_for_completion": False}
    varied = [partner.ask("POST", VARY, json=told, headers=ORDER) for _ in range(2)]
    assert [(answer.status_code, answer.json()) for answer in varied] == [(200, first)] * 2
    other = partner.ask("POST", VARY, json=told | {"style": "coastal"}, headers=ORDER)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    assert len(partner.done(first["render_id"])["outputs"]) == 2


def test_of_many_equal_requests_at_once_one_render_is_made_and_charged(partner: Partner, account: Account) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: asked(partner), range(8)))
    assert {answer.status_code for answer in answers} == {200}, [answer.text for answer in answers]
    assert len({answer.json()["render_id"] for answer in answers}) == 1
    assert ledger.balance(account) == 8


def test_answers_that_were_waited_for_say_how_the_key_stands_and_are_for_every_origin(partner: Partner) -> None:
    bad = pictures.encoded(pictures.room(FAILING_WIDTH, 270))
    for photo, status in ((PHOTO, 200), (bad, 500)):
        answer = partner.ask("POST", CREATE, params=LIVING, files={"file": photo})
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, "*")
        check_standing(answer)


def test_a_key_that_calls_too_often_is_told_when_to_come_back(partner: Partner, behind: Stack) -> None:
    created = partner.ask("POST", CREATE, params=NO_WAIT, files={"file": PHOTO}).json()
    calls_of = [
        ("GET", "/v1/ping", {}),
        ("GET", RENDER, {"params": created}),
        ("POST", CREATE, {"params": NO_WAIT, "files": {"file": PHOTO}}),
        ("POST", "/interior/", {"data": FIELDS | {"uuid": "often"}, "files": {"files": PHOTO}}),
        ("POST", "/results/", {"json": {"conversion": "often"}}),
    ]
    key = ApiKey.objects.get(account__members__email="owner@example.com")
    with redis.Redis.from_url(behind.redis_url) as client:
        # As after many more calls than it may make: the bucket is empty for the next seven seconds.
        burst_ms = 1000 * 300 / 100
        client.set(f"{throttling._PREFIX}:key:{key.pk}", time.time() * 1000 + burst_ms + 7000, px=60_000)
        for method, path, how in calls_of:
            answer = partner.ask(method, path, **how)
            assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited"), path
            assert 1 <= int(answer.headers["retry-after"]) <= 8
            assert answer.headers["ratelimit-remaining"] == "0"
            check_standing(answer)
        client.delete(f"{throttling._PREFIX}:key:{key.pk}")
    assert partner.ask("GET", "/v1/ping").status_code == 200


def test_the_log_tells_what_was_answered_and_why_not(
    partner: Partner, account: Account, behind: Stack, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = behind.redis_url
    monkeypatch.setattr(wakeups, "_connection", None)
    done = partner.create()
    partner.ask("GET", RENDER, params={"render_id": done["render_id"]})
    bad = pictures.encoded(pictures.room(FAILING_WIDTH, 270))
    failed = partner.ask("POST", CREATE, params=LIVING, files={"file": bad})
    partner.ask("POST", "/interior/", data=FIELDS | {"uuid": "x", "style": "gothic"}, files={"files": PHOTO})
    partner.ask("POST", CREATE, params=LIVING, files={"file": b"hello"})
    serving.wait_until(lambda: len(calls.latest(account.pk)) == 5, "the log", 10)
    found = calls.latest(account.pk)[::-1]
    assert [(call.method, call.path, call.status) for call in found] == [
        ("POST", CREATE, 200),
        ("GET", RENDER, 200),
        ("POST", CREATE, 500),
        ("POST", "/interior/", 400),
        ("POST", CREATE, 400),
    ]
    assert [call.render_id for call in found[:2]] == [done["render_id"]] * 2
    assert found[2].body == failed.text
    assert "invalid_style" in found[3].body
    assert found[4].detail
    assert [call.status for call in calls.latest(account.pk, refused=True)] == [400, 400, 500]


def test_a_thousand_of_one_account_delay_anothers_first_by_one_render(
    partner: Partner, stranger: Partner, account: Account
) -> None:
    partner.done(partner.ask("POST", CREATE, params=NO_WAIT, files={"file": PHOTO}).json()["render_id"])
    photo, first = Photo.objects.get(account=account), Run.objects.get(account=account)
    renders = Render.objects.bulk_create(
        Render(account=account, photo=photo, source=Source.DASHBOARD, brief_json=first.brief_json) for _ in range(1000)
    )
    Run.objects.bulk_create(Run(render=render, account=account, brief_json=first.brief_json) for render in renders)
    mine = Run.objects.filter(account=account)
    try:
        # The sweeper finds them, and the line moves.
        serving.wait_until(lambda: mine.filter(state=State.DONE).count() > 3, "the thousand", 30)
        created = stranger.ask("POST", CREATE, params=NO_WAIT, files={"file": PHOTO}).json()
        since = timezone.now()
        assert stranger.done(created["render_id"])["status"] == "done"
        assert mine.filter(state=State.QUEUED).count() > 900
        theirs = Run.objects.get(render__public_id=created["render_id"])
        before = mine.filter(first_started_at__gt=since, first_started_at__lt=theirs.first_started_at)
        assert before.count() <= 1
    finally:
        mine.filter(state=State.QUEUED).update(state=State.CANCELLED, finished_at=timezone.now())
        serving.wait_until(lambda: not mine.filter(state=State.RUNNING).exists(), "the last of them", 30)


def test_a_repeated_request_is_answered_as_at_first_whatever_came_later(partner: Partner, account: Account) -> None:
    def plain(answer: httpx.Response) -> dict[str, Any]:
        """Without signatures, which are fresh."""
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return {
            name: [url.partition("?")[0] for url in value] if name == "outputs" else value
            for name, value in body.items()
        } | {"result_image_url": body["result_image_url"].partition("?")[0]}

    def create() -> dict[str, Any]:
        return plain(partner.ask("POST", CREATE, params=LIVING, files={"file": PHOTO}, headers=ORDER))

    first = create()

    def vary(**headers: str) -> dict[str, Any]:
        return plain(partner.ask("POST", VARY, params={"render_id": first["render_id"]}, headers=headers))

    varied = vary(**ORDER)
    assert vary()["result_image_url"] != varied["result_image_url"]
    assert (create(), vary(**ORDER)) == (first, varied)
    # Nor does a later one that failed take away what was made.
    Run.objects.filter(account=account, number=3).update(state=State.FAILED, error_message="No.")
    assert (create(), vary(**ORDER)) == (first, varied)
    assert len(partner.done(first["render_id"])["outputs"]) == 3
