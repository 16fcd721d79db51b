"""GPU nodes in the admin: add one, ask it what it can do, see what it is short of, take it out of work."""

from __future__ import annotations

from typing import Any

import redis
from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminPasswordWidget

from staging import fleet, jobs
from staging.models import GpuNode

_MOST_FILES = 12


class NodeForm(forms.ModelForm):
    """A node's address. The token is written and never shown again; left empty it stays."""

    token = forms.CharField(
        required=False,
        max_length=200,
        min_length=8,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text="Only where a proxy before the node asks for “Authorization: Bearer”. Left empty, it stays as it is.",
    )

    class Meta:
        model = GpuNode
        fields = ("name", "url", "token", "enabled")

    def clean_token(self) -> str:
        """What was typed, else what is there."""
        return str(self.cleaned_data["token"] or self.instance.token)


@admin.register(GpuNode)
class GpuNodeAdmin(ModelAdmin):
    """Machines that run ComfyUI."""

    form = NodeForm
    list_display = ("name", "url", "state", "makes", "card", "queue", "last_error")
    fieldsets = (
        (None, {"fields": ("name", "url", "token", "enabled")}),
        ("What it can do", {"fields": ("state", "probed", "card", "queue", "loaded", "trouble", "abilities", "files")}),
    )
    readonly_fields = ("state", "probed", "card", "queue", "loaded", "trouble", "abilities", "files")
    actions = ("probe", "enable", "disable", "take_back")

    def get_fieldsets(self, request: HttpRequest, obj: GpuNode | None = None) -> Any:
        """What it can do is known once it is there."""
        return self.fieldsets if obj else self.fieldsets[:1]

    def save_model(self, request: HttpRequest, obj: GpuNode, form: Any, change: bool) -> None:
        """Save, and have it asked what it can do: by a worker, since no page waits for a machine."""
        if "url" in form.changed_data:
            obj.probed_at, obj.away_since, obj.models_by_folder = None, None, {}
        super().save_model(request, obj, form, change)
        jobs.enqueue_after_commit(jobs.probe, obj.pk)
        self.message_user(request, f"{obj.name} is being asked what it can do. Load this page again in a moment.")

    @admin.display(description="State")
    def state(self, node: GpuNode) -> str:
        """In a few words."""
        if not node.enabled:
            return "Disabled: gets no new work"
        if node.away_since:
            return f"Not reached for {timesince(node.away_since)}"
        if node.set_aside_until and node.is_set_aside:
            return f"Set aside for {timesince(timezone.now(), node.set_aside_until)} more"
        return "Ready" if node.seen_at else "Not asked yet"

    @admin.display(description="Makes")
    def makes(self, node: GpuNode) -> str:
        """The kinds of jobs for which it has some model."""
        able = [kind for kind, models in fleet.served_by(node).items() if not all(models.values())]
        return ", ".join(able) or "nothing yet"

    @admin.display(description="Card")
    def card(self, node: GpuNode) -> str:
        """Its name and memory."""
        if not node.device:
            return "–"
        memory = f"{filesizeformat(node.vram_free)} of {filesizeformat(node.vram_total)} free"
        return f"{node.device} · {memory}"

    @admin.display(description="Queue")
    def queue(self, node: GpuNode) -> str:
        """As it was when it was last asked."""
        return f"{node.running} at work, {node.pending} waiting"

    @admin.display(description="Asked")
    def probed(self, node: GpuNode) -> str:
        """When, and which version answered."""
        if node.probed_at is None:
            return "not yet"
        version = f", ComfyUI {node.version}" if node.version else ""
        return f"{timesince(node.probed_at)} ago{version}"

    @admin.display(description="Last error")
    def trouble(self, node: GpuNode) -> str:
        """What went wrong there last, and when."""
        if not node.last_error_at:
            return "none"
        return f"{node.last_error} ({timesince(node.last_error_at)} ago)"

    @admin.display(description="Jobs by model")
    def abilities(self, node: GpuNode) -> SafeString:
        """Which it can make, and what the others are short of."""
        rows = (
            (kind, model, "can" if not lacking else "lacks " + ", ".join(lacking))
            for kind, models in fleet.served_by(node).items()
            for model, lacking in models.items()
        )
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{} with {}: {}</li>", rows))

    @admin.display(description="Models that lie there")
    def files(self, node: GpuNode) -> SafeString:
        """By folder; of a long list the first."""
        rows = ((folder, _listed(files)) for folder, files in node.models_by_folder.items())
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {}</li>", rows))

    @admin.action(description="Ask what they can do", permissions=["change"])
    def probe(self, request: HttpRequest, chosen: QuerySet[GpuNode]) -> None:
        """Have workers ask the chosen nodes."""
        for node in chosen:
            try:
                jobs.enqueue(jobs.probe, node.pk)
            except redis.RedisError:
                self.message_user(request, "The queue is away; nodes are asked when it is back.", messages.ERROR)
                return
            self.message_user(request, f"{node.name} is being asked. Load this page again in a moment.")

    @admin.action(description="Enable", permissions=["change"])
    def enable(self, request: HttpRequest, chosen: QuerySet[GpuNode]) -> None:
        """Give the chosen nodes new work again."""
        self._change(request, chosen, "Enabled", enabled=True)

    @admin.action(description="Disable", permissions=["change"])
    def disable(self, request: HttpRequest, chosen: QuerySet[GpuNode]) -> None:
        """Give the chosen nodes no new work; what runs there is followed to its end."""
        self._change(request, chosen, "Disabled", enabled=False)

    @admin.action(description="Take back into work", permissions=["change"])
    def take_back(self, request: HttpRequest, chosen: QuerySet[GpuNode]) -> None:
        """End that the chosen nodes are set aside."""
        self._change(request, chosen, "Taken back into work", set_aside_until=None)

    def _change(self, request: HttpRequest, chosen: QuerySet[GpuNode], done: str, **values: Any) -> None:
        for node in chosen:
            GpuNode.objects.filter(pk=node.pk).update(**values)
            self.log_change(request, node, done)
            self.message_user(request, f"{node.name}: {done.lower()}.", messages.SUCCESS)


def _listed(files: list[str]) -> str:
    more = len(files) - _MOST_FILES
    return ", ".join(files[:_MOST_FILES]) + (f" and {more} more" if more > 0 else "")
