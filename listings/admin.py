"""MLS profiles, pages of originals and deliveries in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin

from billing.admin.reading import ReadOnly
from listings import homes, originals
from listings.models import Connection, Delivery, Import, ListingPage, OriginalPage, Profile


@admin.register(Profile)
class ProfileAdmin(ModelAdmin):
    """The rules of MLSs. A change is saved as the next version: deliveries keep the one that they were made under."""

    list_display = ("name", "region", "version", "label", "original", "caption", "status", "read_on", "retired_at")
    list_filter = ("status", ("retired_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "region")
    readonly_fields = ("version", "retired_at")
    formfield_overrides = {models.JSONField: {"widget": forms.Textarea(attrs={"rows": 3})}}  # noqa: RUF012

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Retire the version that was open and insert the next one."""
        if change:
            Profile.objects.filter(pk=obj.pk).update(retired_at=timezone.now())
            latest = Profile.objects.filter(slug=Profile.objects.get(pk=obj.pk).slug).order_by("-version")[0]
            obj.pk, obj.version, obj.retired_at = None, latest.version + 1, None
            obj._state.adding = True
        obj.save()

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Nobody deletes: deliveries name the version that they followed."""
        return False


@admin.register(OriginalPage)
class OriginalPageAdmin(ReadOnly, ModelAdmin):
    """Public pages of originals. Removing one leaves the row, and the page says so."""

    list_display = ("code", "account", "said", "altered_at", "made_at", "removed_at")
    list_select_related = ("account",)
    list_filter = (("removed_at", admin.EmptyFieldListFilter),)
    begins_with = ("code",)
    ordering = ("-pk",)
    actions = ("remove",)

    @admin.action(description="Remove from the public", permissions=["remove"])
    def remove(self, request: HttpRequest, chosen: QuerySet[OriginalPage]) -> None:
        """Take the chosen pages down."""
        for page in chosen:
            originals.remove(page, "Removed by our staff.")
            self.log_change(request, page, "Removed from the public")
        self.message_user(request, f"{len(chosen)} pages removed.", messages.SUCCESS)

    def has_remove_permission(self, request: HttpRequest) -> bool:
        """Staff with the right to change pages (which no form offers)."""
        return request.user.has_perm("listings.change_originalpage")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, ModelAdmin):
    """Deliveries that were made."""

    list_display = ("key", "listing", "profile", "state", "byte_size", "asked_by", "made_at", "error")
    list_select_related = ("listing", "profile", "asked_by")
    list_filter = ("state",)
    ordering = ("-pk",)


@admin.register(Connection)
class ConnectionAdmin(ReadOnly, ModelAdmin):
    """Connections to RESO providers; what they come in with is not shown."""

    list_display = ("name", "account", "address", "every_minutes", "watermark", "removed_at")
    list_select_related = ("account",)
    list_filter = (("removed_at", admin.EmptyFieldListFilter),)
    exclude = ("token", "client_secret", "bearer")


@admin.register(Import)
class ImportAdmin(ReadOnly, ModelAdmin):
    """Imports, and where they stand."""

    list_display = ("key", "source", "account", "state", "phase", "seen", "created", "changed", "photos_done", "error")
    list_select_related = ("account",)
    list_filter = ("state",)
    ordering = ("-pk",)


@admin.register(ListingPage)
class ListingPageAdmin(ReadOnly, ModelAdmin):
    """Public pages of listings. Withdrawing one leaves its address, which says so."""

    list_display = ("code", "listing", "profile", "published_at", "withdrawn_at")
    list_select_related = ("listing", "profile")
    list_filter = (("withdrawn_at", admin.EmptyFieldListFilter),)
    actions = ("withdraw",)

    @admin.action(description="Withdraw from the public", permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, chosen: QuerySet[ListingPage]) -> None:
        """Take the chosen pages from the public."""
        for page in chosen:
            homes.withdraw(page)
            self.log_change(request, page, "Withdrawn from the public")
        self.message_user(request, f"{len(chosen)} pages withdrawn.", messages.SUCCESS)

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        """Staff with the right to change pages (which no form offers)."""
        return request.user.has_perm("listings.change_listingpage")
