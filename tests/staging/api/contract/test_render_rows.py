"""What the Render API takes, forgives and refuses: a table of sentences, each tried by one call over real HTTP."""

from __future__ import annotations

import base64
import re
from typing import Any

import httpx
import pytest
from PIL import Image

from billing import ledger
from billing.models import Account
from tests.staging import pictures
from tests.staging.api.contract.calling import (
    BODY_BYTES,
    CREATE,
    DATA_URL,
    LIVING,
    NO_WAIT,
    PHOTO,
    PHOTO_BYTES,
    RENDER,
    VARY,
    Partner,
    Row,
    answered,
    create,
    get,
    said,
)

pytestmark = pytest.mark.django_db(transaction=True)

BARE = {"add_furniture": "false", "wait_for_completion": "false"}
IMAGE = said(Content_Type="image/jpeg")
NO_KEY: dict[str, Any] = said(Authorization="")
BIG, BAD = {"file": b"x" * (PHOTO_BYTES + 1)}, {"file": b"hello"}
ROOMS = "living, bed, kitchen, dining, bathroom, home_office, outdoor, kids_room"
STYLES = "modern, scandinavian, industrial, midcentury, luxury, farmhouse, coastal, standard"
CHOICES = {
    "invalid_room_type": ROOMS,
    "invalid_style": STYLES,
    "invalid_declutter_mode": "on, off, auto",
    "invalid_resolution": "full-hd, 4k",
}
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF")
MASK = "data:image/png;base64," + base64.b64encode(pictures.encoded(Image.new("L", (40, 30), 255), "PNG")).decode()
TOO_LONG_URL = "data:image/png;base64," + base64.b64encode(b"x" * (PHOTO_BYTES + 1)).decode()
ROOM = {"roomType": "bed", "style": "modern"}
# Of an argument in camelCase that is taken, a wrong value is refused.
CAMEL = {
    "roomType": "invalid_room_type",
    "declutterMode": "invalid_declutter_mode",
    "waitForCompletion": "invalid_request",
    "addFurniture": "invalid_request",
    "addVirtuallyStagedWatermark": "invalid_request",
    "webhookUrl": "invalid_request",
}
ROWS = [
    get("Both forms answer; never a redirect", "/v1/ping/"),
    create("Both forms answer; never a redirect", path=f"{CREATE}/"),
    get("The scheme is matched without case", "/v1/ping", **said(Authorization="aPi-kEY {key}")),
    get("works as Bearer", "/v1/options", **said(Authorization="Bearer {key}")),
    get("works as Token", "/v1/options", **said(Authorization="Token {key}")),
    get("and as the header X-Api-Key", "/v1/ping", **said(Authorization="", X_Api_Key="{key}")),
    get("Missing: 401", "/v1/ping", 401, "invalid_api_key", **NO_KEY),
    create("Wrong: 401, before the image", 401, "invalid_api_key", files=BAD, **said(Authorization="Api-Key x")),
    get("Both forms answer", "/v1/options/"),
    get("Every body is JSON", CREATE, 405, "method_not_allowed"),
    get("An unknown path is this JSON 404", "/v1/nothing", 404, "not_found"),
    get("under /v1/ itself too", "/v1", 404, "not_found"),
    Row("in every method", "DELETE", "/v1/render/nothing", 404, "not_found", NO_KEY),
    get("whatever the credentials", "/v2/anything", 404, "not_found", **NO_KEY),
    create("Arguments come from the query string"),
    create("then form fields", params={"style": "gothic"}, data=NO_WAIT),
    create("then JSON; the later wins", params={"style": "gothic"}, json={**NO_WAIT, "image_url": DATA_URL}),
    create("what is empty is not said", data={**NO_WAIT, "style": ""}),
    create("Unknown arguments are ignored", params={**NO_WAIT, "colour": "blue"}),
    create("camelCase works", params={"roomType": "bed", "style": "modern", "waitForCompletion": "0"}),
    *(
        create(f"{name} works", 400, code, params={}, json={"imageUrl": DATA_URL, **ROOM, name: "no such thing"})
        for name, code in CAMEL.items()
    ),
    create("camelCase works", params={}, json={"imageUrl": DATA_URL, **ROOM, "waitForCompletion": False}),
    create("Case, -, _ and spaces do not matter", params={**NO_WAIT, "room_type": "Home-Office"}),
    create("Booleans in any case", params={**NO_WAIT, "wait_for_completion": "OFF"}),
    *(
        create("Booleans: true, in words", params={**NO_WAIT, "add_furniture": word})
        for word in ("true", "1", "YES", "On")
    ),
    create("other words are none", 400, "invalid_request", params={**LIVING, "wait_for_completion": "maybe"}),
    create("a raw image body is accepted", content=PHOTO, **IMAGE),
    create("its arguments from the query", 400, "invalid_style", content=PHOTO, params={"room_type": "bed"}, **IMAGE),
    create("or octet-stream", content=PHOTO, headers={"Content-Type": "application/octet-stream"}),
    create("other file parts are ignored", files={"file": PHOTO, "mask": b"x"}),
    create("resolution, any case", params={**NO_WAIT, "resolution": "FULL-HD"}),
    create("a mask is ignored with off", params={**NO_WAIT, "declutter_mask_url": "nothing"}),
    create("Invalid image: missing", 400, "invalid_image", json={}),
    create("unreadable", 400, "invalid_image", files={"file": PHOTO[:900]}),
    create("unreachable", 400, "invalid_image", json={"image_url": "http://127.0.0.1:9/a.png"}),
    create("not an image", 400, "invalid_image", files=BAD),
    create("Checked before all other arguments", 400, "invalid_image", params={"style": "gothic"}, files=BAD),
    create("256 px", 400, "invalid_image", files={"file": pictures.encoded(pictures.room(400, 255))}),
    create("room_type is required", 400, "invalid_room_type", params={"style": "modern"}),
    create("style is required", 400, "invalid_style", params={"room_type": "bed"}),
    create("a mode is one of three", 400, "invalid_declutter_mode", params={**LIVING, "declutter_mode": "no"}),
    create("no boolean", 400, "invalid_declutter_mode", json={"image_url": DATA_URL, "declutter_mode": True}),
    create("a resolution is one of two", 400, "invalid_resolution", params={**LIVING, "resolution": "8k"}),
    create("off with false is 400", 400, "invalid_request", params={**LIVING, "add_furniture": "false"}),
    create(
        "an unusable mask", 400, "invalid_request", params=LIVING | {"declutter_mode": "on", "declutter_mask_url": "x"}
    ),
    create("image over the limit: 413", 413, "image_too_large", files=BIG),
    create("413 comes before the arguments", 413, "image_too_large", params={}, files=BIG),
    *(
        create(f"{format} is taken", files={"file": pictures.encoded(pictures.room(300, 280), format)})
        for format in FORMATS
    ),
    *(create(f"room type {room}", params={**NO_WAIT, "room_type": room}) for room in ROOMS.split(", ")),
    *(create(f"style {style}", params={**NO_WAIT, "style": style}) for style in STYLES.split(", ")),
    *(
        create("The string false is false everywhere", 400, "invalid_request", params={**LIVING, "add_furniture": word})
        for word in ("false", "0", "No", "OFF")
    ),
    create("room_type is not required without furniture", params={"declutter_mode": "on", **BARE}),
    create(
        "a mask is taken, whatever its size", params={**NO_WAIT, "declutter_mode": "on", "declutter_mask_url": MASK}
    ),
    create("80 megapixels: 400", 400, "invalid_image", files={"file": pictures.png_header_of(9000, 9000)}),
    create("an oversized image_url is 400", 400, "invalid_image", json={"image_url": TOO_LONG_URL}),
    create("body over its limit: 413", 413, "image_too_large", files={"file": b"x" * (BODY_BYTES + 1)}),
    create("webhook_url is taken", params={**NO_WAIT, "webhook_url": "https://partner.example/hook"}),
    create("seed is taken", params={**NO_WAIT, "seed": "7"}),
    get("Both forms answer", f"{RENDER}/", 400, "missing_render_id"),
    Row("Both forms answer", "POST", f"{VARY}/", 400, "missing_render_id", {"json": {}}),
    get("Missing id: 400", RENDER, 400, "missing_render_id"),
    get("Unknown id: 404", RENDER, 404, "render_not_found", params={"render_id": "A" * 20}),
    get("Unknown id: 404", RENDER, 404, "render_not_found", params={"render_id": "short"}),
    get("Unknown id: 404", f"{RENDER}?render_id={'%00' * 20}", 404, "render_not_found"),
    get("renderId works too", RENDER, 404, "render_not_found", params={"renderId": "A" * 20}),
    Row("Missing id: 400", "POST", VARY, 400, "missing_render_id", {"json": {}}),
    Row("Unknown id: 404", "POST", VARY, 404, "render_not_found", {"json": {"render_id": "A" * 20}}),
]


def test_every_row(partner: Partner, account: Account) -> None:
    """One test for all, since each alone would empty the database first."""
    ledger.grant(account, 250, reference="rows")
    for row in ROWS:
        before = ledger.balance(account)
        answer, told = answered(row, partner)
        if row.status == 200:
            check_success(row, answer.json(), told)
        else:
            check_error(row, answer, told)
            assert ledger.balance(account) >= before, told


def check_success(row: Row, body: dict[str, Any], told: str) -> None:
    assert "error" not in body, told
    if row.path.startswith(CREATE):
        assert re.fullmatch("[A-Za-z0-9]{20}", body.pop("render_id")), told
        assert body == {}, told


def check_error(row: Row, answer: httpx.Response, told: str) -> None:
    body = answer.json()
    assert body["code"] == row.code, told
    assert (set(body), body["error"]) == ({"error", "message", "code"}, body["message"]), told
    if row.code == "invalid_image":
        assert body["error"] == "Invalid image", told
    if row.code in CHOICES:
        name = row.code.removeprefix("invalid_")
        assert body["error"] == f"Invalid {name}. Must be one of: {CHOICES[row.code]}", told
    if row.status == 401:
        assert answer.headers["www-authenticate"] == "Api-Key", told
