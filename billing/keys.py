"""API keys: made, recognised, revoked."""

from __future__ import annotations

import datetime
import hashlib
import re
import secrets

from django.db.models import Q, QuerySet
from django.utils import timezone

from billing.compiled import Compiled, Given
from billing.models import Account, ApiKey

# 32 random bytes are 43 characters of A-Z a-z 0-9 _ -.
RANDOM_BYTES = 32
SHOWN = 10
KEY = re.compile(r"[A-Za-z0-9_-]{32,128}", re.ASCII)
# How stale "last used" may be: a client that polls 40 times a second must not write 40 times.
LAST_USED_EVERY = datetime.timedelta(minutes=1)


def create(
    account: Account, name: str, *, scope: str = ApiKey.Scope.RENDER, lifetime: datetime.timedelta | None = None
) -> tuple[ApiKey, str]:
    """Make a key of the account. Returns it with its text, which nobody can read again.

    `scope` says what it may do (ApiKey.Scope); after `lifetime` it no longer works, None: it works until revoked.
    """
    text = f"oh_{secrets.token_urlsafe(RANDOM_BYTES)}"
    ends = timezone.now() + lifetime if lifetime else None
    key = ApiKey.objects.create(
        account=account, name=name, prefix=text[:SHOWN], sha256=_hash(text), scope=scope, expires_at=ends
    )
    return key, text


def _live() -> QuerySet[ApiKey]:
    lasting = Q(expires_at__isnull=True) | Q(expires_at__gt=Given("now", ApiKey, "expires_at"))
    named = ApiKey.objects.filter(lasting, sha256=Given("sha256", ApiKey, "sha256"), revoked_at__isnull=True)
    return named.select_related("account__plan").order_by()


_LIVE = Compiled(_live)


def verify(text: str) -> ApiKey | None:
    """The key with this text, with its account and plan; None when there is none, or it is over. Notes the use."""
    if not KEY.fullmatch(text):
        return None
    key = _LIVE.one(sha256=_hash(text), now=timezone.now())
    if key:
        _note_use(key)
    return key


def revoke(key: ApiKey) -> None:
    """End the key, from now on and for good; the first revocation's time stands."""
    ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
    key.refresh_from_db(fields=["revoked_at"])


def _note_use(key: ApiKey) -> None:
    now = timezone.now()
    due = now - LAST_USED_EVERY
    if key.last_used_at and key.last_used_at > due:
        return
    # The condition is judged again by the database, so that of many requests at once one writes.
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=due)
    if ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now):
        key.last_used_at = now


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("ascii")).hexdigest()
