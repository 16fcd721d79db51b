"""What Stripe has and what it told us, in the admin: to read, to replay, to refund."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from billing import payments, stripe_client, stripe_events
from billing.admin.reading import ReadOnly
from billing.models import Customer, Payment, Price, StripeEvent, Subscription, TopUp


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnly, ModelAdmin):
    """The inbox."""

    list_display = ("received_at", "type", "object_id", "state", "attempts", "error")
    list_filter = ("state", "type")
    search_fields = ("stripe_id", "object_id")
    actions = ("replay",)

    @admin.action(description="Replay", permissions=["view"])
    def replay(self, request: HttpRequest, events: QuerySet[StripeEvent]) -> None:
        """Have the chosen events handled once more."""
        for event in events:
            stripe_events.replay(event)
            self.log_change(request, event, "Replayed")
        self.message_user(request, f"{len(events)} events are handled again.", messages.SUCCESS)


@admin.register(Payment)
class PaymentAdmin(ReadOnly, ModelAdmin):
    """Money that came in."""

    list_display = ("paid_at", "account", "description", "cents", "refunded_cents", "dispute_status", "credits")
    list_select_related = ("account",)
    list_filter = ("kind", "dispute_status")
    search_fields = ("stripe_id", "invoice_id", "account__name")
    actions = ("refund_rest",)

    @admin.action(description="Refund what is left", permissions=["refund"])
    def refund_rest(self, request: HttpRequest, chosen: QuerySet[Payment]) -> None:
        """Give the chosen payments back; their credits go with them."""
        for payment in chosen:
            try:
                payments.refund(payment, payment.cents - payment.refunded_cents)
            except (payments.NotRefundable, stripe_client.StripeError) as error:
                self.message_user(request, f"{payment}: {error}", messages.ERROR)
            else:
                self.log_change(request, payment, "Refunded")
                self.message_user(request, f"{payment}: refunded.", messages.SUCCESS)

    def has_refund_permission(self, request: HttpRequest) -> bool:
        """Who may give money back: staff with the right to change payments (which no form offers)."""
        return request.user.has_perm("billing.change_payment")


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnly, ModelAdmin):
    """Subscriptions, as Stripe last told."""

    list_display = ("account", "plan", "status", "period_end", "cancel_at_period_end", "seen_at")
    list_select_related = ("account", "plan")
    list_filter = ("status", "plan")
    search_fields = ("stripe_id", "account__name")


@admin.register(Customer)
class CustomerAdmin(ReadOnly, ModelAdmin):
    """Accounts as Stripe knows them."""

    list_display = ("account", "stripe_id", "card", "made_at")
    list_select_related = ("account",)
    search_fields = ("stripe_id", "account__name")


@admin.register(Price)
class PriceAdmin(ReadOnly, ModelAdmin):
    """Plans as Stripe's prices."""

    list_display = ("stripe_id", "plan", "cents", "currency", "made_at")
    list_select_related = ("plan",)


@admin.register(TopUp)
class TopUpAdmin(ReadOnly, ModelAdmin):
    """Credits that were bought by themselves."""

    list_display = ("made_at", "account", "credits", "cents", "state", "error")
    list_select_related = ("account",)
    list_filter = ("state",)
