"""What people wait for, and whether they want to be told by mail."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Notification(models.Model):
    """Something that a user waits for: pictures asked for together, another version of one, or a delivery.

        waiting -> ready -> read
                        \\-> mailed, when it stays unread for a while and the user wants mails

    Each arrow is a timestamp that is set once, by compare-and-set.
    """

    class Kind(models.TextChoices):
        PICTURES = "pictures"
        VERSION = "version"
        DELIVERY = "delivery"

    user = models.ForeignKey("billing.User", on_delete=models.CASCADE, related_name="notifications")
    listing = models.ForeignKey("listings.Listing", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    subject = models.UUIDField(default=uuid.uuid4, help_text="of pictures the batch, of a delivery its key")
    render = models.ForeignKey("staging.Render", on_delete=models.CASCADE, null=True, related_name="+")
    language = models.CharField(max_length=10, help_text="of the page that it was asked for on; the mail speaks it")
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    ready_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "subject", "user"], name="notification_once"),)
        indexes = (
            models.Index(fields=["made_at"], name="notification_waiting", condition=Q(ready_at__isnull=True)),
            models.Index(
                fields=["ready_at"],
                name="notification_to_mail",
                condition=Q(ready_at__isnull=False, read_at__isnull=True, mailed_at__isnull=True),
            ),
            models.Index(fields=["user", "-ready_at"], name="notification_of_user"),
        )
        ordering = ("-ready_at", "-pk")

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} for {self.user_id}"


class Preferences(models.Model):
    """What a user has chosen; who has no row has the defaults."""

    user = models.OneToOneField("billing.User", on_delete=models.CASCADE, related_name="preferences")
    mail_when_ready = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"preferences of {self.user_id}"
