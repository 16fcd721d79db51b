"""How partners come in."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy


class ApiKey(models.Model):
    """A key of an account. Its text is shown once, by `billing.keys.create`; only its SHA-256 is kept.

    A plain hash is enough because the text is 256 random bits, which nobody can search; and an index can find it.
    """

    class Scope(models.TextChoices):
        """What a key may do; each may also do what stands before it."""

        READ = "read", gettext_lazy("Read")
        RENDER = "render", gettext_lazy("Read and render")
        ADMIN = "admin", gettext_lazy("Everything, approvals and deletions included")

    account = models.ForeignKey("billing.Account", on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, editable=False, help_text="How the key begins, to tell it from others.")
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.RENDER)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="From then on it does not work; empty: never.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="To the minute.")
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-created_at", "-pk")

    @property
    def has_expired(self) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    def allows(self, scope: str) -> bool:
        """Whether it may do what needs `scope`."""
        order = self.Scope.values
        return order.index(self.scope) >= order.index(scope)

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name})"
