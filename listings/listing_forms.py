"""Forms of a listing and of its photos."""

from __future__ import annotations

from typing import Any

from django import forms

from listings import vocabulary
from listings.models import Listing, ListingPhoto
from staging.briefs import STAGEABLE_ROOMS, RoomType, Style


class NewListingForm(forms.ModelForm):
    """The least that makes a listing: an address, or an MLS number."""

    class Meta:
        model = Listing
        fields: tuple[str, ...] = ("unparsed_address", "city", "state_or_province", "postal_code", "listing_id")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unparsed_address"].widget.attrs["autocomplete"] = "street-address"
        self.fields["postal_code"].widget.attrs["autocomplete"] = "postal-code"

    def clean(self) -> dict[str, Any]:
        """Ask for an address or an MLS number."""
        cleaned = super().clean() or {}
        if not cleaned.get("unparsed_address") and not cleaned.get("listing_id"):
            self.add_error("unparsed_address", "Give the address, or the MLS number below.")
        return cleaned

    def changes(self) -> dict[str, Any]:
        """What `records` takes: the cleaned fields without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class ListingForm(NewListingForm):
    """The fields that an agent types; the rest comes from an MLS."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta(NewListingForm.Meta):
        fields = (
            *NewListingForm.Meta.fields,
            "standard_status",
            "property_type",
            "list_price",
            "bedrooms_total",
            "bathrooms_total_integer",
            "living_area",
            "public_remarks",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["public_remarks"].widget.attrs["rows"] = 5


class PhotoForm(forms.ModelForm):
    """What a photo shows, and its caption."""

    room_type = forms.ChoiceField(
        label="Room",
        required=False,
        choices=[("", "Not said"), *((word.value, word.name) for word in vocabulary.ROOMS.values())],
    )

    class Meta:
        model = ListingPhoto
        fields = ("room_type", "short_description")


class BatchForm(forms.Form):
    """Which photos are staged, each as which room, and in which one style."""

    style = forms.ChoiceField(
        choices=[(word.value, word.name) for word in vocabulary.STYLES.values()],
        widget=forms.RadioSelect,
        initial=Style.MODERN.value,
    )
    batch = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, photos: list[ListingPhoto], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.photos = photos
        rooms = [("", "Choose the room"), *((word.value, word.name) for word in vocabulary.STAGEABLE)]
        for photo in photos:
            known = photo.room_type if photo.room_type in STAGEABLE_ROOMS else ""
            self.fields[_chosen(photo)] = forms.BooleanField(required=False)
            self.fields[_room(photo)] = forms.ChoiceField(required=False, choices=rooms, initial=known)

    def rows(self) -> list[tuple[ListingPhoto, forms.BoundField, forms.BoundField]]:
        """Each photo with its box and its room."""
        return [(photo, self[_chosen(photo)], self[_room(photo)]) for photo in self.photos]

    def clean(self) -> dict[str, Any]:
        """Ask for at least one photo, and for the room of each that was chosen."""
        cleaned = super().clean() or {}
        chosen = [photo for photo in self.photos if cleaned.get(_chosen(photo))]
        if not chosen:
            self.add_error(None, "Choose at least one photo.")
        for photo in chosen:
            if not cleaned.get(_room(photo)):
                self.add_error(_room(photo), f"Which room does photo {photo.order + 1} show?")
        return cleaned

    def chosen(self) -> list[tuple[ListingPhoto, RoomType]]:
        """The photos to be staged, each with its room."""
        cleaned = self.cleaned_data
        return [(photo, RoomType(cleaned[_room(photo)])) for photo in self.photos if cleaned.get(_chosen(photo))]


def _chosen(photo: ListingPhoto) -> str:
    return f"stage-{photo.media_key}"


def _room(photo: ListingPhoto) -> str:
    return f"room-{photo.media_key}"
