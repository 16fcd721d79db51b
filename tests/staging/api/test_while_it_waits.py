"""What is answered while renders wait: over real HTTP to a web process without workers, so that nothing moves.

Outside of the package `contract`, whose workers live as long as its tests and would move these too.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.utils import timezone

from billing import accounts, keys, ledger
from billing.models import Account
from staging import idempotency, webhooks
from staging.models import Output, Photo, Render, Role, Run, Source, State
from tests import serving
from tests.staging.api.contract.calling import CREATE, FIELDS, LIVING, NO_WAIT, PHOTO, RENDER, VARY, Partner

pytestmark = pytest.mark.django_db(transaction=True)
NUMBERS = {
    "PHOTO_MAX_BYTES": 50 * 2**20,
    "BODY_MAX_BYTES": 70 * 2**20,
    "PHOTO_MAX_PIXELS": 80_000_000,
    "PHOTO_MIN_EDGE": 256,
    "RENDERS_IN_FLIGHT": 50,
    "VARIATIONS_MAX": 20,
    "WAIT_MAX_SECONDS": 300,
    "FILE_URL_LIFETIME": 14 * 24 * 3600,
}
BRIEF = {"kind": "staging", "room_type": "living", "style": "modern"}


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A web process alone. Waits last a fifth of a second."""
    folder = tmp_path_factory.mktemp("still")
    with django_db_blocker.unblock(), serving.redis_server(folder) as redis_url:
        limits = {"WAIT_MAX_SECONDS": "0.2", "PHOTO_MAX_BYTES": "300000", "ENGINE_TOKEN": ""}
        web = serving.Web(folder, serving.environment(folder, redis_url, **limits))
        try:
            web.start()
            yield web.url
        finally:
            web.kill()


@pytest.fixture
def caller(still: str, account: Account) -> Partner:
    """A partner with a key of `account`."""
    return Partner(still, keys.create(account, "contract")[1])


def runs(account: Account, count: int, *, source: str = Source.API, state: str = State.QUEUED) -> list[Run]:
    """So many renders of the account, each with one run in this state; those that are done have a picture."""
    photo, _ = Photo.objects.get_or_create(
        account=account, sha256="0" * 64, defaults={"byte_size": 1, "width": 480, "height": 320, "format": "JPEG"}
    )
    made = [Render(account=account, photo=photo, source=source, brief_json=BRIEF) for _ in range(count)]
    ended = None if state == State.QUEUED else timezone.now()
    found = Run.objects.bulk_create(
        Run(render=render, account=account, brief_json=BRIEF, state=state, finished_at=ended)
        for render in Render.objects.bulk_create(made)
    )
    if state == State.DONE:
        _pictures(found)
    return found


def _pictures(found: list[Run]) -> None:
    Output.objects.bulk_create(
        Output(run=run, role=Role.STAGED, order=0, master="x.png", width=480, height=320, sha256="0") for run in found
    )


def asked(caller: Partner, **headers: str) -> httpx.Response:
    return caller.ask("POST", CREATE, params=NO_WAIT, files={"file": PHOTO}, headers=headers)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_the_51st_in_flight_comes_back_later_and_the_dashboards_do_not_count(caller: Partner, account: Account) -> None:
    runs(account, 60, source=Source.DASHBOARD)
    waiting = runs(account, 49)
    assert asked(caller).status_code == 200
    answer = asked(caller)
    assert code(answer) == (429, "concurrency_limit")
    assert int(answer.headers["retry-after"]) > 0
    (done,) = runs(account, 1, state=State.DONE)
    # Variations count too, and are counted.
    assert code(caller.ask("POST", VARY, json={"render_id": done.render.public_id})) == (429, "concurrency_limit")
    Run.objects.filter(pk=waiting[0].pk).update(state=State.FAILED, finished_at=timezone.now())
    assert caller.ask("POST", VARY, json={"render_id": done.render.public_id} | NO_WAIT).status_code == 200
    assert code(asked(caller)) == (429, "concurrency_limit")


def test_each_check_comes_before_the_next(caller: Partner, account: Account, stranger_account: Account) -> None:
    """401, 403, 413, image, other arguments, idempotency, 429, 402: one trouble less with each call."""
    big, bad, wrong = b"x" * 300_001, b"no image", {"style": "gothic"}
    assert asked(caller, **{"Idempotency-Key": "one"}).status_code == 200
    ledger.adjust(account, -8, reference="spent", actor=None, note="spent")
    runs(account, 49)
    headers = {"Idempotency-Key": "one"}
    nobody = {"Authorization": "Api-Key nobody"}

    def ask(photo: bytes, arguments: dict[str, str], **more: str) -> tuple[int, str]:
        given = {"params": NO_WAIT | arguments, "files": {"file": photo}, "headers": headers | more}
        return code(caller.ask("POST", CREATE, **given))

    assert ask(big, wrong, **nobody) == (401, "invalid_api_key")
    free = Partner(caller.url, keys.create(_without_api(stranger_account), "free")[1])
    assert code(free.ask("POST", CREATE, params=wrong, files={"file": big})) == (403, "plan_without_api")
    assert ask(big, wrong) == (413, "image_too_large")
    assert ask(bad, wrong) == (400, "invalid_image")
    assert ask(PHOTO, wrong) == (400, "invalid_style")
    assert ask(PHOTO, {"style": "luxury"}) == (409, "idempotency_conflict")
    assert code(asked(caller)) == (429, "concurrency_limit")
    Run.objects.filter(account=account).update(state=State.FAILED, finished_at=timezone.now())
    assert code(asked(caller)) == (402, "insufficient_credits")
    assert Render.objects.filter(account=account).count() == 50


