"""What the OpenAPI document says of the Listing API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from listings import events
from listings.api import examples, paging, schemas
from listings.api.briefs import RESOLUTIONS
from listings.presets import PRESETS
from listings.reviews import Verdict
from staging import idempotency, webhooks
from staging.api.documents import BINARY, TEXT, Schema, answers, boolean, choice, errors_of, objects, with_examples
from staging.briefs import Kind, RoomType, Style
from staging.engine.modes.vocabulary import DECLUTTER, SPACES

TAG = "Listing API"
COMPONENTS = schemas.COMPONENTS
CODES = {
    400: {
        "invalid_request": "the body or a header cannot be meant so",
        "invalid_field": "a field is wrong or there is no such field; `errors` tells by field",
        "invalid_image": "the photo is missing, unreadable, unreachable or over the limits",
        "not_offered": "what is asked for is not served here",
    },
    401: {"invalid_api_key": "the key is missing or wrong"},
    402: {"insufficient_credits": "the balance is short; nothing is started"},
    403: {
        "plan_without_api": "the plan has no API access",
        "plan_without_4k": "the plan has no 4K outputs",
        "storage_full": "the account's photos fill its plan; nothing was charged",
        "key_scope": "the key's scope is too narrow; the message names the one that this needs",
    },
    404: {"not_found": "there is no such thing, or it is another account's"},
    405: {"method_not_allowed": "this address has no such method"},
    409: {
        "conflict": "somebody else has just changed it, or MediaKeys does not name each photo once",
        "ambiguous_listing": "two systems use this ListingKey; name one by ?OriginatingSystemName=",
        "listing_exists": "a listing of this ListingKey is there already",
        "idempotency_conflict": "the same Idempotency-Key with another request",
        "nothing_to_stage": "no photo shows a room that we furnish",
        "not_ready": "there is no picture, or no ZIP, yet",
        "not_refused": "no picture of this render waits for an override",
        "not_in_a_listing": "the picture belongs to no listing",
        "another_approved": "another picture of this render is approved",
        "nothing_approved": "no picture is approved",
        "too_many_webhooks": f"an account has at most {webhooks.SUBSCRIPTIONS_MOST} webhooks",
    },
    412: {"precondition_failed": "it has changed since the state that If-Match names"},
    413: {"image_too_large": f"the image is over {settings.PHOTO_MAX_BYTES // 2**20} MB"},
    429: {"rate_limited": "the key calls too often, or all keys of the account together"},
    503: {"unavailable": "the service cannot take work now; nothing was charged"},
}
_ERROR = objects(
    ("error", "message", "code"),
    error={**TEXT, "description": "A sentence for people."},
    message={**TEXT, "description": "The same sentence."},
    errors={"type": "object", "additionalProperties": TEXT, "description": "What is wrong, by field."},
)
_ADMIN = " It takes a key of scope `admin`."
_ALWAYS = [401, 403, 429, 503]
_UUID: Schema = {"type": "string", "format": "uuid"}


def _parameter(name: str, schema: Schema, where: Any, said: str = "", *, required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, schema, where, description=said, required=required)


_QUERY, _PATH, _HEADER = OpenApiParameter.QUERY, OpenApiParameter.PATH, OpenApiParameter.HEADER
_LISTING = _parameter("key", {"type": "string", "minLength": 1}, _PATH, "The ListingKey, percent-encoded.")
_PHOTO = _parameter("media", _UUID, _PATH, "The MediaKey.")
_DELIVERY = _parameter("delivery", _UUID, _PATH, "The DeliveryKey.")
_RENDER = _parameter("public_id", {"type": "string", "pattern": "^[A-Za-z0-9]{20}$"}, _PATH, "The RenderId.")
_WEBHOOK = _parameter("key", _UUID, _PATH, "The WebhookKey.")
_SYSTEM = _parameter("OriginatingSystemName", TEXT, _QUERY, "Where two systems use one ListingKey; empty: made here.")
_CURSOR = [
    _parameter("limit", {"type": "integer", "minimum": 0, "maximum": paging.MOST, "default": paging.USUAL}, _QUERY),
    _parameter("cursor", TEXT, _QUERY, "From the `next` of the page before."),
]
_SAME = _parameter("If-None-Match", TEXT, _HEADER, "An ETag: 304 without a body where nothing has changed.")
_MATCH = _parameter("If-Match", TEXT, _HEADER, "An ETag: nothing is changed where it is no longer the present one.")
_ONCE = _parameter(
    "Idempotency-Key",
    {"type": "string", "maxLength": idempotency.KEY_LENGTH},
    _HEADER,
    "The same key with the same request within 24 h makes nothing new and answers the same.",
)

_Decorator = Callable[[Any], Any]


def _described(
    summary: str, text: str, success: str, statuses: tuple[int, ...] = (), *, at: list[Any] | None = None, **more: Any
) -> _Decorator:
    parameters = at or []
    named = [404, 409] if _LISTING in parameters else [404] if parameters and parameters[0].location == _PATH else []
    known = sorted({*_ALWAYS, *named, *statuses})
    told = answers(success, "As it is now.", errors_of(CODES, known, _ERROR))
    if _SAME in parameters:
        told[304] = OpenApiResponse(description="It is as the caller has it.")
    if _LISTING in parameters:
        parameters = [*parameters, _SYSTEM]
    found: _Decorator = extend_schema(
        summary=summary, description=text, tags=[TAG], responses=told, parameters=parameters, **more
    )
    return found


def _json(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    return {"application/json": {**objects(required, **properties), "additionalProperties": False}}


_TEXTS = {name: {**TEXT, "maxLength": most} for name, most in (("ShortDescription", 50), ("FileName", 255))}
_ROOM, _STYLE = choice(RoomType), choice(Style)
_RESOLUTION = choice(RESOLUTIONS, "The long edge: 1920 pixels, or 3840 where the plan has 4K.", default="full-hd")
_SEED: Schema = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1, "default": 0}

# --- listings ---------------------------------------------------------------------------------------------

listings_find = _described(
    "Find listings",
    with_examples(
        "In the order of their changes, so that whoever keeps a copy asks for what came since. A listing that changes "
        "while you turn pages comes again; none is left out.",
        python=examples.FIND_PYTHON,
    ),
    "Listings",
    (400,),
    at=[
        *_CURSOR,
        _SAME,
        *(
            _parameter(name, schemas.PROPERTY[name], _QUERY)
            for name in ("StandardStatus", "PropertyType", "City", "PostalCode", "StateOrProvince", "ListingId")
        ),
        _parameter("q", TEXT, _QUERY, "Words that are in address, city, ZIP code or MLS number."),
        _parameter("ModifiedSince", {"type": "string", "format": "date-time"}, _QUERY),
        _parameter("ArchivedYN", boolean("Archived ones instead.", default=False), _QUERY),
    ],
)
listing_create = _described(
    "Make a listing",
    with_examples("An address or a ListingId is needed.", bash=examples.LISTING_CURL),
    "Listing",
    (400, 409),
    at=[_ONCE],
    request=_json(ListingKey=TEXT, OriginatingSystemName=TEXT, **schemas.PROPERTY),
)
listing_get = _described("A listing", "RESO Property.", "Listing", at=[_LISTING, _SAME])
listing_change = _described(
    "Change a listing",
    with_examples(
        "What is not given stays. `ArchivedYN` takes a key of scope `admin`, as DELETE does.",
        python=examples.CHANGE_PYTHON,
    ),
    "Listing",
    (400, 412),
    at=[_LISTING, _MATCH],
    request=_json(ArchivedYN={"type": "boolean"}, **schemas.PROPERTY),
)
listing_archive = _described(
    "Archive a listing", "It leaves the lists; all of it is kept." + _ADMIN, "Listing", (412,), at=[_LISTING, _MATCH]
)

# --- photos -----------------------------------------------------------------------------------------------

photos_list = _described("Photos of a listing", "All of them, in their order.", "Photos", at=[_LISTING, _SAME])
photo_add = _described(
    "Upload a photo",
    with_examples(
        "As the form's `file`, or by its address as `MediaURL`. It comes behind the others; one that is there already "
        "stays where it is. The room is guessed from the file's name where `RoomType` does not say it.",
        bash=examples.PHOTO_CURL,
    ),
    "Photo",
    (400, 413),
    at=[_LISTING, _ONCE],
    request={
        "multipart/form-data": objects(("file",), file=BINARY, RoomType=_ROOM, **_TEXTS),
        **_json(("MediaURL",), MediaURL=TEXT, RoomType=_ROOM, **_TEXTS),
    },
)
photos_order = _described(
    "Order the photos",
    "`MediaKeys` names each photo once; the first is the primary one.",
    "Photos",
    (400, 412),
    at=[_LISTING, _MATCH],
    request=_json(("MediaKeys",), MediaKeys={"type": "array", "items": _UUID}),
)
photo_get = _described("A photo", "RESO Media.", "Photo", at=[_LISTING, _PHOTO, _SAME])
photo_change = _described(
    "Describe or move a photo",
    "Room, caption, and place, counted from 0.",
    "Photo",
    (400, 412),
    at=[_LISTING, _PHOTO, _MATCH],
    request=_json(RoomType=_ROOM, ShortDescription=_TEXTS["ShortDescription"], Order={"type": "integer", "minimum": 0}),
)
photo_remove = _described(
    "Take a photo out", "Pictures made of it stay on record." + _ADMIN, "Photos", (412,), at=[_LISTING, _PHOTO, _MATCH]
)

# --- pictures ---------------------------------------------------------------------------------------------

photo_stage = _described(
    "Make a picture of a photo",
    "`staging` furnishes an empty room, `declutter` clears a furnished one, `redesign` gives a room new paint, floor "
    "and furniture, or a house front (`Space` exterior) new colours or an evening (`Dusk`), `sketch` renders a "
    "drawing. Staging and sketches cost 2 credits, decluttering or redesign alone 1, charged when the picture is done. "
    "Poll the picture, or subscribe to `render.done`.",
    "Picture",
    (400, 402),
    at=[_LISTING, _PHOTO, _ONCE],
    request=_json(
        Kind=choice(Kind, default="staging"),
        RoomType={**_ROOM, "description": "What the photo says, where it is not given; of no meaning outside."},
        Style={
            **_STYLE,
            "description": "Required but for decluttering and dusk; without it a front at dusk keeps its colours.",
        },
        Space=choice(SPACES, "What a redesign or a sketch shows.", default="interior"),
        Dusk=boolean("The front of a house at dusk; of a redesigned exterior.", default=False),
        Declutter=choice(
            DECLUTTER,
            "What is removed before it is staged; before a redesign always as auto.",
            default="off",
        ),
        Mask={
            **TEXT,
            "description": "Address or `data:` URL of a black-and-white picture; white is removed. Without one, what "
            "is to be removed is found.",
        },
        Resolution=_RESOLUTION,
        Seed=_SEED,
    ),
)
listing_stage = _described(
    "Stage a listing",
    with_examples(
        "All photos that show a room which we furnish, in one style; or those that `Photos` names. All of them are "
        "held for or none.",
        bash=examples.STAGE_CURL,
    ),
    "Pictures",
    (400, 402),
    at=[_LISTING, _ONCE],
    request=_json(
        ("Style",),
        Style=_STYLE,
        Resolution=_RESOLUTION,
        Seed=_SEED,
        Photos={
            "type": "array",
            "items": {
                **objects(("MediaKey", "RoomType"), MediaKey=_UUID, RoomType=_ROOM),
                "additionalProperties": False,
            },
        },
    ),
)
pictures_list = _described(
    "Pictures of a listing",
    "In the order in which they were asked for.",
    "Pictures",
    (400,),
    at=[_LISTING, *_CURSOR, _SAME, _parameter("Verdict", choice(Verdict.values), _QUERY)],
)
picture_get = _described(
    "A picture",
    "Where it stands; its outputs with their structure check and alteration record. A render of the Render API, too.",
    "Picture",
    at=[_RENDER, _SAME],
)
picture_judge = _described(
    "Approve or reject a picture",
    "Nothing is delivered before it is approved. Approval gives the original its permanent public page." + _ADMIN,
    "Picture",
    (400, 409, 412),
    at=[_RENDER, _MATCH],
    request=_json(("Verdict",), Verdict=choice(Verdict.values), Reason={**TEXT, "maxLength": 300}),
)
picture_override = _described(
    "Override the structure check",
    "A picture that failed the check twice costs nothing and is kept in `Refused`. Whoever lets it out all the same "
    "says so by name and why; both are kept for good." + _ADMIN,
    "Picture",
    (400, 409),
    at=[_RENDER],
    request=_json(
        ("Name", "Reason"),
        Name={**TEXT, "minLength": 2, "maxLength": 100},
        Reason={**TEXT, "minLength": 3, "maxLength": 190},
    ),
)
original_get = _described("The page of the original", "Where the picture has one.", "Original", at=[_RENDER, _SAME])
original_publish = _described(
    "Publish the original",
    "A permanent public page with both pictures, for any picture of the account, one of the Render API too. A picture "
    "that has a page keeps it.",
    "Original",
    (409,),
    at=[_RENDER],
    request=None,
)

# --- deliveries -------------------------------------------------------------------------------------------

profiles = _described("MLS rules", "As we know them, each with its source and date.", "Profiles", at=[_SAME])
deliveries_list = _described(
    "Deliveries of a listing", "The oldest first.", "Deliveries", (400,), at=[_LISTING, *_CURSOR, _SAME]
)
delivery_create = _described(
    "Ask for a delivery",
    with_examples(
        "One ZIP for an MLS: approved pictures and originals in its order, captions, remarks, disclosure, manifest.",
        python=examples.DELIVERY_PYTHON,
    ),
    "Delivery",
    (400,),
    at=[_LISTING, _ONCE],
    request=_json(
        ("Profile",),
        Profile=TEXT,
        Preset=choice(PRESETS, default="mls_large"),
        LabelledYN=boolean("A label where the rules leave it open.", default=False),
    ),
)
delivery_get = _described("A delivery", "Where it stands.", "Delivery", at=[_LISTING, _DELIVERY, _SAME])
delivery_file = extend_schema(
    summary="Download a delivery",
    description="The ZIP, once the delivery is done.",
    tags=[TAG],
    parameters=[_LISTING, _DELIVERY, _SYSTEM],
    responses={
        (200, "application/zip"): BINARY,
        **errors_of(CODES, [401, 403, 404, 409, 429, 503], _ERROR),
    },
)

# --- webhooks ---------------------------------------------------------------------------------------------

webhooks_list = _described("Webhooks", "Those in force.", "Webhooks", at=[_SAME])
webhook_create = _described(
    "Subscribe to events",
    with_examples(
        "Each event is one POST `{event_id, event_type, timestamp, data}`, signed as Standard Webhooks says, and tried "
        f"for a day. Events: {', '.join(f'`{event}`' for event in events.EVENTS)}. "
        "The last deliveries are on the [page of webhooks](/developers/webhooks/).",
        bash=examples.WEBHOOK_CURL,
    ),
    "Webhook",
    (400, 409),
    at=[_ONCE],
    request=_json(
        ("Url",),
        Url={"type": "string", "maxLength": webhooks.URL_LENGTH},
        Events={"type": "array", "items": choice(events.EVENTS)},
    ),
)
webhook_get = _described("A webhook", "Address and events.", "Webhook", at=[_WEBHOOK, _SAME])
webhook_end = _described("End a webhook", "What waits for it is given up." + _ADMIN, "Webhook", at=[_WEBHOOK])
