"""What callers named themselves: conversions, and requests under an Idempotency-Key."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from staging.models.renders import Render, Run


class Conversion(models.Model):
    """What the Conversion API's caller sees: one or several photos under the caller's own identifier.

    The identifier belongs to one conversion of the account at a time. A conversion that gave no picture makes way for
    a new one of the same identifier (`replaced_at`) and stays on record.
    """

    UUID_LENGTH = 64

    account = models.ForeignKey("billing.Account", on_delete=models.PROTECT, related_name="conversions")
    # Case folding may lengthen a text, at most threefold.
    uuid = models.CharField(max_length=3 * UUID_LENGTH, help_text="the caller's identifier, case folded")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "uuid"], condition=Q(replaced_at__isnull=True), name="conversion_once_per_uuid"
            ),
        )

    def __str__(self) -> str:
        return f"conversion {self.uuid}"


class ConversionFile(models.Model):
    """One file of a conversion: a render, with a run for each picture that was asked for."""

    conversion = models.ForeignKey(Conversion, on_delete=models.PROTECT, related_name="files")
    render = models.OneToOneField(Render, on_delete=models.PROTECT, related_name="conversion_file")
    order = models.PositiveIntegerField(help_text="as the caller sent the files")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["conversion", "order"], name="conversion_file_in_order"),)
        ordering = ("conversion", "order")

    def __str__(self) -> str:
        return f"file {self.order} of conversion {self.conversion_id}"


class AcceptedRequest(models.Model):
    """A request that came with an Idempotency-Key and was accepted; kept for a day (staging.idempotency)."""

    account = models.ForeignKey("billing.Account", on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=40, help_text="which of the API's paths")
    key = models.CharField(max_length=255, help_text="as the caller wrote it")
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of what was asked for")
    run = models.ForeignKey(
        Run, on_delete=models.PROTECT, null=True, related_name="+", help_text="what the request started"
    )
    made = models.CharField(max_length=255, blank=True, help_text="what it made where that is no run")
    created_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["account", "path", "key"], name="accepted_request_once"),)

    def __str__(self) -> str:
        return f"{self.path} under {self.key}"
