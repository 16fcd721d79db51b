"""What the OpenAPI document says of the Render API."""

from __future__ import annotations

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter

from staging import idempotency, webhooks
from staging.api.documents import (
    BINARY,
    TEXT,
    Schema,
    boolean,
    choice,
    describer,
    in_query,
    objects,
    with_examples,
)
from staging.api.renders.briefs import DECLUTTER_MODES, RESOLUTIONS, SEED_MOST
from staging.briefs import RoomType, Style

TAG = "Render API"
# Other names of styles, as clients of this API know them; answers have the catalogue's own.
STYLE_ALIASES = ("mid-century modern", "mid-century", "hamptons", "american", "southwestern")
CODES = {
    400: {
        "invalid_image": "missing, unreadable, unreachable, no image, or over the limits; checked first",
        "invalid_room_type": "none of the room types",
        "invalid_style": "none of the styles",
        "invalid_declutter_mode": "none of on, off, auto",
        "invalid_resolution": "none of the resolutions",
        "invalid_request": "another argument or the body cannot be meant so",
        "missing_render_id": "no render is named",
        "render_not_done": "a variation wants a render that is done",
        "max_variations": f"a render has at most {settings.VARIATIONS_MAX} variations",
    },
    401: {"invalid_api_key": "the key is missing or wrong"},
    402: {"insufficient_credits": "the balance is short; nothing is created"},
    403: {
        "plan_without_api": "the plan has no API access",
        "storage_full": "the account's photos fill its plan; nothing was charged",
        "key_scope": "the key may only read",
        "plan_without_4k": "the plan has no 4K outputs",
    },
    404: {"render_not_found": "an unknown id, or another account's"},
    409: {"idempotency_conflict": "the same Idempotency-Key with other arguments"},
    413: {"image_too_large": f"the image is over {settings.PHOTO_MAX_BYTES // 2**20} MB"},
    429: {
        "concurrency_limit": f"{settings.RENDERS_IN_FLIGHT} renders of the account are in progress",
        "rate_limited": "the key calls too often, or all keys of the account together",
    },
    500: {"render_failed": "the picture could not be made; nothing was charged"},
    503: {"unavailable": "the service cannot take work now; nothing was charged"},
    504: {"wait_timeout": "the render goes on and can be polled"},
}
_ERROR = objects(
    ("error", "message", "code"),
    error={**TEXT, "description": "A sentence for people."},
    message={**TEXT, "description": "The same sentence."},
    render_id={**TEXT, "description": "Where a render exists."},
    status={**TEXT, "description": "Where a render exists."},
)
RENDER_ID: Schema = {"type": "string", "pattern": "^[A-Za-z0-9]{20}$", "description": "The render's id."}
_URL = {"type": "string", "format": "uri"}
_URLS = {"type": "array", "items": _URL}
COMPONENTS: Schema = {
    "Ping": objects(
        ("userObj", "photoLimit", "photosUsedThisPeriod", "credits"),
        userObj=objects(("email", "uid"), email=TEXT, uid=TEXT),
        photoLimit={"type": "integer"},
        photosUsedThisPeriod={"type": "integer"},
        credits={"type": "integer"},
    ),
    "Options": objects(
        ("styles", "roomTypes"),
        styles={"type": "array", "items": choice(Style)},
        roomTypes={"type": "array", "items": choice(RoomType)},
    ),
    "Created": objects(
        ("render_id",),
        render_id=RENDER_ID,
        result_image_url={**_URL, "description": "Once done. The staged picture, or the emptied room."},
        removal_output={**_URL, "description": "The emptied room, where decluttering took place."},
        status=choice(["done"], "Once done."),
        created_at={"type": "integer", "description": "Epoch milliseconds, once done."},
        outputs={**_URLS, "description": "All pictures, once done."},
    ),
    "Varied": objects(("render_id",), render_id=RENDER_ID, result_image_url={**_URL, "description": "Once done."}),
    "Render": objects(
        ("render_id", "status", "created_at", "outputs", "progress", "outputs_styles", "outputs_room_types"),
        render_id=RENDER_ID,
        status=choice(["queued", "rendering", "done", "error"]),
        created_at={"type": "integer", "description": "Epoch milliseconds."},
        outputs={**_URLS, "description": "Append-only: the staged picture, the emptied room, then each variation."},
        progress={"type": "number", "minimum": 0, "maximum": 1},
        outputs_styles={"type": "array", "items": TEXT},
        outputs_room_types={"type": "array", "items": TEXT},
        error={**TEXT, "description": "Why it failed."},
        message={**TEXT, "description": "The same."},
    ),
}
_FURNISHING: Schema = {
    "room_type": choice(RoomType, "What the room is used for. Required when furniture is added."),
    "style": choice(
        [*Style, *STYLE_ALIASES],
        "How it is furnished. Required when furniture is added. The last five are other names of the first eight.",
    ),
}
_WAIT = boolean("Whether the answer waits for the picture, at most 300 s.", default=True)
_LABEL = boolean("Draw a small “Virtually Staged” label, lower right.", default=False)
_WEBHOOK = {
    **TEXT,
    "description": "Is told of each finished output or failure by one signed POST (Standard Webhooks); see Webhooks.",
    "maxLength": webhooks.URL_LENGTH,
}
_CREATE: Schema = {
    **_FURNISHING,
    "resolution": choice(RESOLUTIONS, "Long edge 1920 or 3840.", default="full-hd"),
    "wait_for_completion": _WAIT,
    "add_virtually_staged_watermark": _LABEL,
    "declutter_mode": choice(DECLUTTER_MODES, "What is removed first: nothing, all, or what is found.", default="off"),
    "declutter_mask_url": {**TEXT, "description": "Black-and-white picture; white is removed."},
    "add_furniture": boolean("False with declutter_mode on: the emptied room alone.", default=True),
    "seed": {"type": "integer", "minimum": 0, "maximum": SEED_MOST, "default": 0},
    "webhook_url": _WEBHOOK,
}
_IMAGE_URL = {**TEXT, "description": "http(s) or data: URL of the photo."}
_FILE = {**BINARY, "description": "The photo: JPEG, PNG, WebP, HEIC or AVIF."}
_VARIATION: Schema = {
    "roomType": choice(RoomType, "Another room type than the first call's."),
    "style": choice([*Style, *STYLE_ALIASES], "Another style than the first call's."),
    "wait_for_completion": _WAIT,
    "add_virtually_staged_watermark": _LABEL,
    "switch_to_queued_immediately": boolean("Say `queued` until work begins.", default=False),
    "webhook_url": _WEBHOOK,
}
_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "maxLength": idempotency.KEY_LENGTH},
    OpenApiParameter.HEADER,
    description="The same key with the same arguments within 24 h is the same render, charged once.",
)
_ID = OpenApiParameter("render_id", RENDER_ID, OpenApiParameter.QUERY)

