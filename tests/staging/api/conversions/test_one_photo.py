"""One photo asked for, followed and fetched."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from billing import ledger
from billing.models import Account
from billing.reconciliation import reconcile, unexplained
from staging import credits, renders
from staging.api.conversions import pictures as addresses
from staging.models import Conversion, Output, Render, Run, Source, State
from tests.staging import pictures
from tests.staging.api.conversions.conftest import UUID, Caller, opened, uploaded, work_off
from tests.staging.stand_in import StandIn


def kinds(account: Account) -> list[str]:
    return [entry.kind for entry in ledger.statement(account)][::-1]


@pytest.mark.parametrize("path", ["/interior/", "/interior", "/api/conversion/", "/api/conversion"])
def test_a_conversion_is_accepted_on_both_paths_with_and_without_a_slash(
    path: str, caller: Caller, account: Account
) -> None:
    answer = caller.create(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == {
        "uuid": UUID,
        "conversion": UUID,
        "finished": False,
        "status": "queued",
        "files": [],
        "credits_used": 2,
        "credits_left": 8,
    }
    assert (ledger.balance(account), kinds(account)) == (8, ["grant", "hold"])
    assert Render.objects.get().source == Source.API


def test_from_the_photo_to_its_files(caller: Caller, account: Account, engine: StandIn) -> None:
    assert caller.create().status_code == 200
    before = caller.results().json()
    assert before == {"finished": False, "files": [], "status": "queued", "progress": 0.0}
    work_off()
    answer = caller.results()
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"finished", "files"}
    assert body["finished"] is True
    (file,) = body["files"]
    name = re.fullmatch(r"/results/([0-9a-f]{64})\.jpg", file["url"])
    assert name
    assert file == {
        "url": f"/results/{name[1]}.jpg",
        "original": f"/originals/{name[1]}.jpg",
        "thumbnail": f"/thumbs/{name[1]}.jpg",
    }
    assert kinds(account) == ["grant", "hold", "settle"]
    assert ledger.balance(account) == 8
    assert [*reconcile(account), *unexplained(account)] == []


def test_the_files_are_jpegs_for_anybody_from_anywhere(caller: Caller, engine: StandIn) -> None:
    caller.create()
    work_off()
    (file,) = caller.results().json()["files"]
    sizes = {"url": (1920, 1280), "original": (1920, 1280), "thumbnail": (480, 320)}
    for kind, size in sizes.items():
        answer, data = caller.file(file[kind])
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert (opened(data).format, opened(data).size) == ("JPEG", size)
        assert caller.client.options(file[kind])["Access-Control-Allow-Origin"] == "*"
        assert caller.client.head(file[kind]).status_code == 200
    # The stand-in paints a red rectangle into the middle of the photo.
    result, original = (opened(caller.file(file[kind])[1]).convert("RGB") for kind in ("url", "original"))
    assert result.getpixel((960, 900))[0] > 150 > result.getpixel((960, 900))[1]
    assert abs(result.getpixel((960, 900))[1] - original.getpixel((960, 900))[1]) > 40
    assert all(abs(a - b) < 12 for a, b in zip(result.getpixel((80, 80)), original.getpixel((80, 80)), strict=True))


def test_the_original_says_nothing_of_where_it_was_taken(caller: Caller, engine: StandIn) -> None:
    data = pictures.encoded(pictures.room(), exif=pictures.exif(orientation=6, gps=True))
    assert b"Testcam" in data
    caller.create(files=uploaded(data=data))
    work_off()
    (file,) = caller.results().json()["files"]
    for kind in ("url", "original", "thumbnail"):
        _, found = caller.file(file[kind])
        assert b"Testcam" not in found
        assert not opened(found).getexif()
    # Turned upright as EXIF said, now that EXIF is gone.
    assert opened(caller.file(file["original"])[1]).size == (1280, 1920)


def test_nobody_guesses_a_files_address(caller: Caller, engine: StandIn, said: Callable[..., None]) -> None:
    caller.create()
    work_off()
    (file,) = caller.results().json()["files"]
    name = file["url"].removeprefix("/results/").removesuffix(".jpg")
    output = Output.objects.get(role="staged")
    other_end = "0" if name[-1] != "0" else "1"
    wrong = [name[:-1] + other_end, output.uuid.hex, str(output.uuid), "abc123", "x" * 64, name[:63] + "é"]
    for guess in wrong:
        for copy in ("results", "originals", "thumbs"):
            said(caller.client.get(f"/{copy}/{guess}.jpg"), 404, "not_found")
    said(caller.client.get(f"/results/{name}.png"), 404, "not_found")
    said(caller.client.get(f"/results/{name}"), 404, "not_found")


def test_a_picture_of_the_render_api_has_no_address_here(
    account: Account, photo: Any, brief: Any, engine: StandIn, caller: Caller
) -> None:
    renders.request(account, photo, brief)
    work_off()
    output = Output.objects.get(role="staged")
    assert caller.client.get(addresses.address(output, "results")).status_code == 404
    assert not default_storage.exists(f"renders/{output.run.render.public_id}/{output.uuid}/results.jpg")


def test_progress_is_told_while_it_is_made(caller: Caller, account: Account) -> None:
    caller.create()
    run = Run.objects.get()
    Run.objects.filter(pk=run.pk).update(state=State.RUNNING, progress=0.4, lease_until=timezone.now())
    assert caller.results().json() == {"finished": False, "files": [], "status": "processing", "progress": 0.4}


def test_results_are_asked_for_in_every_documented_way(caller: Caller, engine: StandIn) -> None:
    caller.create()
    expected = caller.results().json()
    headers = caller.headers
    for path in ("/results/", "/results"):
        asked = [
            caller.client.post(path, {"conversion": UUID}, headers=headers),
            caller.client.post(path, {"uuid": UUID}, headers=headers),
            caller.client.post(path, f"conversion={UUID}", "application/x-www-form-urlencoded", headers=headers),
            caller.client.post(path, {"uuid": UUID}, "application/json", headers=headers),
            caller.client.get(path, {"conversion": UUID.upper()}, headers=headers),
            caller.client.get(path, {"uuid": UUID}, headers=headers),
        ]
        assert [answer.status_code for answer in asked] == [200] * 6
        assert [answer.json() for answer in asked] == [expected] * 6


def test_a_room_that_cannot_be_read_ends_the_loop_and_costs_nothing(
    caller: Caller, account: Account, engine: StandIn
) -> None:
    engine.switches.fail = {"class": "customer_input", "code": "no_floor", "message": "We see no floor."}
    caller.create()
    work_off()
    answer = caller.results()
    assert answer.status_code == 200
    assert answer.json() == {"finished": True, "files": [], "error": "We see no floor. Nothing was charged."}
    assert (ledger.balance(account), kinds(account)) == (10, ["grant", "hold", "release"])
    assert [*reconcile(account), *unexplained(account)] == []


def test_credits_used_falls_back_when_nothing_came_of_it(caller: Caller, account: Account, engine: StandIn) -> None:
    engine.switches.fail = {"class": "customer_input", "code": "no_floor", "message": "We see no floor."}
    caller.create()
    work_off()
    reference = Run.objects.get().hold_reference
    assert credits.held_or_settled(account, [reference]) == 0
    assert Conversion.objects.count() == 1


@pytest.mark.parametrize("unknown", ["nothing", "0" * 36, "x" * 65, "a\0b", "\x07"])
def test_an_unknown_conversion_ends_the_loop_too(unknown: str, caller: Caller) -> None:
    answer = caller.results(unknown)
    assert answer.status_code == 404
    body = answer.json()
    assert (body["finished"], body["files"], body["code"]) == (True, [], "not_found")
    assert body["error"] == body["detail"] != ""


def test_results_without_a_name_are_refused(caller: Caller, said: Callable[..., None]) -> None:
    said(caller.results(""), 400, "missing_field", "conversion", fields={"conversion"})
    said(caller.client.get("/results/", headers=caller.headers), 400, "missing_field", fields={"conversion"})
