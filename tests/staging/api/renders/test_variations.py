"""Another arrangement of the same photo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse

from billing import keys, ledger
from billing.models import Account, Entry
from staging import jobs, renders, variations
from staging.models import Output, Render, Role, Run, State
from tests.staging.api.renders.conftest import Caller
from tests.staging.runs import work_while_waiting
from tests.staging.stand_in import StandIn
from tests.staging.test_races import at_once

ROOM = {"box": {"x0": -1.5, "x1": 2.5}, "status": "good"}


@pytest.fixture
def done(caller: Caller, engine: StandIn) -> Render:
    """A render that is done."""
    engine.switches.room = ROOM
    assert caller.create(seed="7").status_code == 200
    return work()


def work() -> Render:
    """What worker and follower do for the one render's latest run."""
    render = Render.objects.get()
    jobs.start_next()
    jobs.look_after(renders.latest_run(render).pk)
    return render


def vary(caller: Caller, render: Render, **arguments: Any) -> HttpResponse:
    body = {"render_id": render.public_id, "wait_for_completion": False, **arguments}
    return caller.post("/v1/render/create-variation", body)


def seen(caller: Caller, render: Render) -> dict[str, Any]:
    body: dict[str, Any] = caller.get("/v1/render", render_id=render.public_id).json()
    return body


def paths(body: dict[str, Any]) -> list[str]:
    return [url.partition("?")[0] for url in body["outputs"]]


def test_a_variation_is_appended_and_costs_nothing(caller: Caller, done: Render, account: Account) -> None:
    before, entries = seen(caller, done), Entry.objects.count()
    assert vary(caller, done).json() == {"render_id": done.public_id}
    during = seen(caller, done)
    assert (during["status"], paths(during)) == ("rendering", paths(before))
    assert (during["outputs_styles"], during["outputs_room_types"]) == (["modern"] * 2, ["living"] * 2)
    assert during["progress"] < 1
    work()
    after = seen(caller, done)
    assert (after["status"], after["progress"]) == ("done", 1)
    assert paths(after)[:1] == paths(before)
    assert len(set(paths(after))) == 2
    assert after["outputs_styles"] == ["modern"] * 2
    assert Entry.objects.count() == entries
    assert ledger.balance(account) == 8


def test_each_arrangement_is_another_and_made_the_same_again(caller: Caller, done: Render, engine: StandIn) -> None:
    for _ in range(3):
        assert vary(caller, done).status_code == 200
        work()
    seeds = [run.brief.seed for run in Run.objects.order_by("number")]
    assert len(set(seeds)) == 4
    assert seeds[1:] == [variations.seed_of(done, number) for number in (2, 3, 4)]
    assert all(0 <= seed < 2**31 for seed in seeds)
    assert [job.told["brief"]["seed"] for job in engine.jobs.values()] == seeds


def test_the_room_is_read_once(caller: Caller, done: Render, engine: StandIn) -> None:
    vary(caller, done)
    work()
    assert [job.told["room"] for job in engine.jobs.values()] == [None, ROOM]


def test_what_is_said_anew_counts_and_the_rest_is_the_first_calls(caller: Caller, done: Render) -> None:
    assert (
        vary(caller, done, roomType="bed", style="Hamptons", add_virtually_staged_watermark="true").status_code == 200
    )
    body = seen(caller, work())
    assert (body["outputs_styles"], body["outputs_room_types"]) == (["modern", "coastal"], ["living", "bed"])
    assert [run.brief.label for run in Run.objects.order_by("number")] == [False, True]
    assert vary(caller, done).status_code == 200
    assert seen(caller, done)["outputs_styles"] == ["modern", "coastal", "modern"]


@pytest.mark.parametrize("where", ["query", "body"])
def test_the_render_is_named_in_the_query_or_in_the_body(where: str, caller: Caller, done: Render) -> None:
    name = {"renderId": done.public_id, "wait_for_completion": "false"}
    path = "/v1/render/create-variation"
    answer = caller.post(path, **name) if where == "query" else caller.post(path, name)
    assert answer.json() == {"render_id": done.public_id}


def test_a_waiting_caller_gets_the_new_picture(caller: Caller, done: Render, monkeypatch: pytest.MonkeyPatch) -> None:
    work_while_waiting(monkeypatch, work)
    answer = vary(caller, done, wait_for_completion=True)
    assert answer.status_code == 200
    assert list(answer.json()) == ["render_id", "result_image_url"]
    newest = Output.objects.get(run__number=2, role=Role.STAGED)
    assert str(newest.uuid) in answer.json()["result_image_url"]


