"""Who may call the Conversion API, what their plan includes, and what everybody is told alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from billing import accounts, keys, ledger
from billing.models import Account, ApiKey, Plan
from staging.models import Conversion, Photo
from tests.staging.api.conversions.conftest import UUID, Caller


def test_without_a_key_nobody_comes_in(nobody: Caller, said: Callable[..., None], db: None) -> None:
    for answer in (nobody.create(), nobody.create("/api/conversion/"), nobody.results()):
        said(answer, 401, "invalid_api_key")
        assert answer["WWW-Authenticate"] == "Token"
    assert not Photo.objects.exists()


def test_a_wrong_and_a_revoked_key_are_refused(account: Account, api_key: str, said: Callable[..., None]) -> None:
    said(Caller("oh_" + "x" * 43).create(), 401, "invalid_api_key")
    keys.revoke(ApiKey.objects.get(account=account))
    said(Caller(api_key).results(), 401, "invalid_api_key")


@pytest.mark.parametrize("scheme", ["Token", "token", "TOKEN", "Api-Key", "api-key", "Bearer"])
def test_a_key_is_known_under_every_scheme(scheme: str, api_key: str) -> None:
    caller = Caller("")
    caller.headers = {"Authorization": f"{scheme} {api_key}"}
    assert caller.results().status_code == 404
    assert caller.create().status_code == 200


def test_a_plan_without_the_api_is_told_so(account: Account, caller: Caller, said: Callable[..., None]) -> None:
    accounts.change_plan(account, "free")
    said(caller.create(), 403, "plan_required", "Pro")
    said(caller.results(), 403, "plan_required")
    assert not Photo.objects.exists()


def test_what_is_pro_only_needs_pro(account: Account, caller: Caller, said: Callable[..., None]) -> None:
    Plan.objects.filter(slug="free").update(has_api=True)
    accounts.change_plan(account, "free")
    said(caller.create(renders="2"), 403, "plan_required", "Several renders")
    said(caller.create(upscale="true"), 403, "plan_required", "Upscaling")
    # What nobody can ask for is wrong before it is too much.
    said(caller.create(renders="5"), 400, "invalid_renders", fields={"renders"})
    assert not Conversion.objects.exists()
    assert ledger.balance(account) == 10
    assert caller.create(renders="1").status_code == 200


def test_another_accounts_conversion_is_not_there(caller: Caller, stranger_account: Account, account: Account) -> None:
    caller.create()
    stranger = Caller(keys.create(stranger_account, "tests")[1])
    assert stranger.results().status_code == 404
    # Its own of the same identifier does not collide.
    assert stranger.create().json()["credits_left"] == 8
    assert Conversion.objects.filter(uuid=UUID.casefold()).count() == 2
    assert ledger.balance(account) == 8


@pytest.mark.parametrize("path", ["/interior/", "/api/conversion", "/results/", "/results/x.jpg", "/thumbs/x.jpg"])
def test_a_page_of_any_origin_may_ask_what_it_may_send(path: str, nobody: Caller) -> None:
    answer = nobody.client.options(path, headers={"Origin": "https://partner.example"})
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "authorization" in answer["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("path", ["/interior/x", "/api/conversion/x/y", "/results/a/b"])
def test_an_unknown_path_is_a_json_404(path: str, caller: Caller, said: Callable[..., None], db: None) -> None:
    said(caller.client.get(path), 404, "not_found")
    said(caller.client.post(path), 404, "not_found")


def test_a_wrong_method_is_a_json_405(caller: Caller, said: Callable[..., None]) -> None:
    answer = caller.client.get("/interior/", headers=caller.headers)
    said(answer, 405, "method_not_allowed")
    assert "POST" in answer["Allow"]


def test_the_answer_is_json_whatever_the_caller_accepts(caller: Caller) -> None:
    caller.headers["Accept"] = "text/html"
    assert caller.create()["Content-Type"] == "application/json"


def test_a_key_that_may_only_read_asks_for_results_and_no_more(account: Account, said: Callable[..., None]) -> None:
    reader = Caller(keys.create(account, "Dashboard", scope=ApiKey.Scope.READ)[1])
    said(reader.create(), 403, "key_scope", "scope is too narrow")
    assert not Conversion.objects.exists()
    # Results are asked for by POST too.
    assert reader.results().status_code == 404
