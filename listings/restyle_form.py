"""Restyling a photo: what is made of it, in which style, and as which room."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from listings import vocabulary
from listings.models import ListingPhoto
from staging import credits, offers
from staging.briefs import Brief, Kind, RoomType, Space, Style

_FRONTS = frozenset({"Front of Structure", "Back of Structure"})  # RESO ImageOf
_ROOMS = [word for word in vocabulary.STAGEABLE if word.value != RoomType.OUTDOOR]


class What(enum.StrEnum):
    """What is made of the photo."""

    ROOM = "room"
    FRONT = "front"
    DUSK = "dusk"
    ROOM_DRAWING = "room_drawing"
    HOUSE_DRAWING = "house_drawing"


@dataclass(frozen=True)
class Choice(vocabulary.Word):
    """One of them on the page, with the kind of job and the space that it takes."""

    kind: Kind = Kind.REDESIGN
    space: Space = "interior"

    @property
    def price(self) -> int:
        """What it costs, in credits."""
        return credits.price(Brief(kind=self.kind))


CHOICES = {
    What.ROOM: Choice(
        "room",
        gettext_noop("Restyle the room"),
        gettext_noop(
            "New paint, floor and furniture; windows, doors and trim stay. What stands there is cleared first."
        ),
    ),
    What.FRONT: Choice(
        "front",
        gettext_noop("Refresh the house front"),
        gettext_noop("New paint, a fresh lawn, planting, and a clear sky in place of a dull one."),
        space="exterior",
    ),
    What.DUSK: Choice(
        "dusk",
        gettext_noop("Day to dusk"),
        gettext_noop("The same house in the evening, lamps on behind its windows. It keeps its colours."),
        space="exterior",
    ),
    What.ROOM_DRAWING: Choice(
        "room_drawing",
        gettext_noop("Drawing of a room"),
        gettext_noop("Colour, materials and light under your own lines."),
        kind=Kind.SKETCH,
    ),
    What.HOUSE_DRAWING: Choice(
        "house_drawing",
        gettext_noop("Drawing of a house"),
        gettext_noop("Walls, roof, glass, sky and garden under your own lines."),
        kind=Kind.SKETCH,
        space="exterior",
    ),
}


def offered() -> list[Choice]:
    """What is served here now."""
    served = offers.offer()
    return [one for one in CHOICES.values() if one.kind in served.kinds and one.space in served.spaces]


class RestyleForm(forms.Form):
    """What is wanted; the room where one is shown, the style but for an evening alone."""

    batch = forms.UUIDField(widget=forms.HiddenInput)
    what = forms.ChoiceField(label=gettext_lazy("What shall we make of it?"))
    room_type = forms.ChoiceField(label=gettext_lazy("Room"), choices=vocabulary.choices(_ROOMS), required=False)
    style = forms.ChoiceField(
        label=gettext_lazy("Style"),
        choices=vocabulary.choices(vocabulary.STYLES.values()),
        initial=Style.MODERN.value,
        required=False,
    )

    def __init__(self, photo: ListingPhoto, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        what, room = self.fields["what"], self.fields["room_type"]
        assert isinstance(what, forms.ChoiceField)
        served = offered()
        what.choices = vocabulary.choices(served)
        likely = _likely(photo)
        what.initial = next((one.value for one in served if one.value == likely), served[0].value if served else None)
        if photo.room_type in {word.value for word in _ROOMS}:
            room.initial = photo.room_type

    def clean(self) -> dict[str, Any]:
        """Ask for the room and the style where they are needed."""
        cleaned = super().clean() or {}
        what = cleaned.get("what")
        if what in {What.ROOM, What.ROOM_DRAWING} and not cleaned.get("room_type") and "room_type" not in self.errors:
            self.add_error("room_type", gettext("Say which room it is."))
        if what and what != What.DUSK and not cleaned.get("style") and "style" not in self.errors:
            self.add_error("style", gettext("Choose a style."))
        return cleaned

    def brief(self) -> Brief:
        """What the person asks for. Of a valid form."""
        what = What(self.cleaned_data["what"])
        choice, dusk = CHOICES[what], what == What.DUSK
        inside = choice.space == "interior"
        return Brief(
            kind=choice.kind,
            room_type=RoomType(self.cleaned_data["room_type"]) if inside else None,
            style=None if dusk else Style(self.cleaned_data["style"]),
            space=choice.space,
            declutter=offers.declutter_first(choice.kind, choice.space),
            dusk=dusk,
            quality=settings.RENDER_QUALITY,
        )


def _likely(photo: ListingPhoto) -> str:
    """What this photo is most likely to be restyled as."""
    outside = photo.image_of in _FRONTS or photo.room_type == RoomType.OUTDOOR
    return What.FRONT.value if outside else What.ROOM.value
