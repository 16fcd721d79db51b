"""From the fields of a form to what a conversion asks for, or to the documented errors: all wrong fields at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar, cast

from django.core.files.uploadedfile import UploadedFile
from rest_framework.request import Request

from billing import access
from billing.models import Account
from staging import conversions, offers
from staging.api.bodies import FALSE, TRUE
from staging.api.conversions import vocabulary
from staging.api.conversions.errors import plan_required, wrong_fields
from staging.briefs import Brief, Kind, Quality, RoomType, Space, Style

T = TypeVar("T")

FILE_FIELDS = ("files", "files[]", "file", "image")
RENDERS_MOST = 4
_MISSING = "This field is required"


@dataclass(frozen=True)
class Asked:
    """What the fields say, each by itself valid. `room_type` is None outdoors, where any name will do.

    `model` is empty where none was named.
    """

    room_type: RoomType | None
    style: Style
    space: Space
    renders: int
    quality: Quality
    upscale: bool
    staging: bool
    sketch: bool
    model: str = ""


@dataclass
class Fields:
    """The text fields of one request, and what is wrong with them so far."""

    given: Mapping[str, str]
    wrong: dict[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, request: Request) -> Fields:
        """The form's fields (or those of a JSON object); empty ones count as not given."""
        body = request.data if isinstance(request.data, Mapping) else {}
        texts = {name: _text(value) for name, value in body.items() if name not in FILE_FIELDS}
        return cls({name: text for name, text in texts.items() if text})

    def uuid(self, name: str = "uuid") -> str:
        """The caller's identifier as sent. Raises ApiError."""
        text = self.given.get(name, "")
        if not text:
            raise wrong_fields("missing_field", f"{name}: {_MISSING}", {name: _MISSING})
        try:
            conversions.folded(text)
        except ValueError:
            told = "Must be 1 to 64 printable characters"
            raise wrong_fields("invalid_request", f"{name}: {told}", {name: told}) from None
        return text

    def required(self, name: str, meaning: Callable[[str], T], code: str, known: str) -> T | None:
        """What the field's text means; None, and noted as wrong, when it is missing or means nothing."""
        if name not in self.given:
            self.wrong[name] = ("missing_field", _MISSING)
            return None
        return self._meant(name, self.given[name], meaning, code, known)

    def optional(self, name: str, default: str, meaning: Callable[[str], T], code: str, known: str) -> T | None:
        """The same for a field that may be left out."""
        return self._meant(name, self.given.get(name, default), meaning, code, known)

    def _meant(self, name: str, text: str, meaning: Callable[[str], T], code: str, known: str) -> T | None:
        try:
            return meaning(text)
        except (ValueError, KeyError):
            self.wrong[name] = (code, f"Must be one of: {known}")
            return None

    def boolean(self, name: str) -> bool:
        """true/false, 1/0, yes/no, on/off in any case; false when left out."""
        plain = self.given.get(name, "false").strip().lower()
        if plain not in TRUE | FALSE:
            self.wrong[name] = ("invalid_request", "Must be one of: true, false")
        return plain in TRUE

    def refuse_wrong(self) -> None:
        """Raise ApiError when any field was wrong: the code of the first, the texts of all."""
        if self.wrong:
            name, (code, text) = next(iter(self.wrong.items()))
            fields = {wrong: told for wrong, (_, told) in self.wrong.items()}
            raise wrong_fields(code, f"{name}: {text}", fields)


def asked(fields: Fields, files: list[UploadedFile]) -> Asked:
    """What the fields ask for. Raises ApiError that names every wrong one."""
    if not files:
        fields.wrong["files"] = ("missing_field", _MISSING)
    space = fields.required("space", _one_of(vocabulary.SPACES), "invalid_space", ", ".join(vocabulary.SPACES))
    room_type = None
    if space == "exterior":
        fields.required("room_type", str, "invalid_room_type", "")
    else:
        room_type = fields.required("room_type", vocabulary.room_type, "invalid_room_type", vocabulary.known_rooms())
    style = fields.required("style", vocabulary.style, "invalid_style", vocabulary.known_styles())
    renders = fields.optional("renders", "1", _renders, "invalid_renders", "1, 2, 3, 4")
    quality = fields.optional("model", "sdxl", _quality, "invalid_model", ", ".join(vocabulary.MODELS))
    # Left out, it is the route's to choose.
    model = fields.given.get("model", "").strip().lower()
    upscale, staging, sketch = (fields.boolean(name) for name in ("upscale", "staging", "sketch"))
    fields.refuse_wrong()
    assert space and style and renders and quality  # noqa: PT018 - each is None only where it was noted as wrong
    return Asked(room_type, style, cast(Space, space), renders, quality, upscale, staging, sketch, model)


def require_plan(account: Account, wanted: Asked) -> None:
    """Raise ApiError for what the account's plan does not include."""
    if wanted.renders > access.renders_limit(account):
        raise plan_required("Several renders of one file are part of the Pro plans")
    if wanted.upscale and not access.may_use_4k(account):
        raise plan_required("Upscaling is part of the Pro plans")


def brief_of(wanted: Asked) -> Brief:
    """The brief of every picture asked for. Raises ApiError, and NotOffered for parts that are not served yet."""
    if wanted.staging and wanted.sketch:
        text = "staging and sketch exclude each other: send one of them"
        raise wrong_fields("invalid_request", text, dict.fromkeys(("staging", "sketch"), text))
    kind = Kind.STAGING if wanted.staging else Kind.SKETCH if wanted.sketch else Kind.REDESIGN
    # Furniture outside of a house is a terrace's, whatever the caller calls the place.
    outdoors = kind == Kind.STAGING and wanted.space == "exterior"
    brief = Brief(
        kind=kind,
        room_type=RoomType.OUTDOOR if outdoors else wanted.room_type,
        style=wanted.style,
        space="interior" if outdoors else wanted.space,
        declutter=offers.declutter_first(kind, wanted.space),
        quality=wanted.quality,
        model=wanted.model,
        resolution="4k" if wanted.upscale else "full-hd",
    )
    offers.require(brief)
    return brief


def files_of(request: Request) -> list[UploadedFile]:
    """The uploaded files, under any of their names, in the order of these and as sent."""
    return [file for name in FILE_FIELDS for file in request.FILES.getlist(name)]


def _text(value: object) -> str:
    """A field as text; JSON true and 2 are what a form would say as "True" and "2"."""
    return str(value).strip() if isinstance(value, str | int) else ""


def _one_of(choices: tuple[str, ...]) -> Callable[[str], str]:
    """What gives back the choice that a text names in any case, and raises ValueError for others."""
    return lambda text: choices[choices.index(text.lower())]


def _renders(text: str) -> int:
    if not re.fullmatch("[1-4]", text, re.ASCII):
        raise ValueError(text)
    return int(text)


def _quality(text: str) -> Quality:
    known = vocabulary.MODELS
    if text.lower() in vocabulary.MORE_MODELS:
        known = known | {name: quality for name, quality in vocabulary.MORE_MODELS.items() if offers.has_model(name)}
    return known[text.lower()]
