"""Renders from asking to their pictures, through every process but the engine itself."""

from __future__ import annotations

import io
import re
import time

import httpx
import pytest
from PIL import Image, ImageChops

from billing import accounts, keys, ledger
from billing.models import Account
from tests import serving
from tests.staging import pictures
from tests.staging.api.contract.calling import (
    CREATE,
    FAILING_WIDTH,
    FAILURE,
    FIELDS,
    LIVING,
    NO_WAIT,
    PHOTO,
    RENDER,
    SLOW_WIDTH,
    VARY,
    Partner,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_ping_and_options_are_to_the_letter(partner: Partner, account: Account) -> None:
    ping = partner.ask("GET", "/v1/ping").json()
    assert ping == {
        "userObj": {"email": "owner@example.com", "uid": str(account.uid)},
        "photoLimit": 10,
        "photosUsedThisPeriod": 0,
        "credits": 10,
    }
    options = partner.ask("GET", "/v1/options").json()
    assert options["roomTypes"] == [
        "living",
        "bed",
        "kitchen",
        "dining",
        "bathroom",
        "home_office",
        "outdoor",
        "kids_room",
    ]
    assert options["styles"] == [
        "modern",
        "scandinavian",
        "industrial",
        "midcentury",
        "luxury",
        "farmhouse",
        "coastal",
        "standard",
    ]
    for path in (CREATE, RENDER, VARY, "/v1/nothing", "/interior/", "/api/conversion", "/results/", "/results/x.jpg"):
        preflight = partner.ask("OPTIONS", path, headers={"Authorization": "", "Origin": "https://a.example"})
        assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (200, "*")
        allowed = preflight.headers["access-control-allow-headers"]
        assert all(name in allowed for name in ("authorization", "content-type", "x-requested-with", "idempotency-key"))


def test_both_pictures_of_one_job_appear_together(partner: Partner) -> None:
    slow = pictures.encoded(pictures.room(SLOW_WIDTH, 270))
    asked = NO_WAIT | {"declutter_mode": "on"}
    created = partner.ask("POST", CREATE, params=asked, files={"file": slow}).json()
    seen, progress = set(), []
    while (found := partner.ask("GET", RENDER, params=created).json())["status"] == "rendering":
        seen.add((len(found["outputs"]), tuple(found["outputs_styles"])))
        progress.append(found["progress"])
        time.sleep(0.02)
    assert seen == {(0, ("modern",))}
    assert (len(found["outputs"]), found["outputs_styles"]) == (2, ["modern", "modern"])
    assert progress == sorted(progress)
    assert 0 < progress[-1] <= found["progress"] == 1


def test_the_life_of_a_decluttered_render(partner: Partner, account: Account, stranger_account: Account) -> None:
    body = partner.create(declutter_mode="on")
    assert list(body) == ["render_id", "result_image_url", "removal_output", "status", "created_at", "outputs"]
    assert body["outputs"] == [body["result_image_url"], body["removal_output"]]
    assert abs(body["created_at"] / 1000 - time.time()) < 120
    render_id = body["render_id"]
    staged, emptied = (
        re.escape(f"{partner.url}/renders/{render_id}/outputs/") + "[0-9a-f-]{36}" + end
        for end in (r"-u1_0\.png", r"_furniture_removed_0\.png")
    )
    assert re.fullmatch(staged, body["outputs"][0].partition("?")[0])
    assert re.fullmatch(emptied, body["outputs"][1].partition("?")[0])
    for output in body["outputs"]:
        file = serving.get(output)
        assert (file.headers["content-type"], Image.open(io.BytesIO(file.content)).size) == ("image/png", (1920, 1440))
        assert serving.get(output.partition("?")[0]).status_code == 403
    assert ledger.balance(account) == 8

    asked = {"render_id": render_id, "style": "american", "wait_for_completion": False}
    assert partner.ask("POST", VARY, json=asked | {"switch_to_queued_immediately": True}).json() == {
        "render_id": render_id
    }
    during = partner.ask("GET", RENDER, params={"render_id": render_id}).json()
    assert during["status"] in {"queued", "rendering", "done"}
    after = partner.done(render_id)
    assert list(after) == [
        "render_id",
        "status",
        "created_at",
        "outputs",
        "progress",
        "outputs_styles",
        "outputs_room_types",
    ]
    assert (after["status"], after["progress"], after["created_at"]) == ("done", 1, body["created_at"])
    assert [one.partition("?")[0] for one in after["outputs"][:2]] == [one.partition("?")[0] for one in body["outputs"]]
    assert re.fullmatch(staged, after["outputs"][2].partition("?")[0])
    assert (after["outputs_styles"], after["outputs_room_types"]) == (["modern"] * 2 + ["standard"], ["living"] * 3)
    waited = partner.ask("POST", f"{VARY}?render_id={render_id}").json()
    assert list(waited) == ["render_id", "result_image_url"]
    # What is left out comes from the first call, and not from the variation before.
    last = partner.done(render_id)
    assert (last["outputs_styles"], last["outputs_room_types"]) == (
        ["modern"] * 2 + ["standard", "modern"],
        ["living"] * 4,
    )
    assert last["outputs"][-1].partition("?")[0] == waited["result_image_url"].partition("?")[0]
    assert ledger.balance(account) == 8

    stranger = Partner(partner.url, keys.create(stranger_account, "other")[1])
    for method, path in (("GET", RENDER), ("POST", VARY)):
        answer = stranger.ask(method, path, params={"render_id": render_id})
        assert (answer.status_code, answer.json()["code"]) == (404, "render_not_found")


def test_an_emptied_room_alone_and_4k(partner: Partner, account: Account) -> None:
    alone = partner.ask(
        "POST", CREATE, params={"declutter_mode": "auto", "add_furniture": "false"}, files={"file": PHOTO}
    ).json()
    assert alone["outputs"] == [alone["result_image_url"]] == [alone["removal_output"]]
    assert partner.done(alone["render_id"])["outputs_styles"] == [""]
    answer = partner.ask("POST", VARY, json={"render_id": alone["render_id"]})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    wide = partner.ask("POST", CREATE, params=LIVING, files={"file": pictures.encoded(pictures.room(2400, 600))}).json()
    assert Image.open(io.BytesIO(serving.get(wide["result_image_url"]).content)).size == (1920, 480)
    large = partner.create(resolution="4k", declutter_mode="off")
    assert Image.open(io.BytesIO(serving.get(large["result_image_url"]).content)).size == (3840, 2880)
    assert ledger.balance(account) == 5


def test_an_idempotency_key_and_its_conflict(partner: Partner, account: Account) -> None:
    headers = {"Idempotency-Key": "order 17"}
    first, again = (
        partner.ask("POST", CREATE, params=NO_WAIT, files={"file": PHOTO}, headers=headers).json() for _ in range(2)
    )
    assert first == again
    other = partner.ask("POST", CREATE, params=NO_WAIT | {"style": "luxury"}, files={"file": PHOTO}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    partner.done(first["render_id"])
    assert ledger.balance(account) == 8


def test_credits_and_plans(url: str, partner: Partner, account: Account) -> None:
    ledger.adjust(account, -9, reference="test", actor=None, note="spend")
    answer = partner.ask("POST", CREATE, params=LIVING, files={"file": PHOTO})
    assert (answer.status_code, answer.json()["code"]) == (402, "insufficient_credits")
    fields = FIELDS | {"uuid": "short", "staging": "true"}
    answer = partner.ask("POST", "/interior/", data=fields, files={"files": PHOTO})
    assert (answer.status_code, answer.json()["code"]) == (402, "insufficient_credits")
    free = accounts.open_account("free@example.com", "a long enough password", "free", name="Free")
    poor = Partner(url, keys.create(free, "free")[1])
    answer = poor.ask("GET", "/v1/ping")
    assert (answer.status_code, answer.json()["code"]) == (403, "plan_without_api")
    answer = poor.ask("POST", "/interior/", data=fields, files={"files": PHOTO})
    assert (answer.status_code, answer.json()["code"]) == (403, "plan_required")


def test_polling_at_forty_a_second_is_not_throttled(partner: Partner) -> None:
    render_id = partner.create()["render_id"]
    with httpx.Client(headers={"Authorization": f"Api-Key {partner.key}"}) as client:
        statuses = []
        for _ in range(80):
            statuses.append(client.get(f"{partner.url}{RENDER}", params={"render_id": render_id}).status_code)
            time.sleep(1 / 60)
    assert statuses == [200] * 80


def test_ping_tells_what_was_used(partner: Partner) -> None:
    partner.create()
    ping = partner.ask("GET", "/v1/ping").json()
    assert (ping["photoLimit"], ping["photosUsedThisPeriod"], ping["credits"]) == (10, 2, 8)


def test_aliases_are_echoed_as_the_names_they_stand_for(partner: Partner, account: Account) -> None:
    ledger.grant(account, 20, reference="aliases")
    aliases = {
        "mid-century modern": "midcentury",
        "Mid_Century": "midcentury",
        "hamptons": "coastal",
        "American": "standard",
        "southwestern": "farmhouse",
    }
    for said, name in aliases.items():
        arguments = NO_WAIT | {"style": said, "room_type": "HOME OFFICE"}
        created = partner.ask("POST", CREATE, params=arguments, files={"file": PHOTO}).json()
        found = partner.ask("GET", RENDER, params=created).json()
        assert (found["outputs_styles"], found["outputs_room_types"]) == ([name], ["home_office"])


def test_a_photo_is_turned_as_its_camera_was_held(partner: Partner) -> None:
    turned = pictures.encoded(pictures.room(360, 270), exif=pictures.exif(orientation=6))
    body = partner.ask("POST", CREATE, params=LIVING, files={"file": turned}).json()
    assert Image.open(io.BytesIO(serving.get(body["result_image_url"]).content)).size == (1440, 1920)


def test_a_label_is_drawn_lower_right_and_only_when_asked_for(partner: Partner) -> None:
    plain, labelled = (
        Image.open(
            io.BytesIO(serving.get(partner.create(add_virtually_staged_watermark=word)["result_image_url"]).content)
        )
        for word in ("false", "true")
    )
    left, top, right, bottom = ImageChops.difference(plain, labelled).getbbox() or (0, 0, 0, 0)
    assert left > plain.width / 2
    assert top > plain.height / 2
    assert 0 < (right - left) * (bottom - top) < plain.width * plain.height / 20


def test_output_files_are_for_every_origin_and_only_with_their_signature(partner: Partner) -> None:
    body = partner.create()
    assert list(body) == ["render_id", "result_image_url", "status", "created_at", "outputs"]
    assert (body["status"], body["outputs"]) == ("done", [body["result_image_url"]])
    first, again = body["result_image_url"], partner.done(body["render_id"])["outputs"][0]
    assert first.startswith(f"{partner.url}/renders/")
    assert first.partition("?")[0] == again.partition("?")[0]
    answer = serving.get(again, headers={"Origin": "https://a.example"})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "*")
    assert httpx.options(again).headers["access-control-allow-origin"] == "*"
    forged = first[:-1] + ("0" if first[-1] != "0" else "1")
    for address in (first.partition("?")[0], forged):
        refused = serving.get(address)
        assert (refused.status_code, set(refused.json())) == (403, {"error", "message", "code"})


def test_an_answer_to_a_failed_render_names_it(partner: Partner, account: Account) -> None:
    bad = pictures.encoded(pictures.room(FAILING_WIDTH, 270))
    answer = partner.ask("POST", CREATE, params=LIVING, files={"file": bad})
    body = answer.json()
    assert (answer.status_code, body["code"], body["status"]) == (500, "render_failed", "error")
    assert FAILURE["message"] in body["error"] == body["message"]
    found = partner.ask("GET", RENDER, params={"render_id": body["render_id"]}).json()
    assert (found["status"], found["error"], found["outputs"]) == ("error", found["message"], [])
    refused = partner.ask("POST", VARY, json={"render_id": body["render_id"]})
    assert (refused.status_code, refused.json()["code"]) == (400, "render_not_done")
    assert ledger.balance(account) == 10
