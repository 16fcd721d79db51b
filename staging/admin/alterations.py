"""The alteration record in the admin, to read."""

from __future__ import annotations

from django.contrib import admin
from unfold.admin import ModelAdmin

from billing.admin.reading import ReadOnly
from staging.models import Alteration


@admin.register(Alteration)
class AlterationAdmin(ReadOnly, ModelAdmin):
    """What was done to which picture and who said what of it, newest first."""

    list_display = ("at", "event", "public_id", "kinds", "engine", "verdict", "actor", "key_prefix", "note")
    list_select_related = ("actor",)
    list_filter = ("event", "verdict")
    is_exactly = ("public_id",)
    ordering = ("-pk",)
