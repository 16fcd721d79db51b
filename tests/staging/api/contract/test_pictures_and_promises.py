"""What the contracts promise of pictures, keys and charges, where a partner sees it: over HTTP."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from django.utils import timezone
from PIL import Image, ImageChops
from pytest_httpserver import HTTPServer
from werkzeug import Request

from billing import ledger
from billing.models import Account
from staging import files, renditions, variations, webhooks
from staging.models import AcceptedRequest, Output, Render, Role, Run
from tests import serving
from tests.staging import pictures
from tests.staging.api.contract.calling import (
    BARE_WIDTH,
    CREATE,
    FAILING_WIDTH,
    FIELDS,
    HALF_WIDTH,
    LIVING,
    NO_WAIT,
    PHOTO,
    SLOW_WIDTH,
    VARY,
    Partner,
)
from tests.staging.stack import Stack

pytestmark = pytest.mark.django_db(transaction=True)


def picture(url: str) -> Image.Image:
    """The picture at an address, as anybody gets it."""
    answer = serving.get(url, timeout=30)
    assert answer.status_code == 200, answer.text
    return Image.open(io.BytesIO(answer.content)).convert("RGB")


def photo_of(width: int, height: int = 270) -> bytes:
    return pictures.encoded(pictures.room(width, height))


def finished(partner: Partner, conversion: str) -> list[dict[str, object]]:
    """What /results/ says until it is finished."""
    told, deadline = [], time.monotonic() + 60
    while not told or not told[-1]["finished"]:
        assert time.monotonic() < deadline
        told.append(partner.ask("POST", "/results/", json={"conversion": conversion}).json())
        time.sleep(0.05)
    return told


def test_outside_of_the_mask_an_output_is_the_photo_resampled(partner: Partner) -> None:
    shown = picture(partner.create()["result_image_url"])
    photo = renditions.resampled(Image.open(io.BytesIO(PHOTO)).convert("RGB"), 1920)
    changed = ImageChops.difference(shown, photo)
    # The stand-in paints the middle; what is drawn over by resampling reaches a few pixels further.
    left, top, right, bottom = 1920 // 4 - 20, 1440 // 2 - 20, 1920 * 3 // 4 + 20, 1440 * 7 // 8 + 20
    assert changed.getbbox() is not None
    changed.paste((0, 0, 0), (left, top, right, bottom))
    assert changed.getbbox() is None


def test_a_clean_master_is_kept_of_a_labelled_picture(partner: Partner) -> None:
    masters = []
    for word in ("false", "true"):
        body = partner.create(add_virtually_staged_watermark=word, seed="7")
        output = Output.objects.select_related("run__render").get(
            run__render__public_id=body["render_id"], role=Role.STAGED
        )
        assert output.run.brief.seed == 7
        masters.append(picture(partner.url + files.master_url(output)))
    assert masters[0].size == (360, 270)
    assert ImageChops.difference(*masters).getbbox() is None


def test_auto_leaves_a_room_without_furniture_as_it_is(partner: Partner) -> None:
    asked = {**LIVING, "declutter_mode": "auto"}
    bare = partner.ask("POST", CREATE, params=asked, files={"file": photo_of(BARE_WIDTH)}).json()
    assert (len(bare["outputs"]), "removal_output" in bare) == (1, False)
    furnished = partner.create(declutter_mode="auto")
    assert len(furnished["outputs"]) == 2


def test_the_white_of_a_mask_is_what_the_engine_is_told_to_remove(partner: Partner, behind: Stack) -> None:
    mask = Image.new("L", (60, 40), 0)
    mask.paste(255, (0, 0, 30, 40))
    drawn = "data:image/png;base64," + base64.b64encode(pictures.encoded(mask, "PNG")).decode()
    asked = {"image_url": "data:image/jpeg;base64," + base64.b64encode(PHOTO).decode(), "declutter_mask_url": drawn}
    answer = partner.ask("POST", CREATE, json={**LIVING, **asked, "declutter_mode": "on", "add_furniture": False})
    assert answer.status_code == 200, answer.text
    told = behind.seen()["masks"][f"{answer.json()['render_id']}-1-1"]
    reached = Image.open(io.BytesIO(base64.b64decode(told))).convert("L")
    assert ImageChops.difference(reached, mask).getbbox() is None


def test_a_signature_is_good_for_fourteen_days_and_no_longer(partner: Partner) -> None:
    url = partner.create()["result_image_url"]
    asked = urlsplit(url)
    expires = int(parse_qs(asked.query)["expires"][0])
    assert abs(expires - time.time() - 14 * 24 * 3600) < 120
    past = int(time.time()) - 1
    query = urlencode({"expires": past, "signature": files._signature(asked.path, past)})
    late = serving.get(f"{partner.url}{asked.path}?{query}")
    assert (late.status_code, late.json()["code"]) == (403, "invalid_signature")


def test_a_variation_is_staged_on_the_emptied_picture(partner: Partner) -> None:
    body = partner.create(declutter_mode="on")
    varied = partner.ask("POST", VARY, params={"render_id": body["render_id"]}).json()
    emptied, variation, photo = (
        picture(body["removal_output"]),
        picture(varied["result_image_url"]),
        renditions.resampled(Image.open(io.BytesIO(PHOTO)).convert("RGB"), 1920),
    )
    # Upper left the stand-in has removed something, and puts nothing there.
    cleared = (1920 // 8 + 30, 1440 // 8 + 30, 1920 // 2 - 30, 1440 // 2 - 30)
    assert ImageChops.difference(variation.crop(cleared), emptied.crop(cleared)).getbbox() is None
    assert ImageChops.difference(variation.crop(cleared), photo.crop(cleared)).getbbox() is not None


def test_each_variation_is_another_arrangement_and_the_same_one_again(partner: Partner) -> None:
    body = partner.create()
    for _ in range(2):
        assert partner.ask("POST", VARY, params={"render_id": body["render_id"]}).status_code == 200
    render = Render.objects.get(public_id=body["render_id"])
    seeds = [run.brief.seed for run in Run.objects.filter(render=render).order_by("number")]
    assert len(set(seeds)) == 3
    # By the render and its number alone, so that the same one can be made again.
    assert seeds[1:] == [variations.seed_of(render, number) for number in (2, 3)]


def test_an_idempotency_key_is_good_for_a_day_and_not_used_up_by_a_refusal(partner: Partner, account: Account) -> None:
    headers = {"Idempotency-Key": "order 18"}

    def ask(**arguments: str) -> httpx.Response:
        return partner.ask("POST", CREATE, params=NO_WAIT | arguments, files={"file": PHOTO}, headers=headers)

    assert ask(style="gothic").status_code == 400
    first = ask().json()
    assert ask().json() == first
    accepted = AcceptedRequest.objects.filter(account=account)
    assert accepted.update(created_at=timezone.now() - timedelta(hours=23, minutes=55)) == 1
    assert ask().json() == first
    accepted.update(created_at=timezone.now() - timedelta(hours=24, minutes=1))
    assert ask().json() != first


def test_a_file_is_charged_when_one_picture_is_ready_and_given_back_when_none_is(
    partner: Partner, account: Account
) -> None:
    fields = FIELDS | {"uuid": "halves", "renders": "2"}
    photos = [("files", ("half.jpg", photo_of(HALF_WIDTH))), ("files", ("none.jpg", photo_of(FAILING_WIDTH)))]
    asked = partner.ask("POST", "/interior/", data=fields, files=photos).json()
    assert (asked["credits_used"], asked["credits_left"]) == (2, 8)
    last = finished(partner, "halves")[-1]
    assert len(last["files"]) == 1  # type: ignore[arg-type]
    assert ledger.balance(account) == 9


def test_files_that_are_ready_are_told_before_the_others(partner: Partner) -> None:
    fields = FIELDS | {"uuid": "one by one"}
    photos = [("files", ("a.jpg", PHOTO)), ("files", ("slow.jpg", photo_of(SLOW_WIDTH)))]
    assert partner.ask("POST", "/interior/", data=fields, files=photos).status_code == 200
    told = finished(partner, "one by one")
    early = [body for body in told if not body["finished"] and len(body["files"]) == 1]  # type: ignore[arg-type]
    assert early
    assert early[-1]["status"] == "processing"
    assert 0 < float(str(early[-1]["progress"])) < 1
    assert len(told[-1]["files"]) == 2  # type: ignore[arg-type]


def test_nobody_guesses_a_files_address(partner: Partner) -> None:
    assert partner.ask("POST", "/interior/", data=FIELDS | {"uuid": "g"}, files={"files": PHOTO}).status_code == 200
    (file,) = finished(partner, "g")[-1]["files"]  # type: ignore[misc]
    name = file["url"].removeprefix("/results/").removesuffix(".jpg")
    output = Output.objects.filter(role__in=(Role.REDESIGNED, Role.STAGED)).latest("pk")
    # 128 bits and more, and nothing in them that the API tells elsewhere.
    assert len(name) >= 32
    for guess in (name[:-1] + ("0" if name[-1] != "0" else "1"), output.uuid.hex, str(output.uuid), "abc123"):
        for copy in ("results", "originals", "thumbs"):
            answer = serving.get(f"{partner.url}/{copy}/{guess}.jpg")
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert serving.get(partner.url + file["url"]).status_code == 200


def check_by_the_document(partner: Partner, secret: str, request: Request) -> None:
    """A message is as the OpenAPI document says, and its own example knows it from a forged one."""
    document = serving.get(f"{partner.url}/api/docs/openapi.json", timeout=60).json()
    told = document["webhooks"]["render"]["post"]
    schema = told["requestBody"]["content"]["application/json"]["schema"]
    pytest.importorskip("jsonschema").validate(json.loads(request.data), schema)
    assert all(parameter["name"] in request.headers for parameter in told["parameters"])
    example: dict[str, Any] = {}
    exec(told["description"].partition("```python\n")[2].partition("```")[0], example)
    assert example["is_ours"](secret, request.headers, request.data)
    assert not example["is_ours"](secret, request.headers, request.data + b" ")


def test_each_picture_and_each_failure_is_told_once_and_signed(
    partner: Partner, account: Account, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("thanks")
    asked = {**LIVING, "webhook_url": httpserver.url_for("/hook"), "declutter_mode": "on"}
    made = partner.ask("POST", CREATE, params=asked, files={"file": PHOTO}).json()
    failed = partner.ask("POST", CREATE, params=asked, files={"file": photo_of(FAILING_WIDTH)}).json()
    serving.wait_until(lambda: len(httpserver.log) == 3, "three webhooks")
    secret = base64.b64decode(webhooks.secret_of(account).removeprefix("whsec_"))
    told = []
    for request, _ in httpserver.log:
        signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.data
        wanted = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
        assert request.headers["webhook-signature"] == f"v1,{wanted}"
        told.append(json.loads(request.data))
        check_by_the_document(partner, webhooks.secret_of(account), request)
    fields = ["event_id", "event_type", "render_id", "variation_id", "timestamp", "result", "error_message"]
    assert [list(event) for event in told] == [fields] * 3
    done = [event for event in told if event["event_type"] == "done"]
    assert {event["render_id"] for event in done} == {made["render_id"]}
    shown = {urlsplit(event["result"]["url"]).path for event in done}
    assert shown == {urlsplit(url).path for url in made["outputs"]}
    (error,) = (event for event in told if event["event_type"] == "error")
    assert (error["render_id"], bool(error["error_message"])) == (failed["render_id"], True)
