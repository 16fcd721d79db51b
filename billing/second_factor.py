"""Where django-allauth asks us about second factors: how secrets are kept, what we are called, who is told.

`is_on` is the door for other apps: whether a user has more than a password.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Any, ClassVar

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext, gettext_lazy

from billing.models import User

# Recovery codes are no factor of their own: they stand in for one of these.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
_SITE = "Openhouse"


def is_on(user: AbstractBaseUser) -> bool:
    """Whether signing in as `user` takes more than a password, or a passkey in its place."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists()


def forget(user: User) -> int:
    """Remove the user's passkeys, app and recovery codes; how many there were. For who has lost them, or leaves."""
    gone, _ = Authenticator.objects.filter(user=user).delete()
    return gone


def _box() -> MultiFernet:
    """Encrypts with SECRET_KEY; reads what was encrypted with one of SECRET_KEY_FALLBACKS too."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    derived = [hashlib.sha256(b"openhouse second factor\0" + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


class SecondFactorAdapter(DefaultMFAAdapter):
    """allauth's second factors in our words; a stolen database alone gives none of their secrets away."""

    error_messages: ClassVar[dict[str, Any]] = DefaultMFAAdapter.error_messages | {
        "unverified_email": gettext_lazy("Confirm your address first: the link is in your mail. Then come back here."),
        "incorrect_code": gettext_lazy("That is not right. A code of the app is good for half a minute, and once."),
    }

    def get_totp_issuer(self) -> str:
        """What an authenticator app writes above our codes."""
        return _SITE

    def _get_site_name(self) -> str:
        # What a browser says whose passkey it is.
        return _SITE

    def encrypt(self, text: str) -> str:
        """A secret as it is stored."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """A stored secret. One made under a SECRET_KEY that we no longer have reads as one that nobody knows."""
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:
        """The name that a new passkey is given unless its owner gives one."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey") if count == 0 else gettext("Passkey %(number)s") % {"number": count + 1}


def mail_of(template_prefix: str) -> tuple[str, str] | None:
    """Subject and text of the mail about a change of second factors; None for what allauth would mail besides."""
    texts = {
        "mfa/email/totp_activated": gettext("An authenticator app was set up"),
        "mfa/email/totp_deactivated": gettext("The authenticator app was turned off"),
        "mfa/email/webauthn_added": gettext("A passkey was added"),
        "mfa/email/webauthn_removed": gettext("A passkey was removed"),
        "mfa/email/recovery_codes_generated": gettext("New recovery codes were made"),
    }
    subject = texts.get(template_prefix)
    if subject is None:
        return None
    return subject, gettext("If it was not you, change your password now and look at what is set up.")
