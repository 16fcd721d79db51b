"""What people fill in."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext, gettext_lazy

from billing.models import ApiKey
from listings import vocabulary
from listings.samples import SAMPLES
from staging.briefs import Brief, Kind, Resolution, RoomType, Style

SEED_MOST = 2**31 - 1


class SizeForm(forms.Form):
    """A box for pictures in 4K, where the account's plan has them (`may_be_large`)."""

    large = forms.BooleanField(
        required=False,
        label=gettext_lazy("In 4K"),
        help_text=gettext_lazy("Photos of less than 3840 pixels get their furniture at that size; takes longer."),
    )

    def __init__(self, *args: Any, may_be_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_be_large:
            del self.fields["large"]

    def resolution(self) -> Resolution:
        """How large the pictures are delivered. Of a valid form."""
        return "4k" if self.cleaned_data.get("large") else "full-hd"


class BriefForm(forms.Form):
    """Which room it is, and in which style."""

    room_type = forms.ChoiceField(
        label=gettext_lazy("Room"),
        choices=vocabulary.choices(vocabulary.STAGEABLE),
        widget=forms.RadioSelect,
        initial=RoomType.LIVING.value,
    )
    style = forms.ChoiceField(
        label=gettext_lazy("Style"),
        choices=vocabulary.choices(vocabulary.STYLES.values()),
        widget=forms.RadioSelect,
        initial=Style.MODERN.value,
    )

    def brief(self, *, seed: int = 0) -> Brief:
        """What the person asks for."""
        return Brief(
            kind=Kind.STAGING,
            room_type=RoomType(self.cleaned_data["room_type"]),
            style=Style(self.cleaned_data["style"]),
            quality=settings.RENDER_QUALITY,
            seed=seed,
        )


class StageForm(SizeForm, BriefForm):
    """A photo, or one of our samples, and the brief."""

    photo = forms.FileField(required=False, allow_empty_file=True)
    sample = forms.ChoiceField(required=False, choices=[(name, name) for name in SAMPLES])

    def brief(self, *, seed: int = 0) -> Brief:
        """What the person asks for, in the size that was asked for."""
        return replace(super().brief(seed=seed), resolution=self.resolution())

    def clean(self) -> dict[str, Any]:
        """Ask for a photo where there is none."""
        cleaned = super().clean() or {}
        if not cleaned.get("photo") and not cleaned.get("sample"):
            self.add_error("photo", gettext("Choose a photo of an empty room."))
        return cleaned

    def sample_file(self) -> Path:
        """Where the chosen sample lies."""
        return SAMPLES[self.cleaned_data["sample"]].file


class AgainForm(BriefForm):
    """The same photo once more: another style, or another arrangement."""

    room_type = forms.ChoiceField(label=gettext_lazy("Room"), choices=vocabulary.choices(vocabulary.STAGEABLE))
    style = forms.ChoiceField(label=gettext_lazy("Style"), choices=vocabulary.choices(vocabulary.STYLES.values()))
    seed = forms.IntegerField(min_value=0, max_value=SEED_MOST, widget=forms.HiddenInput)


class KeyForm(forms.Form):
    """A new API key: its name, what it may do, and for how long."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("Where you will use it, so that you know it again: “Website”."),
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("What it may do"), choices=ApiKey.Scope.choices, initial=ApiKey.Scope.RENDER, required=False
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("How long it works"),
        coerce=int,
        empty_value=None,
        choices=[
            (0, gettext_lazy("Until it is revoked")),
            (30, gettext_lazy("30 days")),
            (90, gettext_lazy("90 days")),
            (365, gettext_lazy("A year")),
        ],
        required=False,
    )

    @property
    def lifetime(self) -> datetime.timedelta | None:
        """How long it is to work; None for no end. Of a valid form."""
        days = self.cleaned_data["days"]
        return datetime.timedelta(days=days) if days else None
