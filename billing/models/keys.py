"""How partners come in."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class ApiKey(models.Model):
    """A key of an account. Its text is shown once, by `billing.keys.create`; only its SHA-256 is kept.

    A plain hash is enough because the text is 256 random bits, which nobody can search; and an index can find it.
    """

    account = models.ForeignKey("billing.Account", on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, editable=False, help_text="How the key begins, to tell it from others.")
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="To the minute.")
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name})"
