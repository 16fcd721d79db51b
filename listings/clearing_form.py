"""Clearing a furnished photo: what is painted, and whether the room is furnished anew."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from listings import vocabulary
from listings.models import ListingPhoto
from staging import offers
from staging.briefs import STAGEABLE_ROOMS, Brief, Kind, RoomType, Style

EMPTY, STAGED, RESTYLED = "empty", "staged", "restyled"
THEN = [
    (EMPTY, gettext_lazy("Leave the room empty")),
    (STAGED, gettext_lazy("Furnish it anew")),
    (RESTYLED, gettext_lazy("Restyle it: new paint, floor and furniture")),
]


class ClearForm(forms.Form):
    """The mask as a `data:` URL (empty: the engine looks itself), and what follows."""

    mask = forms.CharField(required=False, widget=forms.HiddenInput)
    batch = forms.UUIDField(widget=forms.HiddenInput)
    then = forms.ChoiceField(
        label=gettext_lazy("Then"),
        choices=THEN,
        initial=EMPTY,
    )
    room_type = forms.ChoiceField(label=gettext_lazy("Room"))
    style = forms.ChoiceField(
        label=gettext_lazy("Style"), choices=vocabulary.choices(vocabulary.STYLES.values()), initial=Style.MODERN.value
    )

    def __init__(self, photo: ListingPhoto, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        room = self.fields["room_type"]
        assert isinstance(room, forms.ChoiceField)
        if Kind.REDESIGN not in offers.offer().kinds:
            then = self.fields["then"]
            assert isinstance(then, forms.ChoiceField)
            then.choices = [one for one in THEN if one[0] != RESTYLED]
        room.choices = vocabulary.choices(vocabulary.STAGEABLE)
        if photo.room_type in STAGEABLE_ROOMS:
            room.initial = photo.room_type

    def brief(self, mask: str) -> Brief:
        """What the person asks for; `mask` is the stored one's name."""
        said = self.cleaned_data
        if said["then"] == EMPTY:
            return Brief(kind=Kind.DECLUTTER, mask=mask, quality=settings.RENDER_QUALITY)
        return Brief(
            kind=Kind.STAGING if said["then"] == STAGED else Kind.REDESIGN,
            room_type=RoomType(said["room_type"]),
            style=Style(said["style"]),
            declutter="on",
            mask=mask,
            quality=settings.RENDER_QUALITY,
        )
