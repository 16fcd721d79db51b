"""Photos in the admin. The original's bytes stay out of reach: they may hold the place where it was taken."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from billing.admin.reading import ReadOnly
from staging.admin import pictures
from staging.models import Photo


@admin.register(Photo)
class PhotoAdmin(ReadOnly, ModelAdmin):
    """Photos that came in."""

    list_display = ("picture", "uuid", "account", "format", "width", "height", "created_at")
    list_select_related = ("account",)
    ordering = ("-pk",)
    fields = ("preview", "uuid", "account", "format", "byte_size", "width", "height", "sha256", "created_at")
    readonly_fields = ("preview",)

    @admin.display(description="Photo")
    def picture(self, photo: Photo) -> SafeString:
        """Small."""
        return pictures.of_photo(photo)

    @admin.display(description="Photo")
    def preview(self, photo: Photo) -> SafeString:
        """Large."""
        return pictures.of_photo(photo, large=True)
