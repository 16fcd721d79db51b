"""Several photos and several pictures of each: one price a file, one hold, one end of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from billing import ledger
from billing.models import Account
from billing.reconciliation import reconcile, unexplained
from staging import jobs, renders
from staging.models import Conversion, Photo, Render, Run, State
from tests.staging.api.conversions.conftest import Caller, uploaded, work_off
from tests.staging.stand_in import StandIn

FAIL = {"class": "customer_input", "code": "no_floor", "message": "We see no floor."}


def kinds(account: Account) -> list[str]:
    return [entry.kind for entry in ledger.statement(account)][::-1]


def proven(account: Account) -> bool:
    return [*reconcile(account), *unexplained(account)] == []


def test_four_renders_of_a_file_cost_its_price_once(caller: Caller, account: Account, engine: StandIn) -> None:
    answer = caller.create(renders="4").json()
    assert (answer["credits_used"], answer["credits_left"]) == (2, 8)
    work_off()
    files = caller.results().json()["files"]
    assert len({file["url"] for file in files}) == 4
    runs = Run.objects.order_by("number")
    assert Render.objects.count() == 1
    assert len({run.brief.seed for run in runs}) == 4
    assert all(0 <= run.brief.seed < 2**31 for run in runs)
    assert (kinds(account), ledger.balance(account)) == (["grant", "hold", "settle"], 8)
    assert proven(account)


def test_the_same_request_gives_the_same_seeds(caller: Caller) -> None:
    def seeds(uuid: str) -> list[int]:
        conversion = Conversion.objects.get(uuid=uuid)
        runs = Run.objects.filter(render__conversion_file__conversion=conversion).order_by("number")
        return [run.brief.seed for run in runs]

    caller.create(uuid="one", renders="2")
    first = seeds("one")
    Conversion.objects.update(uuid="old")
    caller.create(uuid="one", renders="2")
    caller.create(uuid="two", renders="2")
    assert seeds("one") == first
    assert not {*seeds("two")} & {*first}


def test_several_files_are_one_conversion_charged_per_file(caller: Caller, account: Account, engine: StandIn) -> None:
    answer = caller.create(files=[uploaded(10), uploaded(20)], image=uploaded(30))
    assert (answer.json()["credits_used"], answer.json()["credits_left"]) == (6, 4)
    before = caller.results().json()
    assert (before["status"], before["progress"]) == ("queued", 0)
    work_off()
    body = caller.results().json()
    assert [body["finished"], len(body["files"])] == [True, 3]
    assert kinds(account).count("hold") == kinds(account).count("settle") == 3
    assert ledger.balance(account) == 4
    # In the order in which they were sent.
    order = list(Render.objects.order_by("conversion_file__order").values_list("photo", flat=True))
    assert order == list(Photo.objects.order_by("pk").values_list("pk", flat=True))


def test_files_that_are_ready_are_told_before_the_others(caller: Caller, account: Account, engine: StandIn) -> None:
    caller.create(files=[uploaded(10), uploaded(20)])
    second = Run.objects.order_by("pk")[1]
    Run.objects.filter(pk=second.pk).update(not_before="2999-01-01T00:00:00Z")
    for run in Run.objects.order_by("pk")[:1]:
        jobs.start_next()
        jobs.look_after(run.pk)
    body = caller.results().json()
    assert (body["finished"], len(body["files"]), body["status"], body["progress"]) == (False, 1, "processing", 0.5)


def test_a_file_without_a_picture_is_given_back_and_the_other_charged(
    caller: Caller, account: Account, engine: StandIn
) -> None:
    engine.switches.fail, engine.switches.fail_times = FAIL, 1
    caller.create(files=[uploaded(10), uploaded(20)])
    work_off()
    body = caller.results().json()
    assert (body["finished"], len(body["files"])) == (True, 1)
    assert "error" not in body
    assert sorted(kinds(account)) == ["grant", "hold", "hold", "release", "settle"]
    assert ledger.balance(account) == 8
    assert caller.create().json()["credits_used"] == 2
    assert proven(account)


@pytest.mark.parametrize("failures", [1, 2])
def test_a_file_is_charged_when_one_of_its_pictures_is_ready(
    failures: int, caller: Caller, account: Account, engine: StandIn
) -> None:
    engine.switches.fail, engine.switches.fail_times = FAIL, failures
    caller.create(renders="3")
    work_off()
    body = caller.results().json()
    assert (body["finished"], len(body["files"])) == (True, 3 - failures)
    assert (kinds(account), ledger.balance(account)) == (["grant", "hold", "settle"], 8)
    assert proven(account)


def test_a_file_is_given_back_when_none_is(caller: Caller, account: Account, engine: StandIn) -> None:
    engine.switches.fail = FAIL
    caller.create(renders="3")
    work_off()
    assert (kinds(account), ledger.balance(account)) == (["grant", "hold", "release"], 10)
    assert caller.results().json()["finished"] is True
    assert proven(account)


def test_a_hold_stays_while_another_picture_of_its_file_may_come(caller: Caller, account: Account) -> None:
    caller.create(renders="2")
    first, second = Run.objects.order_by("number")
    assert renders.cancel(first)
    assert (ledger.balance(account), proven(account)) == (8, True)
    assert renders.cancel(second)
    assert (ledger.balance(account), proven(account)) == (10, True)


def test_a_short_balance_refuses_all_files(caller: Caller, account: Account, said: Callable[..., None]) -> None:
    ledger.adjust(account, -5, reference="test", actor=None, note="spend")
    files = [uploaded(10), uploaded(20), uploaded(30)]
    said(caller.create(files=files), 402, "insufficient_credits", "6 needed, 5 left")
    assert not Conversion.objects.exists()
    assert not Run.objects.exists()
    assert kinds(account) == ["grant", "adjust"]
    # The identifier is free: with fewer files it is taken.
    assert caller.create(files=[uploaded(10), uploaded(20)]).json()["credits_left"] == 1


def test_too_many_in_progress_are_asked_to_come_back(
    caller: Caller, account: Account, settings: Any, said: Callable[..., None]
) -> None:
    settings.RENDERS_IN_FLIGHT = 3
    assert caller.create(uuid="one", renders="2").status_code == 200
    answer = caller.create(uuid="two", renders="2")
    said(answer, 429, "concurrency_limit")
    assert int(answer["Retry-After"]) > 0
    assert (ledger.balance(account), Run.objects.count()) == (8, 2)
    assert caller.create(uuid="two", renders="1").status_code == 200
    # More than ever fit are refused for good: a client would come back for ever.
    said(caller.create(uuid="three", renders="4"), 400, "invalid_request", "3 at most")
    assert Run.objects.filter(state=State.QUEUED).count() == 3
