"""What staff did in the admin, to read: every change and every action is a row that nobody can change."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from unfold.admin import ModelAdmin

from billing.admin.reading import ReadOnly


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnly, ModelAdmin):
    """The audit trail, newest first."""

    list_display = ("action_time", "user", "object_repr", "content_type", "get_change_message")
    list_select_related = ("user", "content_type")
    list_filter = ("action_flag", ("user", admin.RelatedOnlyFieldListFilter))
    begins_with = ("object_repr",)
    is_exactly = ("object_id", "user__email")
    ordering = ("-pk",)
    fields = ("action_time", "user", "content_type", "object_id", "object_repr", "get_change_message")
    readonly_fields = ("get_change_message",)
