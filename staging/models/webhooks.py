"""What partners are told: who wants to know, what is to be told, and every try to tell it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from staging.models.renders import Output, Run


class WebhookSecret(models.Model):
    """What an account's webhooks are signed with; for a while after a renewal by the previous one too."""

    account = models.OneToOneField("billing.Account", on_delete=models.CASCADE, related_name="webhook_secret")
    secret = models.CharField(max_length=80, help_text="whsec_ and base64, as Standard Webhooks writes it")
    previous = models.CharField(max_length=80, blank=True, help_text="the one before, until it was renewed")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"webhook secret of {self.account_id}"


class WebhookSubscription(models.Model):
    """An address that is told of an account's events as they happen. `events` empty: of all of them."""

    account = models.ForeignKey("billing.Account", on_delete=models.CASCADE, related_name="webhook_subscriptions")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    url = models.CharField(max_length=2000)
    events = models.JSONField(default=list, help_text="types of events; all where it is empty")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        indexes = (models.Index(fields=["account"], name="webhook_subscribed", condition=Q(ended_at__isnull=True)),)

    def __str__(self) -> str:
        return f"webhooks to {self.url}"


class WebhookDelivery(models.Model):
    """One thing that a partner is told. A run's own `webhook_url`: a finished output, or a failure (`output` is then
    null). A subscription: the event in `body`, with the run where it is a run's.

    PENDING is tried whenever `due_at` has passed; whoever tries moves it ahead first, which is the compare-and-set.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        DELIVERED = "delivered"
        GIVEN_UP = "given_up"

    event_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, related_name="webhook_deliveries")
    subscription = models.ForeignKey(
        WebhookSubscription, on_delete=models.CASCADE, null=True, related_name="deliveries"
    )
    event_type = models.CharField(max_length=40, blank=True, help_text="of a subscription's event")
    body = models.JSONField(null=True, help_text="what a subscription is told")
    output = models.ForeignKey(Output, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    tries = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name_plural = "webhook deliveries"
        constraints = (
            models.CheckConstraint(
                condition=Q(run__isnull=False, subscription__isnull=True)
                | Q(subscription__isnull=False, body__isnull=False),
                name="webhook_of_a_run_or_a_subscription",
            ),
        )
        indexes = (models.Index(fields=["due_at"], name="webhook_due", condition=Q(state="pending")),)

    def __str__(self) -> str:
        return f"webhook {self.event_id} ({self.state})"

    @property
    def url(self) -> str:
        """Where it goes."""
        if self.subscription is not None:
            return self.subscription.url
        return self.run.webhook_url if self.run is not None else ""


class WebhookAttempt(models.Model):
    """One try to deliver: what was answered, or why nothing was."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    seconds = models.FloatField()
    status = models.PositiveIntegerField(null=True, help_text="the HTTP status that was answered")
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["delivery", "number"], name="webhook_attempt_once"),)

    def __str__(self) -> str:
        return f"attempt {self.number}: {self.status or self.error}"