_CREATE_CURL = """
curl -sSf -H "Authorization: Api-Key $OPENHOUSE_KEY" -F file=@room.jpg \\
  "$OPENHOUSE_URL/v1/render/create?room_type=living&style=modern"
"""
_CREATE_PYTHON = """
import os, time, requests

url, headers = os.environ["OPENHOUSE_URL"], {"Authorization": f"Api-Key {os.environ['OPENHOUSE_KEY']}"}
arguments = {"room_type": "bed", "style": "scandinavian", "declutter_mode": "auto", "wait_for_completion": False}
with open("room.jpg", "rb") as file:
    created = requests.post(f"{url}/v1/render/create", params=arguments, files={"file": file}, headers=headers)
created.raise_for_status()
render = {"status": "rendering"}
while render["status"] in ("queued", "rendering"):
    time.sleep(0.2)
    render = requests.get(f"{url}/v1/render", params=created.json(), headers=headers).json()
print(render["status"], render["outputs"])
picture = requests.get(render["outputs"][0])
assert picture.headers["Content-Type"] == "image/png"
"""
_VARIATION_PYTHON = """
import os, requests

url, headers = os.environ["OPENHOUSE_URL"], {"Authorization": f"Api-Key {os.environ['OPENHOUSE_KEY']}"}
with open("room.jpg", "rb") as file:
    arguments = {"room_type": "living", "style": "modern"}
    first = requests.post(f"{url}/v1/render/create", params=arguments, files={"file": file}, headers=headers).json()
another = requests.post(
    f"{url}/v1/render/create-variation", json={"render_id": first["render_id"], "style": "coastal"}, headers=headers
).json()
assert another["render_id"] == first["render_id"]
print(another["result_image_url"])
"""
_PING_CURL = """
curl -sSf -H "Authorization: Api-Key $OPENHOUSE_KEY" "$OPENHOUSE_URL/v1/ping"
"""

_described = describer(TAG, CODES, _ERROR)

