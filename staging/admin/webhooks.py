"""What partners were told, in the admin: each try with its answer; what was given up can be tried again."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin, TabularInline

from billing.admin.reading import ReadOnly
from staging.models import WebhookAttempt, WebhookDelivery


class AttemptInline(ReadOnly, TabularInline):
    """Every try to deliver."""

    model = WebhookAttempt
    extra = 0
    fields = ("number", "made_at", "seconds", "status", "error")
    ordering = ("number",)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnly, ModelAdmin):
    """The outbox."""

    list_display = ("event_id", "run", "event_type", "state", "tries", "due_at", "created_at")
    list_select_related = ("run__render",)
    list_filter = ("state",)
    is_exactly = ("run__render__public_id",)
    ordering = ("-pk",)
    inlines = (AttemptInline,)
    actions = ("tell_again",)

    @admin.action(description="Tell again", permissions=["amend"])
    def tell_again(self, request: HttpRequest, chosen: QuerySet[WebhookDelivery]) -> None:
        """Make the chosen deliveries due now; the sweeper's next round tries them."""
        for delivery in chosen:
            again = WebhookDelivery.objects.filter(pk=delivery.pk).exclude(state=WebhookDelivery.State.DELIVERED)
            if again.update(state=WebhookDelivery.State.PENDING, due_at=timezone.now()):
                self.log_change(request, delivery, "Made due again")
                self.message_user(request, f"{delivery.event_id} is due now.", messages.SUCCESS)
            else:
                self.message_user(request, f"{delivery.event_id} was delivered already.", messages.WARNING)

    def has_amend_permission(self, request: HttpRequest) -> bool:
        """Who may tell again: staff with the right to change deliveries."""
        return request.user.has_perm("staging.change_webhookdelivery")
