"""The shapes that the OpenAPI document of the Listing API names, from where the code itself reads its words."""

from __future__ import annotations

from django.db import models

from listings import events
from listings.models import Delivery, Profile
from listings.presets import PRESETS
from listings.reso import names
from listings.reso_words import IMAGES_OF, PropertyType, StandardStatus
from listings.reviews import Verdict
from staging import webhooks
from staging.api.documents import TEXT, Schema, choice, objects
from staging.briefs import Kind, RoomType, Style
from staging.engine.modes.vocabulary import SPACES
from staging.models import Alteration, Role
from staging.models import Verdict as Check

_URL: Schema = {"type": "string", "format": "uri"}
_TIME: Schema = {"type": "string", "format": "date-time"}
_KEY: Schema = {"type": "string", "format": "uuid"}
_FLAG: Schema = {"type": "boolean"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_WORDS: Schema = {"type": "array", "items": TEXT}
_ANY: Schema = {"type": "object", "additionalProperties": True}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _column(name: str) -> Schema:
    """The JSON of a RESO Property field."""
    field = names.field(name)
    if isinstance(field, models.BooleanField):
        return _FLAG
    if isinstance(field, models.DecimalField):
        return _or_null({"type": "number"})
    if isinstance(field, models.IntegerField):
        return _or_null({"type": "integer", "minimum": 0, "maximum": 32767})
    if isinstance(field, models.DateField):
        return _or_null({"type": "string", "format": "date"})
    known = {"StandardStatus": StandardStatus.values, "PropertyType": PropertyType.values}.get(name)
    if known:
        return choice(known)
    return {"type": "string", "maxLength": field.max_length} if field.max_length else TEXT


PROPERTY: Schema = {name: _column(name) for name in names.PROPERTY}
_LISTING = objects(
    ("ListingKey", "OriginatingSystemName", "StandardStatus", "PhotosCount", "ModificationTimestamp"),
    ListingKey=TEXT,
    OriginatingSystemName={**TEXT, "description": "Empty: made here."},
    **PROPERTY,
    PhotosCount=_COUNT,
    ArchivedYN=_FLAG,
    ModificationTimestamp=_TIME,
    PhotosChangeTimestamp=_TIME,
    StatusChangeTimestamp=_TIME,
)
_MEDIA = objects(
    ("MediaKey", "ResourceRecordKey", "MediaURL", "Order", "MediaAlteration"),
    MediaKey=_KEY,
    ResourceName=choice(["Property"]),
    ResourceRecordKey={**TEXT, "description": "The ListingKey."},
    MediaURL={**_URL, "description": "The photo upright, in sRGB, PNG, without metadata; signed for 14 days."},
    PreviewURL=_URL,
    ThumbnailURL=_URL,
    MediaType=TEXT,
    MediaCategory=TEXT,
    MediaAlteration=_WORDS,
    ImageOf=_or_null(choice(IMAGES_OF)),
    RoomType=_or_null(choice(RoomType)),
    Order={**_COUNT, "description": "0 is the primary photo."},
    PreferredPhotoYN=_FLAG,
    ShortDescription={**TEXT, "maxLength": 50},
    LongDescription=TEXT,
    ImageWidth=_COUNT,
    ImageHeight=_COUNT,
    FileName=TEXT,
    OriginalSHA256={**TEXT, "description": "Of the bytes that were uploaded, which are kept as they are."},
    ModificationTimestamp=_TIME,
)
_RECORD = objects(
    ("Event", "Timestamp", "MediaAlteration"),
    Event=choice(Alteration.Event.values),
    Timestamp=_TIME,
    Actor=TEXT,
    MediaAlteration=_WORDS,
    Engine=TEXT,
    Version=TEXT,
    Seed=_or_null({"type": "integer"}),
    OriginalSHA256=TEXT,
    PictureSHA256=TEXT,
    EditMaskSHA256=_or_null(TEXT),
    Verdict=_or_null(choice(Check.values)),
    Note=TEXT,
    AskedTimestamp=_or_null(_TIME),
    StartedTimestamp=_or_null(_TIME),
)
_OUTPUT = objects(
    ("OutputId", "Role", "MediaURL", "StructureCheck", "AlterationRecord"),
    OutputId=_KEY,
    Role=choice(Role.values),
    MediaAlteration=_WORDS,
    MediaURL={**_URL, "description": "PNG; signed for 14 days."},
    PreviewURL=_URL,
    ThumbnailURL=_URL,
    ImageWidth=_COUNT,
    ImageHeight=_COUNT,
    MasterSHA256=TEXT,
    StructureCheck=objects(
        ("Verdict", "Figures"),
        Verdict=_or_null(choice(Check.values)),
        Figures={
            **_ANY,
            "description": "Edit mask, pixels changed outside of it; of a generative picture its likeness.",
        },
    ),
    AlterationRecord={"type": "array", "items": _RECORD, "description": "Append-only."},
)
_PICTURE = objects(
    ("RenderId", "Kind", "Status", "Progress", "Verdict", "Outputs"),
    RenderId={"type": "string", "pattern": "^[A-Za-z0-9]{20}$"},
    ListingKey=_or_null(TEXT),
    MediaKey=_or_null(_KEY),
    Kind=choice(Kind),
    RoomType=_or_null(choice(RoomType)),
    Style=_or_null(choice(Style)),
    Space=choice(SPACES),
    Dusk=_FLAG,
    Seed={"type": "integer"},
    Status=choice(["queued", "rendering", "done", "error"]),
    Progress={"type": "number", "minimum": 0, "maximum": 1},
    Error=_or_null(objects(("Code", "Message"), Code=TEXT, Message=TEXT)),
    Verdict=_or_null(choice(Verdict.values)),
    VerdictReason=_or_null(TEXT),
    VerdictTimestamp=_or_null(_TIME),
    Outputs={"type": "array", "items": _OUTPUT},
    Refused={**_or_null(_OUTPUT), "description": "What failed the structure check twice; it cost nothing."},
    CreatedTimestamp=_TIME,
)
_ORIGINAL = objects(
    ("Code", "OriginalURL", "MediaAlteration"),
    Code=TEXT,
    OriginalURL={**_URL, "description": "Public, permanent, needs no key."},
    MediaAlteration=_WORDS,
    OriginalSHA256=TEXT,
    AlteredSHA256=TEXT,
    AlteredTimestamp=_TIME,
    RemovedYN=_FLAG,
)
_DELIVERY = objects(
    ("DeliveryKey", "ListingKey", "Profile", "Preset", "Status", "Progress"),
    DeliveryKey=_KEY,
    ListingKey=TEXT,
    Profile=TEXT,
    ProfileVersion=_COUNT,
    Preset=choice(PRESETS),
    LabelledYN=_FLAG,
    Status=choice(Delivery.State.values),
    Progress={"type": "number", "minimum": 0, "maximum": 1},
    DownloadURL=_or_null({**_URL, "description": "Wants the same key."}),
    ByteSize=_or_null(_COUNT),
    SHA256=_or_null(TEXT),
    Manifest=_or_null(_ANY),
    Error=_or_null(TEXT),
    CreatedTimestamp=_TIME,
    FinishedTimestamp=_or_null(_TIME),
)
_PROFILE = objects(
    ("Profile", "Version", "Name", "Label", "Original", "Caption", "Status"),
    Profile=TEXT,
    Version=_COUNT,
    Name=TEXT,
    Region=TEXT,
    Rule=TEXT,
    Label=choice(Profile.Label.values),
    Original=choice(Profile.Original.values),
    Caption=choice(Profile.Caption.values),
    Remarks=TEXT,
    ForbiddenMediaAlteration=_WORDS,
    PrimaryUnalteredYN=_FLAG,
    Status=choice(Profile.Status.values),
    Source=TEXT,
    ReadOn={"type": "string", "format": "date"},
)
_WEBHOOK = objects(
    ("WebhookKey", "Url", "Events"),
    WebhookKey=_KEY,
    Url={**_URL, "maxLength": webhooks.URL_LENGTH},
    Events={"type": "array", "items": choice(events.EVENTS), "description": "Empty: all."},
    CreatedTimestamp=_TIME,
    Secret={**TEXT, "description": "What deliveries are signed with; told when a webhook is made."},
)


def _page(component: str) -> Schema:
    return objects(
        ("value", "next"),
        value={"type": "array", "items": {"$ref": f"#/components/schemas/{component}"}},
        next={**_or_null(_URL), "description": "The next page, null at the end."},
    )


_ONES: Schema = {
    "Listing": _LISTING,
    "Photo": _MEDIA,
    "Picture": _PICTURE,
    "Original": _ORIGINAL,
    "Delivery": _DELIVERY,
    "Profile": _PROFILE,
    "Webhook": _WEBHOOK,
}
COMPONENTS: Schema = _ONES | {
    many: _page(one)
    for many, one in (
        ("Listings", "Listing"),
        ("Photos", "Photo"),
        ("Pictures", "Picture"),
        ("Deliveries", "Delivery"),
        ("Profiles", "Profile"),
        ("Webhooks", "Webhook"),
    )
}