def _without_api(account: Account) -> Account:

    accounts.change_plan(account, "free")
    return account


def test_without_a_wait_the_id_comes_at_once_and_the_pending_entry_is_there(caller: Partner) -> None:
    started = time.monotonic()
    body = asked(caller).json()
    assert list(body) == ["render_id"]
    assert time.monotonic() - started < 5
    found = caller.ask("GET", RENDER, params=body).json()
    assert (found["status"], found["outputs"], found["progress"]) == ("rendering", [], 0)
    assert (found["outputs_styles"], found["outputs_room_types"]) == (["modern"], ["living"])
    assert isinstance(found["created_at"], int)


def test_a_wait_that_runs_out_is_504_and_the_render_goes_on(caller: Partner) -> None:
    answer = caller.ask("POST", CREATE, params=LIVING, files={"file": PHOTO})
    body = answer.json()
    assert code(answer) == (504, "wait_timeout")
    assert (body["status"], body["error"]) == ("rendering", body["message"])
    assert caller.ask("GET", RENDER, params={"render_id": body["render_id"]}).json()["status"] == "rendering"


def test_a_variation_leaves_done_before_its_answer_and_says_queued_when_asked_to(
    caller: Partner, account: Account
) -> None:
    for asked_to, status in ((False, "rendering"), (True, "queued")):
        (done,) = runs(account, 1, state=State.DONE)
        said = {"render_id": done.render.public_id}
        arguments = said | {"wait_for_completion": False, "switch_to_queued_immediately": asked_to}
        assert caller.ask("POST", VARY, json=arguments).json() == said
        found = caller.ask("GET", RENDER, params=said).json()
        assert (found["status"], found["outputs_styles"]) == (status, ["modern", "modern"])
        assert code(caller.ask("POST", VARY, json=arguments)) == (400, "render_not_done")
    assert ledger.balance(account) == 10


def test_a_variation_takes_every_name_that_the_documentation_lists(caller: Partner, account: Account) -> None:
    """The second list of styles in the page's own text, which has older names than the first."""
    named = ["standard", "modern", "scandinavian", "industrial", "mid-century modern", "coastal", "american"]
    named += ["southwestern", "farmhouse", "luxury"]
    older = {"mid-century modern": "midcentury", "american": "standard", "southwestern": "farmhouse"}
    for run, style in zip(runs(account, len(named), state=State.DONE), named, strict=True):
        said = {"render_id": run.render.public_id}
        arguments = {"roomType": "bed", "style": style, "wait_for_completion": False}
        assert caller.ask("POST", VARY, params=said, json=arguments).json() == said
        found = caller.ask("GET", RENDER, params=said).json()
        assert (found["outputs_styles"][-1], found["outputs_room_types"][-1]) == (older.get(style, style), "bed")


def test_a_render_in_error_with_an_output_may_be_varied_and_none_more_than_twenty_times(
    caller: Partner, account: Account
) -> None:
    (first,) = runs(account, 1, state=State.DONE)
    said = {"render_id": first.render.public_id}

    def variations(numbers: range, state: str) -> list[Run]:
        return Run.objects.bulk_create(
            Run(
                render=first.render,
                account=account,
                number=number,
                kind=Run.Kind.VARIATION,
                brief_json=BRIEF,
                state=state,
                finished_at=timezone.now(),
            )
            for number in numbers
        )

    variations(range(2, 3), State.FAILED)
    assert caller.ask("GET", RENDER, params=said).json()["status"] == "error"
    _pictures(variations(range(3, 22), State.DONE))
    answer = caller.ask("POST", VARY, json=said | {"wait_for_completion": "no"})
    assert answer.json() == said, answer.text
    latest = Run.objects.filter(render=first.render).order_by("-number")[0]
    Run.objects.filter(pk=latest.pk).update(state=State.DONE, finished_at=timezone.now())
    _pictures([latest])
    assert code(caller.ask("POST", VARY, json=said)) == (400, "max_variations")


def test_the_contracts_numbers_are_the_ones_that_hold_unless_told_otherwise() -> None:
    """Servers of these tests have smaller ones, so that what is over them is quickly sent."""
    found = {name: getattr(settings, name) for name in NUMBERS}
    assert found == NUMBERS
    assert idempotency.LIFETIME == webhooks.TRIED_FOR == timedelta(days=1)


def test_too_many_pictures_of_conversions_come_back_later(caller: Partner, account: Account) -> None:
    runs(account, 50)
    answer = caller.ask("POST", "/interior/", data=FIELDS | {"uuid": "x"}, files={"files": PHOTO})
    assert code(answer) == (429, "concurrency_limit")
    assert int(answer.headers["retry-after"]) > 0


def test_a_database_that_is_away_is_503_and_charges_nothing(tmp_path: Path) -> None:
    environment = serving.environment(tmp_path, "redis://127.0.0.1:9/0")
    web = serving.Web(tmp_path, environment | {"DATABASE_URL": f"sqlite://{tmp_path}/nowhere/x.sqlite3"})
    try:
        web.start()
        caller = Partner(web.url, "k" * 40)
        for path in (CREATE, "/interior/"):
            answer = caller.ask("POST", path, params=LIVING, files={"file": PHOTO})
            assert code(answer) == (503, "unavailable")
            assert int(answer.headers["retry-after"]) > 0
    finally:
        web.kill()
