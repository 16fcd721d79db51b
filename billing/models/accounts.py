"""Who meets us: a user signs in by e-mail, an account pays, a membership joins the two."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy


class UserManager(BaseUserManager["User"]):
    """Users by e-mail address, in any case of letters."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user who signs in with `email`; without a password none will do until one is set."""
        if not email:
            raise ValueError("a user needs an e-mail address")
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user with every right in the admin (what `manage.py createsuperuser` calls)."""
        return self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})

    def get_by_natural_key(self, username: str | None) -> User:
        """The user of this e-mail address, however it is typed."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an e-mail address.

    The address is kept in lower case, which the database holds to: its plain unique index is thereby blind to case.
    """

    email = models.EmailField("e-mail address", max_length=254, unique=True)
    name = models.CharField(max_length=150, blank=True)
    is_staff = models.BooleanField("staff", default=False, help_text="May enter the admin.")
    is_active = models.BooleanField("active", default=True, help_text="Clear this instead of deleting the user.")
    language = models.CharField(
        max_length=10, blank=True, help_text="Of the pages that the user last saw; mails are written in it."
    )
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    current_account = models.ForeignKey(
        "billing.Account",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The account last switched to; the first joined where this is empty or left.",
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_is_lower_case"),
        )

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the address in lower case."""
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Put the address in lower case before forms look for its double."""
        super().clean()
        self.email = self.email.strip().lower()


class Account(models.Model):
    """A tenant: listings, photos, renders, keys and credits belong to it, never to a user.

    Its balance is not here: it is the sum of its entries (billing.ledger). A frozen account keeps everything and can
    hold nothing; a closed one is only kept because its entries are.
    """

    DISPUTE = "dispute"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text="The name that partners see.")
    name = models.CharField(max_length=150)
    plan = models.ForeignKey("billing.Plan", on_delete=models.PROTECT, related_name="accounts")
    settings = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    frozen_at = models.DateTimeField(null=True, blank=True, editable=False)
    frozen_why = models.CharField(max_length=200, blank=True, help_text="“dispute” is lifted when the bank decides.")
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    warn_below = models.PositiveIntegerField(
        default=0, help_text="A balance below so many credits is told by e-mail; 0 tells nothing."
    )
    warned_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When a low balance was told; empty again once credits came."
    )
    top_up_below = models.PositiveIntegerField(
        default=0, editable=False, help_text="Of the standing order (TopUpRule) while it is in force, else 0."
    )
    members = models.ManyToManyField("billing.User", through="billing.Membership", related_name="accounts")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """What a user may do in an account (billing.access reads it)."""

    class Role(models.TextChoices):
        """Owner: everything. Manager: all but the bill. Agent: pictures. Billing: the bill alone."""

        OWNER = "owner", gettext_lazy("Owner")
        MANAGER = "manager", gettext_lazy("Manager")
        AGENT = "agent", gettext_lazy("Agent")
        BILLING = "billing", gettext_lazy("Billing")

    user = models.ForeignKey("billing.User", on_delete=models.CASCADE, related_name="memberships")
    account = models.ForeignKey("billing.Account", on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.AGENT)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("user", "account"), name="membership_once_per_account"),
            models.CheckConstraint(
                condition=models.Q(role__in=("owner", "manager", "agent", "billing")), name="membership_role_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} in {self.account} ({self.role})"
