"""What Stripe has, as far as we have seen it. Stripe is the truth: these rows are only written from what it answers."""

from __future__ import annotations

from fractions import Fraction

from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class Fetch(models.Model):
    """Order among fetches of one Stripe object that several processes make at once.

    Whoever fetches takes the next number first (`asked`) and may write what it got only while no later number has
    written (`answered`). The later number's answer was asked for later, so nothing newer is overwritten.
    """

    stripe_id = models.CharField(max_length=100, unique=True)
    asked = models.PositiveBigIntegerField(default=0)
    answered = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "fetches"
        constraints = (models.CheckConstraint(condition=Q(answered__lte=F("asked")), name="fetch_asked_then_answered"),)

    def __str__(self) -> str:
        return self.stripe_id


class Customer(models.Model):
    """An account, as Stripe knows it."""

    account = models.OneToOneField("billing.Account", on_delete=models.PROTECT, related_name="customer")
    stripe_id = models.CharField(max_length=100, unique=True)
    payment_method = models.CharField(max_length=100, blank=True, help_text="Charged when nobody is at the screen.")
    card = models.CharField(max_length=60, blank=True, help_text="What the payment method looks like.")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.stripe_id


class Price(models.Model):
    """A plan's monthly price at Stripe. Prices never change there, so a new amount is a new row; subscriptions keep
    theirs."""

    stripe_id = models.CharField(max_length=100, primary_key=True)
    plan = models.ForeignKey("billing.Plan", on_delete=models.PROTECT, related_name="prices")
    cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, default="usd")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-made_at",)

    def __str__(self) -> str:
        return f"{self.plan} at {self.cents} {self.currency}"


class Subscription(models.Model):
    """A subscription at Stripe. What the account may do follows `status` (billing.subscriptions).

    incomplete -> active -> past_due -> active         a card failed and worked again
                            past_due -> unpaid | canceled
    incomplete -> incomplete_expired                   the first payment never came
    """

    # Stripe's words, https://docs.stripe.com/api/subscriptions/object#subscription_object-status
    LIVE = ("trialing", "active", "past_due")
    OVER = ("canceled", "incomplete_expired")
    NEVER_PAID = ("incomplete", "incomplete_expired")

    account = models.ForeignKey("billing.Account", on_delete=models.PROTECT, related_name="subscriptions")
    stripe_id = models.CharField(max_length=100, unique=True)
    plan = models.ForeignKey("billing.Plan", null=True, on_delete=models.PROTECT, related_name="+")
    item_id = models.CharField(max_length=100)
    status = models.CharField(max_length=30)
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    cancel_at_period_end = models.BooleanField(default=False)
    next_plan = models.ForeignKey(
        "billing.Plan", null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="From period_end."
    )
    schedule_id = models.CharField(max_length=100, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.stripe_id}: {self.status}"

    @property
    def is_live(self) -> bool:
        """Whether the account has what it pays for, a card that failed lately included."""
        return self.status in self.LIVE

    @property
    def is_over(self) -> bool:
        """Whether nothing will ever be paid by it again."""
        return self.status in self.OVER


class Payment(models.Model):
    """Money that came in, and what it bought. Its entries in the ledger follow `kept_credits` (billing.payments).

    `stripe_id` is the payment intent, or the invoice where nothing had to be collected.
    """

    class Kind(models.TextChoices):
        """What was paid for."""

        PLAN = "plan", "Plan"
        PACK = "pack", "Credit pack"
        TOP_UP = "top_up", "Automatic top-up"

    # While a dispute stands so, the money is not ours. https://docs.stripe.com/api/disputes/object#dispute_object-status
    LOST = ("lost",)
    TAKEN_BACK = ("needs_response", "under_review", "appeal_needs_response", "appeal_under_review", *LOST)

    account = models.ForeignKey("billing.Account", on_delete=models.PROTECT, related_name="payments")
    stripe_id = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    description = models.CharField(max_length=200)
    reference = models.CharField(max_length=100, help_text="Of the entry that gave the credits.")
    credits = models.IntegerField()
    cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    refunded_cents = models.PositiveIntegerField(default=0)
    disputed_cents = models.PositiveIntegerField(default=0)
    dispute_id = models.CharField(max_length=100, blank=True)
    dispute_status = models.CharField(max_length=40, blank=True)
    dispute_cleared_at = models.DateTimeField(
        null=True, blank=True, help_text="Staff let the account go on although the dispute was lost."
    )
    invoice_id = models.CharField(max_length=100, blank=True)
    invoice_url = models.URLField(max_length=500, blank=True)
    paid_at = models.DateTimeField()

    class Meta:
        ordering = ("-paid_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=("plan", "pack", "top_up")), name="payment_kind_is_known"),
            models.CheckConstraint(condition=Q(refunded_cents__lte=F("cents")), name="payment_refunds_what_was_paid"),
            models.CheckConstraint(condition=Q(credits__gte=0), name="payment_never_costs_credits"),
        )

    def __str__(self) -> str:
        return f"{self.description}: {self.cents} {self.currency}"

    @property
    def is_disputed(self) -> bool:
        """Whether the bank has taken the money back, for now or for good."""
        return self.dispute_status in self.TAKEN_BACK

    @property
    def freezes(self) -> bool:
        """Whether the account stays frozen because of this payment."""
        return self.is_disputed and self.dispute_cleared_at is None

    @property
    def kept_credits(self) -> int:
        """Credits that the money we still have stands for: in proportion, to the nearest credit."""
        lost = min(self.cents, self.refunded_cents + (self.disputed_cents if self.is_disputed else 0))
        if not lost:
            return self.credits
        return round(self.credits * Fraction(self.cents - lost, self.cents))
