"""Who is asked to join an account."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from billing.models.accounts import Membership


class Invitation(models.Model):
    """A link in somebody's mail that makes a member of whoever opens it and signs in with that address.

        waiting -> accepted | withdrawn | (after expires_at) expired

    Only the SHA-256 of the link's token is kept, so that a copy of the database lets nobody in.
    """

    account = models.ForeignKey("billing.Account", on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=10, choices=Membership.Role.choices, default=Membership.Role.AGENT)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey("billing.User", null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("account", "email"),
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_waits_once_per_address",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="invitation_is_accepted_or_withdrawn",
            ),
            models.CheckConstraint(condition=~Q(role="owner"), name="invitation_is_not_to_own"),
        )

    def __str__(self) -> str:
        return f"{self.email} to {self.account} ({self.role})"
