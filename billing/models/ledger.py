"""The ledger's rows: written once by billing.ledger, never changed, never deleted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy


class AppendOnlyError(TypeError):
    """Code tried to change or delete an entry; a correction is a new entry."""


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries, to read."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise AppendOnlyError("entries are never changed; write a new one")

    def bulk_update(self, objs: Iterable[Entry], fields: Iterable[str], batch_size: int | None = None) -> NoReturn:
        """Refused."""
        raise AppendOnlyError("entries are never changed; write a new one")

    def delete(self) -> NoReturn:
        """Refused."""
        raise AppendOnlyError("entries are never deleted")


class Entry(models.Model):
    """One movement of an account's credits.

        grant, purchase   +n                       given; bought
        hold              -price                   a run began
        settle            held - charged (0 = all) the run is done      } exactly one of the two
        release           +price                   the run failed       } ends a hold
        adjust            +n or -n                 a correction, a refund; alone may leave the balance below zero

    `sequence` counts the account's entries from 1 and `balance_after` is the sum up to this one; both are written under
    the account's lock, so that a hold costs the same at a million entries. `billing.reconciliation` proves them.
    """

    class Kind(models.TextChoices):
        """What the movement was."""

        GRANT = "grant", gettext_lazy("Grant")
        PURCHASE = "purchase", gettext_lazy("Purchase")
        HOLD = "hold", gettext_lazy("Hold")
        SETTLE = "settle", gettext_lazy("Settle")
        RELEASE = "release", gettext_lazy("Release")
        ADJUST = "adjust", gettext_lazy("Adjust")

    account = models.ForeignKey("billing.Account", on_delete=models.PROTECT, related_name="entries")
    sequence = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    credits = models.IntegerField()
    balance_after = models.IntegerField()
    reference = models.CharField(max_length=120, unique=True, help_text="What caused it; the same cause counts once.")
    ends = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="end",
        help_text="The hold that this ends.",
    )
    note = models.CharField(max_length=300, blank=True)
    actor = models.ForeignKey(
        "billing.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Who adjusted."
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        ordering = ("account", "sequence")
        indexes = (
            models.Index(fields=("account", "kind", "made_at"), name="entry_by_kind_and_time"),
            # All accounts' charges of a day, for the admin.
            models.Index(fields=("made_at",), name="entry_settled_at", condition=Q(kind="settle")),
        )
        constraints = (
            models.UniqueConstraint(fields=("account", "sequence"), name="entry_sequence_once_per_account"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="entry_sequence_starts_at_one"),
            models.CheckConstraint(
                condition=Q(kind__in=("grant", "purchase", "release"), credits__gt=0)
                | Q(kind="hold", credits__lt=0)
                | Q(kind="settle", credits__gte=0)
                | (Q(kind="adjust") & ~Q(credits=0)),
                name="entry_sign_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("settle", "release"), ends__isnull=False)
                | (~Q(kind__in=("settle", "release")) & Q(ends__isnull=True)),
                name="entry_ends_a_hold_or_nothing",
            ),
            models.CheckConstraint(
                condition=~Q(kind="hold") | Q(balance_after__gte=0), name="entry_hold_never_overdraws"
            ),
            models.CheckConstraint(condition=~Q(kind="adjust") | ~Q(note=""), name="entry_adjust_says_why"),
            models.CheckConstraint(
                condition=Q(kind="adjust") | Q(actor__isnull=True), name="entry_only_an_adjust_has_an_actor"
            ),
            models.CheckConstraint(
                condition=Q(sequence__gt=1) | Q(balance_after=F("credits")), name="entry_first_balance_is_its_credits"
            ),
        )

    def __str__(self) -> str:
        return f"{self.sequence}: {self.kind} {self.credits:+d} -> {self.balance_after} ({self.reference})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; an entry that is in the database already is refused."""
        if not self._state.adding:
            raise AppendOnlyError("entries are never changed; write a new one")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise AppendOnlyError("entries are never deleted")
