"""What came in from Stripe, what we told an account, what we charged without anybody at the screen."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone


class StripeEvent(models.Model):
    """The inbox: one row per event of Stripe, however often it is delivered.

        waiting -> done | ignored        handled; nothing of ours
        waiting -> waiting               Stripe or the database was away: again at not_before
        waiting -> failed -> waiting     a person looks and replays

    The event only says what to look at. Its object is fetched again, so neither the order nor the age of events counts,
    and no customer's data is kept here.
    """

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", "Waiting"
        DONE = "done", "Done"
        IGNORED = "ignored", "Ignored"
        FAILED = "failed", "Failed"

    stripe_id = models.CharField(max_length=100, unique=True)
    type = models.CharField(max_length=80)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=100)
    made_at = models.DateTimeField(help_text="At Stripe.")
    received_at = models.DateTimeField(default=timezone.now, editable=False)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    handled_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-received_at", "-pk")
        indexes = (
            models.Index(fields=("not_before",), condition=Q(state="waiting"), name="stripe_event_waiting"),
            models.Index(fields=("state", "received_at"), name="stripe_event_by_state"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "done", "ignored", "failed")), name="stripe_event_state_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.type} ({self.stripe_id})"


class Notice(models.Model):
    """Something that an account is told once, by mail."""

    account = models.ForeignKey("billing.Account", on_delete=models.CASCADE, related_name="notices")
    key = models.CharField(max_length=150)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-pk",)
        constraints = (models.UniqueConstraint(fields=("account", "key"), name="notice_once"),)

    def __str__(self) -> str:
        return self.key


class TopUpRule(models.Model):
    """A standing order: below so many credits, buy this pack, at most so often in a calendar month.

    A charge that fails switches it off, because a second one would fail as well; `stopped_why` tells the member.
    """

    account = models.OneToOneField("billing.Account", on_delete=models.CASCADE, related_name="top_up_rule")
    pack = models.ForeignKey("billing.Pack", on_delete=models.PROTECT, related_name="+")
    below = models.PositiveIntegerField()
    per_month = models.PositiveSmallIntegerField(default=3, help_text="Charges in a calendar month (UTC).")
    enabled = models.BooleanField(default=True)
    stopped_why = models.CharField(max_length=200, blank=True)
    set_by = models.ForeignKey("billing.User", null=True, on_delete=models.SET_NULL, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(per_month__gte=1, per_month__lte=30), name="top_up_rule_has_a_limit"),
        )

    def __str__(self) -> str:
        return f"{self.pack} below {self.below}"


class TopUp(models.Model):
    """One charge that a standing order made.

    asked -> paid | failed. One at a time per account is asked for, which the database holds to.
    """

    class State(models.TextChoices):
        """How far it is."""

        ASKED = "asked", "Asked"
        PAID = "paid", "Paid"
        FAILED = "failed", "Failed"

    account = models.ForeignKey("billing.Account", on_delete=models.PROTECT, related_name="top_ups")
    pack = models.ForeignKey("billing.Pack", on_delete=models.PROTECT, related_name="+")
    credits = models.PositiveIntegerField()
    cents = models.PositiveIntegerField()
    state = models.CharField(max_length=6, choices=State.choices, default=State.ASKED)
    stripe_id = models.CharField(max_length=100, blank=True, help_text="The payment intent.")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("account",), condition=Q(state="asked"), name="top_up_one_at_a_time_per_account"
            ),
        )

    def __str__(self) -> str:
        return f"top-up {self.pk}: {self.credits} credits, {self.state}"
