"""Conversions: several photos asked for at once under the caller's own identifier, one or several pictures of each.

A file is a render, and each of its pictures a run of that render with a seed of its own. The runs of one file share
one hold, which is settled with the file's first picture and released when none was made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from staging import credits, renders, variations
from staging.briefs import Brief
from staging.models import MAIN_ROLES, UNFINISHED, Conversion, ConversionFile, Output, Photo, Render, Run, State

if TYPE_CHECKING:
    from billing.models import Account, ApiKey

__all__ = ["ConversionNotFound", "ConversionStatus", "folded", "get", "request", "standing", "status"]

# The engine takes seeds below 2 ** 31.
_SEEDS = 2**31


class ConversionNotFound(LookupError):
    """The account has no conversion of this identifier."""


@dataclass(frozen=True)
class ConversionStatus:
    """Where a conversion stands.

    `pictures` are those ready, file by file, each file's in the order of its runs. `progress` is 0 to 1, the mean over
    all pictures asked for. `error` says why there is no picture at all. `credits_used` is what is held or settled.
    """

    state: Literal["queued", "processing", "finished", "failed"]
    progress: float
    pictures: tuple[Output, ...]
    error: str
    credits_used: int

    @property
    def finished(self) -> bool:
        """Whether no picture is to be expected any more."""
        return self.state in {"finished", "failed"}


def folded(uuid: str) -> str:
    """The identifier as it is compared: without case. Raises ValueError for one that is empty, too long or unprintable.

    Any text of up to 64 printable characters is one, not only a UUID.
    """
    text = uuid.strip()
    if not 0 < len(text) <= Conversion.UUID_LENGTH or not text.isprintable():
        raise ValueError(uuid)
    return text.casefold()


def get(account: Account, uuid: str) -> Conversion:
    """The account's conversion of this identifier. Raises ConversionNotFound, for another account's too."""
    try:
        return Conversion.objects.get(account=account, uuid=folded(uuid), replaced_at__isnull=True)
    except (ValueError, Conversion.DoesNotExist):
        raise ConversionNotFound(uuid) from None


def standing(account: Account, uuid: str) -> Conversion | None:
    """The conversion that a request of this identifier means: one under way or with a picture, None otherwise."""
    try:
        found = get(account, uuid)
    except ConversionNotFound:
        return None
    return None if status(found).state == "failed" else found


def request(
    account: Account, uuid: str, photos: Sequence[Photo], brief: Brief, *, pictures: int = 1, key: ApiKey | None = None
) -> Conversion:
    """Ask for `pictures` (1 or more) of each photo: everything is held and stored, or nothing.

    An identifier that stands for a conversion already, under way or with a picture, returns that one and costs nothing.
    Raises InsufficientCredits for the sum, TooManyInFlight, ValueError for an identifier that is none.
    """
    name = folded(uuid)
    found = standing(account, name)
    if found is not None:
        return found
    try:
        with transaction.atomic():
            # The row comes first: of two requests at once, the second waits here and then finds it taken.
            conversion = _fresh(account, name)
            for order, photo in enumerate(photos):
                render = renders.request(account, photo, _seeded(brief, name, order), api_key=key)
                _ask_for_more(render, pictures)
                ConversionFile.objects.create(conversion=conversion, render=render, order=order)
            # Exact: the holds have locked the account.
            if renders.in_flight(account) > settings.RENDERS_IN_FLIGHT:
                raise renders.TooManyInFlight(settings.RENDERS_IN_FLIGHT)
    except IntegrityError:
        return _made_meanwhile(account, name)
    except credits.InsufficientCredits as error:
        raise _short_of_the_sum(error, account, credits.price(brief) * len(photos)) from error
    return conversion


def _fresh(account: Account, name: str) -> Conversion:
    """A new row of this identifier, in place of one that gave no picture."""
    old = Conversion.objects.filter(account=account, uuid=name, replaced_at__isnull=True).first()
    if old is not None and status(old).state == "failed":
        Conversion.objects.filter(pk=old.pk, replaced_at__isnull=True).update(replaced_at=timezone.now())
    return Conversion.objects.create(account=account, uuid=name)


def _made_meanwhile(account: Account, name: str) -> Conversion:
    return Conversion.objects.get(account=account, uuid=name, replaced_at__isnull=True)


def _short_of_the_sum(error: credits.InsufficientCredits, account: Account, needed: int) -> credits.InsufficientCredits:
    """The refusal of one file's hold, told of all files; an account that may hold nothing at all is told as it is."""
    balance = credits.balance(account)
    return error if balance >= needed else credits.InsufficientCredits(needed, balance)


def _seeded(brief: Brief, name: str, order: int) -> Brief:
    """The brief with a seed of its own, the same whenever this file of this conversion is asked for."""
    digest = hashlib.sha256(f"{name}\n{order}".encode()).digest()
    return replace(brief, seed=int.from_bytes(digest[:8]) % _SEEDS)


def _ask_for_more(render: Render, pictures: int) -> None:
    """Runs 2 to `pictures` beside the first: the same brief with other seeds, under the first one's hold."""
    first = renders.latest_run(render)
    for number in range(2, pictures + 1):
        brief = replace(first.brief, seed=variations.seed_of(render, number))
        Run.objects.create(
            render=render,
            account_id=render.account_id,
            number=number,
            # No variation of a picture that is there: all are begun side by side, each from the photo.
            kind=Run.Kind.FIRST,
            brief_json=brief.to_dict(),
            hold_reference=first.hold_reference,
        )


def status(conversion: Conversion) -> ConversionStatus:
    """Where the conversion stands, read now."""
    runs = list(
        Run.objects.filter(render__conversion_file__conversion=conversion)
        .select_related("render")
        .prefetch_related("outputs")
        .order_by("render__conversion_file__order", "number")
    )
    pictures = tuple(
        output for run in runs for output in run.outputs.all() if output.role == MAIN_ROLES[run.brief.kind]
    )
    failed = [run.error_message for run in runs if run.state in {State.FAILED, State.CANCELLED}]
    return ConversionStatus(
        state=_state(runs, pictures),
        progress=sum(run.progress if run.state in UNFINISHED else 1.0 for run in runs) / len(runs),
        pictures=pictures,
        error=failed[0] if failed and not pictures else "",
        credits_used=credits.held_or_settled(conversion.account, {run.hold_reference for run in runs}),
    )


def _state(runs: Sequence[Run], pictures: Sequence[Output]) -> Literal["queued", "processing", "finished", "failed"]:
    if not any(run.state in UNFINISHED for run in runs):
        return "finished" if pictures else "failed"
    return "queued" if all(run.state == State.QUEUED for run in runs) else "processing"
