"""Mails about the bill: to the members who look after it, each thing once."""

from __future__ import annotations

from collections.abc import Sequence
from smtplib import SMTPException
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from billing.models import Account, Membership, Notice, User

# A text, or a lazy one that is written when the reader's language is known.
Text = Any
log = structlog.get_logger("openhouse.billing.notices")


def tell(account: Account, key: str, *, subject: Text, paragraphs: Sequence[Text], label: Text, path: str) -> bool:
    """Mail the account's owners and billing members, once for this `key`; whether it was the first time.

    Texts are lazy ones, which each reader gets in the language of the pages that they last saw.
    `label` and `path` are of the button. The mail goes out after the open transaction has committed; one that cannot
    be sent is logged and not tried again, because a bill told twice alarms more than one not told.
    """
    with transaction.atomic():
        _, first = Notice.objects.get_or_create(account=account, key=key)
        if first:
            to = addresses(account)
            transaction.on_commit(
                lambda: mail(to, subject=subject, paragraphs=paragraphs, label=label, path=path, language="en"),
                robust=True,
            )
    return first


def addresses(account: Account) -> list[str]:
    """Who gets the account's mails about money."""
    roles = (Membership.Role.OWNER, Membership.Role.BILLING)
    members = User.objects.filter(is_active=True, memberships__account=account, memberships__role__in=roles)
    return sorted(members.values_list("email", flat=True).distinct())


def mail(
    to: Sequence[str],
    *,
    subject: Text,
    paragraphs: Sequence[Text],
    label: Text,
    path: str,
    why: Text = "",
    language: str = "",
) -> None:
    """Send one mail with a button to each address, in its user's language.

    Who is no user, or has seen no page yet, is written to in `language`, else in the present one.
    `why` says why it came; without it, that it is about the bill.
    """
    languages = dict(User.objects.filter(email__in=to).exclude(language="").values_list("email", "language"))
    for address in to:
        with translation.override(languages.get(address) or language or translation.get_language()):
            told = {"subject": str(subject), "paragraphs": [str(text) for text in paragraphs], "label": str(label)}
            context = {**told, "url": absolute(path), "why": str(why)}
            message = EmailMultiAlternatives(str(subject), render_to_string("mail/notice.txt", context), to=[address])
            message.attach_alternative(render_to_string("mail/notice.html", context), "text/html")
        try:
            message.send()
        except (SMTPException, OSError) as error:
            log.warning("mail_lost", subject=str(subject), error=str(error))


def absolute(path: str) -> str:
    """The address of a page, for where there is no request to take the host from."""
    return f"{settings.PUBLIC_URL or f'http://{settings.HOST}:{settings.PORT}'}{path}"
