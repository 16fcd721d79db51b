"""Who may call the Render API, and what everybody is told alike."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
import time_machine
from django.utils import timezone

from billing import accounts, keys, ledger
from billing.models import Account, ApiKey
from staging.models import Photo
from tests.staging.api.renders.conftest import Caller

PATHS = ("/v1/ping", "/v1/options", "/v1/render?render_id=x")


@pytest.mark.parametrize("path", PATHS)
def test_a_call_without_a_key_is_told_how_to_come_in(
    path: str, nobody: Caller, said: Callable[..., None], db: None
) -> None:
    answer = nobody.get(path)
    said(answer, 401, "invalid_api_key", "Invalid API key")
    assert answer["WWW-Authenticate"] == "Api-Key"


@pytest.mark.parametrize("scheme", ["Api-Key", "Api-key", "api-key", "Bearer", "Token"])
def test_a_key_is_known_under_every_scheme(scheme: str, api_key: str) -> None:
    caller = Caller("")
    caller.headers = {"Authorization": f"{scheme} {api_key}"}
    assert caller.get("/v1/ping").status_code == 200


def test_a_key_is_known_in_its_own_header(api_key: str) -> None:
    caller = Caller("")
    caller.headers = {"X-Api-Key": api_key}
    assert caller.get("/v1/ping").status_code == 200


def test_a_wrong_and_a_revoked_key_are_refused(account: Account, api_key: str, said: Callable[..., None]) -> None:
    said(Caller("oh_" + "x" * 43).get("/v1/ping"), 401, "invalid_api_key")
    keys.revoke(ApiKey.objects.get(account=account))
    said(Caller(api_key).get("/v1/ping"), 401, "invalid_api_key")


def test_a_plan_without_the_api_is_told_so(account: Account, caller: Caller, said: Callable[..., None]) -> None:
    accounts.change_plan(account, "free")
    said(caller.get("/v1/ping"), 403, "plan_without_api", "no API access")
    said(caller.create(), 403, "plan_without_api")
    assert not Photo.objects.exists()


def test_who_calls_is_settled_before_the_image_is_looked_at(
    nobody: Caller, said: Callable[..., None], db: None
) -> None:
    said(nobody.create(file=None), 401, "invalid_api_key")
    assert not Photo.objects.exists()


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/", "/v1", "/v2/render", "/v1/render/create/x", "/v1/ping/x/"])
def test_an_unknown_path_is_a_json_404_for_anybody(
    path: str, nobody: Caller, caller: Caller, said: Callable[..., None]
) -> None:
    for who in (nobody, caller):
        said(who.get(path), 404, "not_found")
        said(who.post(path), 404, "not_found")


def test_a_wrong_method_is_a_json_405_that_names_the_right_ones(caller: Caller, said: Callable[..., None]) -> None:
    answer = caller.get("/v1/render/create")
    said(answer, 405, "method_not_allowed")
    assert "POST" in answer["Allow"]


@pytest.mark.parametrize("path", ["/v1/ping", "/v1/render/create", "/v1/render", "/v1/nothing"])
def test_a_page_of_any_origin_may_ask_what_it_may_send(path: str, nobody: Caller) -> None:
    answer = nobody.client.options(path, headers={"Origin": "https://partner.example"})
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "*"
    allowed = answer["Access-Control-Allow-Headers"].replace(" ", "").split(",")
    assert {"authorization", "content-type", "x-requested-with", "idempotency-key"} <= set(allowed)


def test_every_path_answers_with_and_without_a_slash_and_never_redirects(caller: Caller) -> None:
    for path in ("/v1/ping", "/v1/options"):
        assert [caller.get(path).status_code, caller.get(path + "/").status_code] == [200, 200]
    assert [caller.post(f"/v1/render/create{end}").status_code for end in ("", "/")] == [400, 400]


def test_the_answer_is_json_whatever_the_caller_accepts(caller: Caller) -> None:
    answer = caller.client.get("/v1/ping", headers={**caller.headers, "Accept": "text/html"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


def test_ping_tells_who_calls_and_what_is_left(caller: Caller, account: Account) -> None:
    body = caller.get("/v1/ping").json()
    assert body == {
        "userObj": {"email": "owner@example.com", "uid": str(account.uid)},
        "photoLimit": 10,
        "photosUsedThisPeriod": 0,
        "credits": 10,
    }


def test_ping_counts_what_was_charged_hours_ago_and_just_now(caller: Caller, account: Account) -> None:
    with time_machine.travel("2026-11-20 08:30Z", tick=False):
        ledger.hold(account, 3, reference="early")
        ledger.settle("early")
    for hours, name, before in ((0, "first", 3), (1, "second", 4), (5, "third", 5)):
        with time_machine.travel(datetime.datetime(2026, 11, 20, 12 + hours, 59, tzinfo=datetime.UTC), tick=False):
            assert caller.get("/v1/ping").json()["photosUsedThisPeriod"] == before
            ledger.hold(account, 1, reference=name)
            ledger.settle(name)
            assert caller.get("/v1/ping").json()["photosUsedThisPeriod"] == before + 1


def test_options_lists_what_create_takes(caller: Caller) -> None:
    body = caller.get("/v1/options").json()
    assert body["styles"] == [
        "modern",
        "scandinavian",
        "industrial",
        "midcentury",
        "luxury",
        "farmhouse",
        "coastal",
        "standard",
    ]
    assert body["roomTypes"] == [
        "living",
        "bed",
        "kitchen",
        "dining",
        "bathroom",
        "home_office",
        "outdoor",
        "kids_room",
    ]


def test_a_key_that_may_only_read_starts_nothing(account: Account, said: Callable[..., None]) -> None:
    reader = Caller(keys.create(account, "Dashboard", scope=ApiKey.Scope.READ)[1])
    said(reader.create(), 403, "key_scope", "scope is too narrow")
    assert not Photo.objects.exists()
    assert reader.get("/v1/ping").status_code == 200

    render_id = Caller(keys.create(account, "Website")[1]).create().json()["render_id"]
    assert reader.get("/v1/render", render_id=render_id).status_code == 200
    said(reader.post("/v1/render/create-variation", {"render_id": render_id}), 403, "key_scope")


def test_a_key_works_until_its_time_is_over(account: Account, said: Callable[..., None]) -> None:
    key, text = keys.create(account, "Contractor", lifetime=datetime.timedelta(days=30))
    caller = Caller(text)
    render_id = caller.create().json()["render_id"]
    assert caller.get("/v1/render", render_id=render_id).status_code == 200

    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())
    said(caller.create(), 401, "invalid_api_key")
    said(caller.get("/v1/render", render_id=render_id), 401, "invalid_api_key")
