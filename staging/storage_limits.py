"""How much room an account's photos may take, by its plan (STORAGE_LIMITS), counted in the bytes that came in.

What we make of photos is ours to keep small and is not counted.
"""

from __future__ import annotations

from django.conf import settings
from django.db.models import Sum

from billing.compiled import Compiled, Given
from billing.models import Account
from staging.ingest import InvalidImage
from staging.models import Photo

MEGABYTE = 10**6


class StorageFull(InvalidImage):
    """There is no room for this photo; the message is for people."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"The photos of this account fill the {limit // MEGABYTE} MB of its plan.")


def limit_of(account: Account) -> int | None:
    """Bytes that the account's photos may have in all; None where its plan has no limit."""
    megabytes: int | None = settings.STORAGE_LIMITS.get(account.plan_id)
    return None if megabytes is None else megabytes * MEGABYTE


def used_by(account: Account) -> int:
    """Bytes that the account's photos have."""
    return sum(size or 0 for _, size in _SIZES.rows(account=account.pk))


def require_room(account: Account, size: int) -> None:
    """Raise StorageFull where `size` bytes more are too many."""
    limit = limit_of(account)
    if limit is not None and used_by(account) + size > limit:
        raise StorageFull(limit)


def require_room_for_good(account: Account, size: int) -> None:
    """The same in the transaction that keeps the photo: of two that come at once only one gets the last room."""
    if limit_of(account) is not None:
        _LOCKED.one(account=account.pk)
        require_room(account, size)


_ACCOUNT = Given("account", Account, "pk")
_SIZES = Compiled(
    lambda: (
        Photo.objects.filter(account=_ACCOUNT)
        .order_by()
        .values("account")
        .annotate(bytes=Sum("byte_size"))
        .values_list("account", "bytes")
    )
)
_LOCKED = Compiled(lambda: Account.objects.select_for_update(no_key=True).only("pk").filter(pk=_ACCOUNT))
