"""Renders in the admin, by the state of their tries, with their pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as respond
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline

from billing.admin.reading import ReadOnly
from billing.models import User
from staging import credits, renders, retries
from staging.admin import pictures
from staging.backends.base import FailureClass
from staging.models import Output, Render, Run, State


class ReasonForm(forms.Form):
    """Why credits are given back."""

    reason = forms.CharField(max_length=200, help_text="The member reads it in the statement.")


class RunInline(ReadOnly, TabularInline):
    """Every try at a render."""

    model = Run
    extra = 0
    fields = ("number", "kind", "state", "tries", "backend", "error_code", "hold_reference", "queued_at", "finished_at")
    ordering = ("number",)


@admin.register(Render)
class RenderAdmin(ReadOnly, ModelAdmin):
    """What customers asked for. Trying again, cancelling and refunding go by the verbs that customers' calls use."""

    list_display = ("photo_picture", "public_id", "account", "what", "state", "source", "created_at")
    list_select_related = ("account", "photo")
    list_filter = ("source",)
    begins_with = ("public_id",)
    ordering = ("-pk",)
    fields = ("public_id", "account", "source", "created_at", "what", "photo_preview", "outputs", "brief_json")
    readonly_fields = ("photo_preview", "outputs", "what")
    inlines = (RunInline,)
    actions = ("retry", "cancel", "refund")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Render]:
        """With the state of the latest run, in the same query."""
        latest = Run.objects.filter(render=OuterRef("pk")).order_by("-number")
        rows: QuerySet[Render] = super().get_queryset(request)
        return rows.annotate(latest_state=Subquery(latest.values("state")[:1]))

    @admin.display(description="State")
    def state(self, render: Any) -> str:
        """Of the latest try."""
        return State(render.latest_state).label if render.latest_state else ""

    @admin.display(description="Asked for")
    def what(self, render: Render) -> str:
        """The brief in a few words."""
        brief = render.brief
        words = [brief.kind.value, brief.room_type or brief.space, brief.style or "", brief.quality]
        return " · ".join(word for word in words if word)

    @admin.display(description="Photo")
    def photo_picture(self, render: Render) -> SafeString:
        """Small."""
        return pictures.of_photo(render.photo)

    @admin.display(description="Photo")
    def photo_preview(self, render: Render) -> SafeString:
        """Large."""
        return pictures.of_photo(render.photo, large=True)

    @admin.display(description="Pictures")
    def outputs(self, render: Render) -> SafeString:
        """All outputs of all tries, with what the structure check and the gates said."""
        found = Output.objects.filter(run__render=render).select_related("run__render").order_by("run__number", "order")
        shown = format_html_join(
            "", "<figure>{}<figcaption>{} of try {}</figcaption></figure>",
            ((pictures.of_output(output), output.get_role_display(), output.run.number) for output in found),
        )  # fmt: skip
        return shown or format_html("none yet")

    @admin.action(description="Try again", permissions=["amend"])
    def retry(self, request: HttpRequest, chosen: QuerySet[Render]) -> None:
        """Queue another try of the chosen renders that failed."""
        self._each(request, chosen, lambda render: f"Try {retries.retry(render).number} is queued")

    @admin.action(description="Cancel", permissions=["amend"])
    def cancel(self, request: HttpRequest, chosen: QuerySet[Render]) -> None:
        """Stop the chosen renders that are not finished; their credits come back."""
        self._each(request, chosen, _cancelled)

    @admin.action(description="Give the credits back …", permissions=["refund"])
    def refund(self, request: HttpRequest, chosen: QuerySet[Render]) -> HttpResponse | None:
        """Refund the chosen renders, once a reason was typed."""
        form = ReasonForm(request.POST if "apply" in request.POST else None)
        if not form.is_valid():
            context = {"title": "Give credits back", "renders": chosen, "form": form, "opts": self.model._meta}
            return respond(request, "staging/admin_refund.html", self.admin_site.each_context(request) | context)
        # The admin lets nobody else in.
        assert isinstance(request.user, User)
        user, reason = request.user, form.cleaned_data["reason"]
        self._each(request, chosen, lambda render: f"{_refunded(render, user, reason)} credits given back: {reason}")
        return None

    def _each(self, request: HttpRequest, chosen: QuerySet[Render], act: Callable[[Render], str]) -> None:
        """Do it to each, log what was done, and say of each how it went."""
        for render in chosen:
            try:
                done = act(render)
            except (retries.NotRetryable, credits.InsufficientCredits, _NotDone) as error:
                self.message_user(request, f"{render}: {error}", messages.ERROR)
            else:
                self.log_change(request, render, done)
                self.message_user(request, f"{render}: {done}.", messages.SUCCESS)

    def has_amend_permission(self, request: HttpRequest) -> bool:
        """Who may try again and cancel: staff with the right to change renders (which no form offers)."""
        return request.user.has_perm("staging.change_render")

    def has_refund_permission(self, request: HttpRequest) -> bool:
        """Who may give credits back: staff with the right to add entries."""
        return request.user.has_perm("billing.add_entry")


class _NotDone(Exception):
    """Nothing was left to do."""


def _cancelled(render: Render) -> str:
    if not renders.cancel(renders.latest_run(render)):
        raise _NotDone("it has ended already")
    return "Cancelled"


def _refunded(render: Render, actor: User, reason: str) -> int:
    total = 0
    for run in Run.objects.filter(render=render, state=State.DONE).select_related("render", "account"):
        try:
            total += credits.refund(run, actor=actor, reason=reason)
        except credits.NothingToRefund:
            continue
    if not total:
        raise _NotDone("it charged nothing that could be given back")
    return total


class FailureFilter(admin.SimpleListFilter):
    """By the class of the failure; asking the table which ones there are would read all of it."""

    title = "failure"
    parameter_name = "failure"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every class there is."""
        return [(name.value, name.value.replace("_", " ")) for name in FailureClass]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        """The runs that failed so."""
        return queryset.filter(failure=self.value()) if self.value() else queryset


@admin.register(Run)
class RunAdmin(ReadOnly, ModelAdmin):
    """Tries by their state: what waits, what is under way, what failed and why."""

    list_display = ("render_id_shown", "account", "kind", "state", "tries", "stage", "error_code", "queued_at", "took")
    list_select_related = ("account", "render")
    list_filter = ("state", "kind", FailureFilter)
    is_exactly = ("render__public_id",)
    ordering = ("-pk",)

    @admin.display(description="Render")
    def render_id_shown(self, run: Run) -> str:
        """The name that the customer knows."""
        return run.key

    @admin.display(description="Took")
    def took(self, run: Run) -> str:
        """Seconds from its start to its end."""
        if not (run.first_started_at and run.finished_at):
            return ""
        return f"{(run.finished_at - run.first_started_at).total_seconds():.0f} s"
