"""What an account may do and what it may buy: plans and packs are rows, which the shop changes without a release."""

from __future__ import annotations

from django.db import models


class Plan(models.Model):
    """One plan. The three slugs are what code asks for; everything else about a plan is the shop's to change.

    Credits and limits of a running account follow the row at once: nothing is copied to the account.
    """

    FREE = "free"
    PRO = "pro"
    PRO_PLUS = "pro_plus"

    slug = models.SlugField(max_length=20, primary_key=True)
    name = models.CharField(max_length=40)
    monthly_credits = models.PositiveIntegerField(default=0, help_text="Granted at the start of each paid month.")
    signup_credits = models.PositiveIntegerField(
        default=0, help_text="Granted once, when the owner has confirmed the e-mail address."
    )
    has_api = models.BooleanField(default=False, help_text="API keys of the account may ask for renders.")
    labelled = models.BooleanField(default=True, help_text="Every picture carries the “Virtually Staged” label.")
    max_renders = models.PositiveSmallIntegerField(default=1, help_text="Pictures that one request may ask for.")
    allows_4k = models.BooleanField(default=False)
    monthly_price_cents = models.PositiveIntegerField(default=0, help_text="US cents.")

    class Meta:
        ordering = ("monthly_price_cents", "slug")
        constraints = (
            models.CheckConstraint(condition=models.Q(max_renders__gte=1), name="plan_max_renders_at_least_one"),
        )

    def __str__(self) -> str:
        return self.name


class Pack(models.Model):
    """Credits to buy once. What was paid for keeps its number of credits; a change counts for later sales."""

    slug = models.SlugField(max_length=20, primary_key=True)
    name = models.CharField(max_length=40)
    credits = models.PositiveIntegerField()
    price_cents = models.PositiveIntegerField(help_text="US cents, before tax.")
    on_sale = models.BooleanField(default=True)

    class Meta:
        ordering = ("credits",)
        constraints = (
            models.CheckConstraint(condition=models.Q(credits__gte=1), name="pack_has_credits"),
            # Stripe refuses charges below 50 cents.
            models.CheckConstraint(condition=models.Q(price_cents__gte=50), name="pack_price_can_be_charged"),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.credits} credits)"
