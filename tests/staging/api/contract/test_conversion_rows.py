"""What the Conversion API takes and refuses: a table of sentences, each tried by one call over real HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from billing import ledger
from billing.models import Account
from tests.staging import pictures
from tests.staging.api.contract.calling import (
    BODY_BYTES,
    PHOTO,
    PHOTO_BYTES,
    Partner,
    Row,
    answered,
    convert,
    get,
    said,
)

pytestmark = pytest.mark.django_db(transaction=True)

NO_KEY = said(Authorization="")
KNOWN = {"invalid_room_type": "living_room", "invalid_style": "midcentury"}
ROOMS = ("living_room", "bedroom", "kitchen", "dining_room", "bathroom", "office", "kids_room", "living", "home-office")
STYLES = ("modern", "mid-century modern", "Hamptons", "american", "southwestern")
SMALL = pictures.encoded(pictures.room(400, 255))
ROWS = [
    convert("one view serves both"),
    convert("one view serves both", path="/api/conversion/"),
    convert("Trailing slash or not", path="/interior", files={"file": PHOTO}),
    convert("works with Api-Key", path="/api/conversion", files={"image": PHOTO}),
    convert("and Bearer", files={"files[]": PHOTO}, **said(Authorization="bearer {key}")),
    convert("file is a name too", files={"file": PHOTO}),
    convert("The scheme without case", **said(Authorization="toKEN {key}")),
    convert("wrong: 401", 401, "invalid_api_key", **said(Authorization="Token nobody")),
    get("/results/ too", "/results/", 401, "invalid_api_key", params={"conversion": "nobody"}, **NO_KEY),
    convert("Missing or wrong: 401", 401, "invalid_api_key", **NO_KEY),
    *(convert(f"known room {room}", data={"room_type": room}) for room in ROOMS),
    *(convert(f"known style {style}", data={"style": style}) for style in STYLES),
    *(convert(f"model {model}", data={"model": model}) for model in ("sdxl", "flux-schnell", "flux-dev")),
    *(
        convert(f"{format} is taken", files={"files": pictures.encoded(pictures.room(300, 280), format)})
        for format in ("JPEG", "PNG", "WEBP", "AVIF", "HEIF")
    ),
    convert("renders 1 to 4", data={"renders": "4"}),
    convert("renders outside is 400", 400, "invalid_renders", data={"renders": "0"}),
    convert("upscale is a boolean", data={"upscale": "yes"}),
    convert("uuid: up to 64 characters", data={"uuid": "x" * 64}),
    convert("and no more", 400, "invalid_request", data={"uuid": "x" * 65}),
    convert("neither is none", 400, "invalid_request", data={"uuid": "\t\x07"}),
    convert("uuid: required", 400, "missing_field", data={"uuid": None}),
    convert("files: required", 400, "missing_field", files={"other": PHOTO}),
    convert("room_type: required", 400, "missing_field", data={"room_type": None}),
    convert("style: required", 400, "missing_field", data={"style": None}),
    convert("space: required, else 400", 400, "missing_field", data={"space": None}),
    convert("For exterior, room_type only has to be there", data={"space": "exterior", "room_type": "hut"}),
    convert("but has to", 400, "missing_field", data={"space": "exterior", "room_type": None}),
    convert("an unknown room is 400", 400, "invalid_room_type", data={"room_type": "cave"}),
    convert("an unknown style is 400", 400, "invalid_style", data={"style": "gothic"}),
    convert("space is one of two", 400, "invalid_space", data={"space": "orbit"}),
    *(
        convert("renders outside is 400", 400, "invalid_renders", data={"renders": word})
        for word in ("5", "-1", "1.5", "two")
    ),
    convert("a boolean is one", 400, "invalid_request", data={"upscale": "maybe"}),
    convert("limits as in renders.md", 400, "invalid_image", files={"files": SMALL}),
    convert("limits as in renders.md", 400, "invalid_image", files={"files": pictures.png_header_of(9000, 9000)}),
    convert("body over its limit", 413, "image_too_large", files={"files": b"x" * (BODY_BYTES + 1)}),
    convert("a model is one of three", 400, "invalid_model", data={"model": "gpt"}),
    convert("Both staging and sketch: 400", 400, "invalid_request", data={"staging": "true", "sketch": "true"}),
    convert("invalid_image", 400, "invalid_image", files={"files": b"hello"}),
    convert("image_too_large", 413, "image_too_large", files={"files": b"x" * (PHOTO_BYTES + 1)}),
    Row("Unknown uuid: 404", "POST", "/results/", 404, "not_found", {"json": {"conversion": "nobody"}}),
    Row("conversion: required", "POST", "/results/", 400, "missing_field", {"json": {}}),
    get("conversion: required", "/results/", 400, "missing_field"),
    Row("also uuid", "POST", "/results", 404, "not_found", {"data": {"uuid": "nobody"}}),
    get("also GET", "/results/", 404, "not_found", params={"conversion": "nobody"}),
    get("a file that is not there", "/results/abc123.jpg", 404, "not_found"),
]


def test_every_row(partner: Partner, account: Account) -> None:
    """One test for all, since each alone would empty the database first."""
    ledger.grant(account, 190, reference="rows")
    for row in ROWS:
        before = ledger.balance(account)
        answer, told = answered(row, partner)
        if row.status == 200:
            check_success(row, answer.json(), told)
        else:
            check_error(row, answer, told)
            assert ledger.balance(account) >= before, told


def check_success(row: Row, body: dict[str, Any], told: str) -> None:
    assert set(body) == {"uuid", "conversion", "finished", "status", "files", "credits_used", "credits_left"}, told
    assert (body["finished"], body["files"], body["status"]) == (False, [], "queued"), told
    assert body["uuid"] == body["conversion"] == row.how["data"]["uuid"], told


def check_error(row: Row, answer: httpx.Response, told: str) -> None:
    body = answer.json()
    assert (body["code"], body["error"]) == (row.code, body["detail"]), told
    # A conversion that is not there and a body that was not read name no field.
    by_field = row.status == 400
    assert set(body) - {"finished", "files"} == {"detail", "error", "code"} | ({"errors"} if by_field else set()), told
    assert all(isinstance(text, str) for texts in body.get("errors", {}).values() for text in texts), told
    if row.code in {"invalid_room_type", "invalid_style"}:
        assert KNOWN[row.code] in body["detail"], told
    if row.status == 401:
        assert answer.headers["www-authenticate"] == "Token", told
    if row.path.strip("/") == "results" and row.status == 404:
        assert (body["finished"], body["files"]) == (True, []), told
