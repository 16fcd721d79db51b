"""What the OpenAPI document says of the Conversion API."""

from __future__ import annotations

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter

from staging.api.conversions import vocabulary
from staging.api.conversions.fields import RENDERS_MOST
from staging.api.documents import BINARY, TEXT, Schema, boolean, choice, describer, objects, with_examples
from staging.briefs import RoomType, Style
from staging.models import Conversion

TAG = "Conversion API"
CODES = {
    400: {
        "missing_field": "a required field is missing",
        "invalid_room_type": "an unknown room type",
        "invalid_style": "an unknown style",
        "invalid_space": "neither interior nor exterior",
        "invalid_renders": f"not 1 to {RENDERS_MOST}",
        "invalid_model": "an unknown model",
        "invalid_image": "a file is unreadable, no image, or over the limits",
        "invalid_request": "another field or the body cannot be meant so",
    },
    401: {"invalid_api_key": "the key is missing or wrong"},
    402: {"insufficient_credits": "the balance is short of the sum; nothing is created"},
    403: {
        "plan_required": "part of the Pro plans",
        "key_scope": "the key may only read",
        "storage_full": "the account's photos fill its plan; nothing was charged",
    },
    404: {"not_found": "an unknown conversion, or another account's"},
    413: {"image_too_large": f"a file is over {settings.PHOTO_MAX_BYTES // 2**20} MB"},
    429: {
        "concurrency_limit": f"{settings.RENDERS_IN_FLIGHT} pictures of the account are in progress",
        "rate_limited": "the key calls too often, or all keys of the account together",
    },
    503: {"unavailable": "the service cannot take work now; nothing was charged"},
}
_ERROR = objects(
    ("error", "detail", "code"),
    error={**TEXT, "description": "A sentence for people."},
    detail={**TEXT, "description": "The same sentence."},
    errors={"type": "object", "additionalProperties": {"type": "array", "items": TEXT}, "description": "By field."},
    finished={"type": "boolean"},
    files={"type": "array", "maxItems": 0},
)
_FILE = objects(("url", "original", "thumbnail"), url=TEXT, original=TEXT, thumbnail=TEXT)
_FILES: Schema = {"type": "array", "items": _FILE}
_PROGRESS: Schema = {"type": "number", "minimum": 0, "maximum": 1}
COMPONENTS: Schema = {
    "Conversion": objects(
        ("uuid", "conversion", "finished", "status", "files", "credits_used", "credits_left"),
        uuid=TEXT,
        conversion=TEXT,
        finished={"type": "boolean"},
        status=choice(["queued", "processing", "finished", "failed"]),
        files=_FILES,
        credits_used={"type": "integer"},
        credits_left={"type": "integer"},
    ),
    "Results": objects(
        ("finished", "files"),
        finished={"type": "boolean", "description": "No picture is to be expected any more."},
        files={**_FILES, "description": "One entry for each picture that is ready; paths on this host."},
        status=choice(["queued", "processing"], "Before the end."),
        progress={**_PROGRESS, "description": "Before the end."},
        error={**TEXT, "description": "Why there is no picture."},
    ),
}
_UUID: Schema = {
    "type": "string",
    "minLength": 1,
    "maxLength": Conversion.UUID_LENGTH,
    "description": "Your own identifier. The same one again is the same conversion, and charged once.",
}
_CREATE = objects(
    ("files", "uuid", "room_type", "style", "space"),
    files={
        "type": "array",
        "items": BINARY,
        "description": "One or several photos, each charged and answered. `files[]`, `file` and `image` work too.",
    },
    uuid=_UUID,
    room_type={**TEXT, "examples": ["living_room", "bedroom", *RoomType], "description": vocabulary.known_rooms()},
    style={**TEXT, "examples": list(Style), "description": vocabulary.known_styles()},
    space=choice(vocabulary.SPACES),
    renders={"type": "integer", "minimum": 1, "maximum": RENDERS_MOST, "default": 1, "description": "Over 1: Pro."},
    model=choice(vocabulary.MODELS, "How much work goes into a picture.", default="sdxl"),
    upscale=boolean("Long edge 3840; Pro.", default=False),
    staging=boolean("Add furniture to the room. 2 credits.", default=False),
    sketch=boolean("The upload is a sketch; the answer is a render of it. 2 credits.", default=False),
)
_CREATE_CURL = """
curl -sSf -H "Authorization: Token $OPENHOUSE_KEY" "$OPENHOUSE_URL/interior/" \\
  -F "files=@room.jpg" -F "uuid=$(cat /proc/sys/kernel/random/uuid)" \\
  -F "room_type=living_room" -F "style=modern" -F "space=interior" -F "staging=true"
"""
_CREATE_PYTHON = """
import os, time, uuid, requests

url, headers = os.environ["OPENHOUSE_URL"], {"Authorization": f"Token {os.environ['OPENHOUSE_KEY']}"}
conversion = str(uuid.uuid4())
fields = {"uuid": conversion, "room_type": "living_room", "style": "modern", "space": "interior", "staging": "true"}
with open("room.jpg", "rb") as file:
    requests.post(f"{url}/interior/", files={"files": file}, data=fields, headers=headers).raise_for_status()
result = {"finished": False}
while not result["finished"]:
    time.sleep(0.2)
    result = requests.post(f"{url}/results/", json={"conversion": conversion}, headers=headers).json()
for file in result["files"]:
    assert requests.get(url + file["url"]).headers["Content-Type"] == "image/jpeg"
print(result)
"""