ping = _described(
    "Test your setup",
    with_examples("Who calls, and how many credits the period has and had.", bash=_PING_CURL),
    "Ping",
    "The account.",
    [401, 403, 429, 503],
)
options = _described(
    "Room types and styles",
    "The names that create takes, exactly as it takes them.",
    "Options",
    "The names.",
    [401, 403, 429, 503],
)
render = _described(
    "Where a render stands",
    "Available at once after create. Output URLs are signed anew by every answer, for 14 days; their path stays.",
    "Render",
    "The render.",
    [400, 401, 403, 404, 429, 503],
    parameters=[_ID],
)
create = _described(
    "Create a render",
    with_examples(
        "Stage, declutter, or both. The photo comes as `image_url`, as the form's `file`, or as the body itself; other "
        "arguments in the query string, the form or the JSON body (the later wins), in snake_case or camelCase. "
        "Staging costs 2 credits, decluttering alone 1, charged when the picture is done.",
        bash=_CREATE_CURL,
        python=_CREATE_PYTHON,
    ),
    "Created",
    "The picture; with `wait_for_completion=false` the id alone.",
    [400, 401, 402, 403, 409, 413, 429, 500, 503, 504],
    parameters=[_KEY, *in_query(_CREATE)],
    request={
        "application/json": objects(image_url=_IMAGE_URL, **_CREATE),
        "multipart/form-data": objects(file=_FILE, image_url=_IMAGE_URL, **_CREATE),
        "application/x-www-form-urlencoded": objects(image_url=_IMAGE_URL, **_CREATE),
        "image/jpeg": BINARY,
        "application/octet-stream": BINARY,
    },
)
create_variation = _described(
    "Create a variation",
    with_examples(
        "Another arrangement of the same photo, at no charge. What is left out comes from the first call. Staged on "
        "the emptied room where there is one. A render that only removed furniture has no variations.",
        python=_VARIATION_PYTHON,
    ),
    "Varied",
    "The new picture; with `wait_for_completion=false` the id alone.",
    [400, 401, 403, 404, 409, 413, 429, 500, 503, 504],
    parameters=[_KEY, _ID],
    request=dict.fromkeys(
        ("application/json", "application/x-www-form-urlencoded"), objects(render_id=RENDER_ID, **_VARIATION)
    ),
)

_VERIFY_PYTHON = """
import base64, hashlib, hmac, time


def is_ours(secret, headers, body):
    \"\"\"Whether a message is signed with the account's secret (whsec_...), and not older than five minutes.\"\"\"
    event, moment = headers["webhook-id"], headers["webhook-timestamp"]
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{event}.{moment}.".encode() + body, hashlib.sha256)
    wanted = "v1," + base64.b64encode(digest).decode()
    signed = any(hmac.compare_digest(wanted, found) for found in headers["webhook-signature"].split(" "))
    return signed and abs(time.time() - int(moment)) < 300
"""


def _nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _signed(name: str, description: str) -> Schema:
    return {"name": name, "in": "header", "required": True, "schema": TEXT, "description": description}


_EVENT = objects(
    ("event_id", "event_type", "render_id", "variation_id", "timestamp", "result", "error_message"),
    event_id={"type": "string", "format": "uuid", "description": "The same with every try."},
    event_type=choice(["done", "error"]),
    render_id=RENDER_ID,
    variation_id={**_nullable(TEXT), "description": "Of the output; null for a failure."},
    timestamp={"type": "integer", "description": "Epoch milliseconds."},
    result=_nullable(objects(("url", "thumbnail_url"), url=_URL, thumbnail_url=_URL)),
    error_message=_nullable(TEXT),
)
WEBHOOKS: Schema = {
    "render": {
        "post": {
            "operationId": "webhook_render",
            "summary": "An output is finished, or a render failed",
            "description": with_examples(
                "What `webhook_url` is sent, once for each output or failure. Answer with 200 to 299 within ten "
                "seconds; anything else is tried again, later each time, for a day, and 410 ends it. Every try is on "
                "the [page of webhooks](/developers/webhooks/), where the secret is too. For a day after a new secret "
                "is made, messages carry two signatures.",
                python=_VERIFY_PYTHON,
            ),
            "tags": [TAG],
            "parameters": [
                _signed("webhook-id", "The event's id: what was seen before may be left alone."),
                _signed("webhook-timestamp", "Epoch seconds of this try."),
                _signed("webhook-signature", "One or two of `v1,BASE64`, apart by a space (Standard Webhooks)."),
            ],
            "requestBody": {"required": True, "content": {"application/json": {"schema": _EVENT}}},
            "responses": {"2XX": {"description": "It arrived."}},
        }
    }
}

FILES: Schema = {
    "/renders/{render_id}/outputs/{name}": {
        "get": {
            "operationId": "get_output",
            "summary": "An output",
            "description": "As `outputs` lists it, with its signature. Needs no header.",
            "tags": [TAG],
            "parameters": [
                {"name": "render_id", "in": "path", "required": True, "schema": RENDER_ID},
                {"name": "name", "in": "path", "required": True, "schema": TEXT},
                {"name": "expires", "in": "query", "required": True, "schema": TEXT},
                {"name": "signature", "in": "query", "required": True, "schema": TEXT},
            ],
            "responses": {
                "200": {"description": "The picture.", "content": {"image/png": {"schema": BINARY}}},
                "403": {
                    "description": "Without a valid signature.",
                    "content": {"application/json": {"schema": objects(("error", "message", "code"))}},
                },
                "404": {
                    "description": "There is no such picture.",
                    "content": {"application/json": {"schema": objects(("error", "message", "code"))}},
                },
                "503": {
                    "description": "A picture is packed when it is first asked for, and too many are just now.",
                    "content": {"application/json": {"schema": objects(("error", "message", "code"))}},
                },
            },
        }
    }
}
