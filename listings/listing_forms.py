"""Forms of a listing and of its photos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from listings import vocabulary
from listings.forms import SizeForm
from listings.models import Listing, ListingPhoto
from staging.briefs import STAGEABLE_ROOMS, RoomType, Style


@dataclass(frozen=True)
class Clash:
    """A field that two people have changed: what the other one has saved, and what this one has typed."""

    label: str
    theirs: str
    mine: str


class SharedForm(forms.ModelForm):
    """A form of something that several people change. Each field goes along as it was when the page was opened.

    Only fields that a person has touched are written, so two people who change two fields lose nothing, and where both
    have changed the same one, `clashes` tells.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True

    def touched(self) -> dict[str, Any]:
        """The cleaned fields that differ from what the page showed."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.cleaned_data}

    def clashes(self, current: Model) -> list[Clash]:
        """The touched fields that say by now, in `current`, neither what the page showed nor what was typed."""
        found = []
        for name, mine in self.touched().items():
            theirs = getattr(current, name)
            if _plain(theirs) not in {_plain(mine), _plain(self._as_opened(name))}:
                label = str(self.fields[name].label)
                found.append(Clash(label, self._said(name, theirs), self._said(name, mine)))
        return found

    def base_on(self, current: Model) -> None:
        """Show what was typed, and for what was not touched, and as the page's own state, what is `current`."""
        touched, data = self.touched(), QueryDict(mutable=True)
        data.update(self.data)
        for name, field in self.fields.items():
            value = field.prepare_value(getattr(current, name))
            data[self.add_initial_prefix(name)] = "" if value is None else value
            if name not in touched:
                data[self.add_prefix(name)] = "" if value is None else value
        self.data = data

    def _as_opened(self, name: str) -> Any:
        field = self.fields[name]
        raw = field.hidden_widget().value_from_datadict(self.data, self.files, self.add_initial_prefix(name))
        try:
            return field.to_python(raw)
        except ValidationError:
            return None

    def _said(self, name: str, value: Any) -> str:
        known = dict(getattr(self.fields[name], "choices", ()))
        return str(known.get(value, "" if value is None else value))


def _plain(value: Any) -> Any:
    """Browsers send lines with other ends than an MLS does, and nothing where nothing is said."""
    return "\n".join(value.split("\r\n")).strip() if isinstance(value, str) else ("" if value is None else value)


class NewListingForm(forms.ModelForm):
    """The least that makes a listing: an address, or an MLS number."""

    class Meta:
        model = Listing
        fields: tuple[str, ...] = ("unparsed_address", "city", "state_or_province", "postal_code", "listing_id")
        labels = {  # noqa: RUF012 - Django's own way
            "unparsed_address": gettext_lazy("Address"),
            "city": gettext_lazy("City"),
            "state_or_province": gettext_lazy("State"),
            "postal_code": gettext_lazy("ZIP code"),
            "listing_id": gettext_lazy("MLS number"),
            "standard_status": gettext_lazy("Status"),
            "property_type": gettext_lazy("Property type"),
            "list_price": gettext_lazy("Price"),
            "bedrooms_total": gettext_lazy("Bedrooms"),
            "bathrooms_total_integer": gettext_lazy("Bathrooms"),
            "living_area": gettext_lazy("Living area"),
            "public_remarks": gettext_lazy("Description"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unparsed_address"].widget.attrs["autocomplete"] = "street-address"
        self.fields["postal_code"].widget.attrs["autocomplete"] = "postal-code"

    def clean(self) -> dict[str, Any]:
        """Ask for an address or an MLS number."""
        cleaned = super().clean() or {}
        if not cleaned.get("unparsed_address") and not cleaned.get("listing_id"):
            self.add_error("unparsed_address", gettext("Give the address, or the MLS number below."))
        return cleaned


class ListingForm(SharedForm, NewListingForm):
    """The fields that an agent types; the rest comes from an MLS."""

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


class PhotoForm(SharedForm):
    """What a photo shows, and its caption."""

    room_type = forms.ChoiceField(
        label=gettext_lazy("Room"),
        required=False,
        choices=[("", gettext_lazy("Not said")), *vocabulary.choices(vocabulary.ROOMS.values())],
    )

    class Meta:
        model = ListingPhoto
        fields = ("room_type", "short_description")
        labels = {"short_description": gettext_lazy("Caption")}  # noqa: RUF012


class BatchForm(SizeForm):
    """Which photos are staged, each as which room, and in which one style."""

    style = forms.ChoiceField(
        choices=vocabulary.choices(vocabulary.STYLES.values()),
        widget=forms.RadioSelect,
        initial=Style.MODERN.value,
    )
    batch = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, photos: list[ListingPhoto], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.photos = photos
        rooms = [("", gettext_lazy("Choose the room")), *vocabulary.choices(vocabulary.STAGEABLE)]
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
            self.add_error(None, gettext("Choose at least one photo."))
        for photo in chosen:
            if not cleaned.get(_room(photo)):
                self.add_error(
                    _room(photo), gettext("Which room does photo %(number)s show?") % {"number": photo.order + 1}
                )
        return cleaned

    def chosen(self) -> list[tuple[ListingPhoto, RoomType]]:
        """The photos to be staged, each with its room."""
        cleaned = self.cleaned_data
        return [(photo, RoomType(cleaned[_room(photo)])) for photo in self.photos if cleaned.get(_chosen(photo))]


def _chosen(photo: ListingPhoto) -> str:
    return f"stage-{photo.media_key}"


def _room(photo: ListingPhoto) -> str:
    return f"room-{photo.media_key}"