_described = describer(TAG, CODES, _ERROR)

create = _described(
    "Create a conversion",
    with_examples(
        "`/interior/` and `/api/conversion/` are the same. Without `staging` or `sketch` the room, or the house front, "
        "is redesigned in the style, for 1 credit a file. A price is a file's, however many `renders`.",
        bash=_CREATE_CURL,
        python=_CREATE_PYTHON,
    ),
    "Conversion",
    "The conversion: the new one, or the one that the identifier stands for already.",
    [400, 401, 402, 403, 413, 429, 503],
    request={"multipart/form-data": _CREATE},
)
_RESULTS = (
    "The conversion is named by `conversion` or `uuid`. A loop on `finished` ends, whatever becomes of the conversion."
)
_RESULTS_STATUSES = [400, 401, 403, 404, 413, 429, 503]
results_get = _described(
    "Check results",
    _RESULTS,
    "Results",
    "Where it stands.",
    _RESULTS_STATUSES,
    parameters=[OpenApiParameter(name, _UUID, OpenApiParameter.QUERY) for name in ("conversion", "uuid")],
)
results_post = _described(
    "Check results",
    _RESULTS,
    "Results",
    "Where it stands.",
    _RESULTS_STATUSES,
    request=dict.fromkeys(
        ("application/json", "application/x-www-form-urlencoded", "multipart/form-data"),
        objects(conversion=_UUID, uuid=_UUID),
    ),
)


def _file(folder: str, what: str) -> Schema:
    missing = {"application/json": {"schema": objects(("error", "detail", "code"))}}
    return {
        "get": {
            "operationId": f"get_file_{folder}",
            "summary": what,
            "description": "As results lists it. Needs no header.",
            "tags": [TAG],
            "parameters": [{"name": "name", "in": "path", "required": True, "schema": TEXT}],
            "responses": {
                "200": {"description": what, "content": {"image/jpeg": {"schema": BINARY}}},
                "404": {"description": "There is no such picture.", "content": missing},
            },
        }
    }


FILES: Schema = {
    "/results/{name}": _file("results", "A picture"),
    "/originals/{name}": _file("originals", "Its photo"),
    "/thumbs/{name}": _file("thumbs", "Its thumbnail"),
}
