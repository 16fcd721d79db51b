"""Plans, packs and the ledger in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from billing.admin.reading import ReadOnly
from billing.models import Entry, Pack, Plan


@admin.register(Plan)
class PlanAdmin(ModelAdmin):
    """Plans: numbers and rights may change; the three rows themselves stay, because code names them."""

    list_display = ("name", "monthly_price_cents", "monthly_credits", "signup_credits", "has_api", "labelled")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The slug is what code asks for."""
        return ("slug",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody deletes."""
        return False


@admin.register(Pack)
class PackAdmin(ModelAdmin):
    """Packs: new ones may be added; one that was sold is taken off sale instead of being deleted."""

    list_display = ("name", "credits", "price_cents", "on_sale")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A pack keeps the slug that it was made with."""
        return ("slug",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody deletes."""
        return False


@admin.register(Entry)
class EntryAdmin(ReadOnly, ModelAdmin):
    """The ledger, newest first."""

    list_display = ("made_at", "account", "sequence", "kind", "credits", "balance_after", "reference", "note")
    list_select_related = ("account",)
    list_filter = ("kind", "made_at")
    begins_with = ("reference",)
    ordering = ("-pk",)