def test_it_says_queued_until_work_begins_when_asked_to(caller: Caller, done: Render) -> None:
    vary(caller, done, switch_to_queued_immediately=True)
    assert seen(caller, done)["status"] == "queued"
    jobs.start_next()
    assert seen(caller, done)["status"] == "rendering"
    work()
    assert seen(caller, done)["status"] == "done"


def test_only_a_render_that_is_done_is_varied(caller: Caller, engine: StandIn, said: Callable[..., None]) -> None:
    caller.create()
    render = Render.objects.get()
    said(vary(caller, render), 400, "render_not_done")
    work()
    assert vary(caller, render).status_code == 200
    said(vary(caller, render), 400, "render_not_done")
    assert Run.objects.count() == 2


def test_a_render_without_any_output_is_not_varied(caller: Caller, engine: StandIn, said: Callable[..., None]) -> None:
    engine.switches.fail = {"class": "customer_input", "code": "room_unreadable", "message": "We see no floor here."}
    caller.create()
    said(vary(caller, work()), 400, "render_not_done")


def test_a_failed_variation_leaves_all_else_alone_and_the_next_may_follow(
    caller: Caller, done: Render, engine: StandIn, account: Account
) -> None:
    before, entries = seen(caller, done), Entry.objects.count()
    engine.switches.fail = {"class": "nothing_usable", "code": "gate", "message": "No picture passed."}
    vary(caller, done)
    work()
    failed = seen(caller, done)
    assert (failed["status"], paths(failed), failed["outputs_styles"]) == ("error", paths(before), ["modern"])
    assert failed["error"] == failed["message"] == "No picture passed. Nothing was charged."
    assert Entry.objects.count() == entries
    engine.switches.fail = None
    assert vary(caller, done).status_code == 200
    assert len(seen(caller, work())["outputs"]) == 2


def test_a_failed_variation_is_told_to_a_waiting_caller(
    caller: Caller, done: Render, engine: StandIn, said: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.switches.fail = {"class": "nothing_usable", "code": "gate", "message": "No picture passed."}
    work_while_waiting(monkeypatch, work)
    answer = vary(caller, done, wait_for_completion=True)
    said(answer, 500, "render_failed", "No picture passed")
    assert (answer.json()["render_id"], answer.json()["status"]) == (done.public_id, "error")


def test_there_are_so_many_variations_and_no_more(
    caller: Caller, done: Render, settings: Any, said: Callable[..., None]
) -> None:
    assert settings.VARIATIONS_MAX == 20
    settings.VARIATIONS_MAX = 2
    for _ in range(2):
        assert vary(caller, done).status_code == 200
        work()
    said(vary(caller, done), 400, "max_variations", "at most 2")
    assert Run.objects.count() == 3


def test_a_variation_counts_among_those_in_flight(
    caller: Caller, done: Render, settings: Any, said: Callable[..., None]
) -> None:
    settings.RENDERS_IN_FLIGHT = 1
    assert vary(caller, done).status_code == 200
    said(caller.create(), 429, "concurrency_limit")
    work()
    caller.create()
    answer = vary(caller, done)
    said(answer, 429, "concurrency_limit")
    assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"style": "gothic"}, "invalid_style"),
        ({"roomType": "garage"}, "invalid_room_type"),
        ({"wait_for_completion": "maybe"}, "invalid_request"),
        ({"switch_to_queued_immediately": "perhaps"}, "invalid_request"),
        ({"render_id": ""}, "missing_render_id"),
    ],
)
def test_bad_arguments_start_nothing(
    arguments: dict[str, Any], code: str, caller: Caller, done: Render, said: Callable[..., None]
) -> None:
    said(vary(caller, done, **arguments), 400, code)
    assert Run.objects.count() == 1


def test_another_accounts_render_is_not_there(
    done: Render, stranger_account: Account, said: Callable[..., None], nobody: Caller
) -> None:
    said(vary(Caller(keys.create(stranger_account, "theirs")[1]), done), 404, "render_not_found")
    said(vary(nobody, done), 401, "invalid_api_key")
    assert Run.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_asked_for_at_once_one_is_made(done: Render) -> None:
    results = at_once(*[lambda: variations.request(done, done.brief)] * 3)
    assert sum(isinstance(result, variations.RenderNotDone) for result in results) == 2
    assert Run.objects.filter(state=State.QUEUED).count() == 1
