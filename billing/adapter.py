"""Where django-allauth asks us: what signing up makes, what confirming gives, how mails and links look."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.dispatch import receiver
from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from billing import accounts, notices, second_factor
from billing.models import User

# Credits of a new account below which its owner is told: one staged room takes 2.
WARN_BELOW = 2


class AccountAdapter(DefaultAccountAdapter):
    """allauth's pages and mails, with our accounts behind them."""

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        """Save the user who signs up, and open the account on the free plan that the user owns.

        The plan's sign-up credits come when the address is confirmed.
        """
        with transaction.atomic():
            super().save_user(request, user, form, commit=commit)
            if commit:
                accounts.found_account(user, warn_below=WARN_BELOW)
        return user

    def format_email_subject(self, subject: str) -> str:
        """The subject as its template has it, without the site's name in brackets before it."""
        return str(subject)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell the user that second factors changed: whoever did it may be somebody else."""
        told = second_factor.mail_of(template_prefix)
        if told:
            subject, text = told
            why = gettext("You get this mail because it is about how you sign in.")
            path, label = reverse("mfa_index"), gettext("Security")
            notices.mail([user.email], subject=subject, paragraphs=[text], label=label, path=path, why=why)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """The link that confirms an address."""
        return _absolute(request, reverse("account_confirm_email", args=[emailconfirmation.key]))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link that lets a new password be set; `key` is the user's number and a token, joined by a hyphen."""
        uidb36, _, token = key.partition("-")
        return _absolute(self.request, reverse("account_reset_password_from_key", args=[uidb36, token]))


def _absolute(request: HttpRequest, path: str) -> str:
    # A link that is mailed must not follow the Host header where the operator has said what the site is called.
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)


@receiver(email_confirmed, dispatch_uid="billing.signup_credits")
def give_signup_credits(request: HttpRequest, email_address: EmailAddress, **kwargs: Any) -> None:
    """Give the credits that wait for a confirmed address, and say so (every way of confirming sends this signal)."""
    entry = accounts.grant_signup_credits(email_address.user)
    if entry:
        messages.success(request, f"{entry.credits} free credits are in your account.", fail_silently=True)
