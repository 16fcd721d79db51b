"""Requests that are repeated under an Idempotency-Key: the second is answered with the first one's render.

Only accepted requests are kept, in the transaction that accepts them; a unique row decides between two that come at
once. A request is told from another by its fingerprint, which is over what it asks for and not over how it wants to
be answered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from django.utils import timezone

from staging import renders
from staging.models import AcceptedRequest, Render, Run

if TYPE_CHECKING:
    from billing.models import Account

T = TypeVar("T")

LIFETIME = timedelta(hours=24)
KEY_LENGTH = 255


class IdempotencyConflict(Exception):
    """The key was used for another request."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used with other arguments")


@dataclass(frozen=True)
class Claim:
    """A request under a key: whose, to which path, and the fingerprint of what it asks for."""

    account: Account
    path: str
    key: str
    fingerprint: str


def fingerprint(asked: Mapping[str, Any]) -> str:
    """SHA-256 of what is asked for, given as plain JSON types."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def once(claim: Claim | None, make: Callable[[], Render]) -> Run:
    """The run that `make` asks for, or the one that an earlier request of the same claim got.

    `make` is called at most once for a claim that is accepted; without a claim, always. What it raises is raised.
    Raises IdempotencyConflict.
    """
    return _once(claim, lambda: _run_of(make()), _accepted_run, lambda run: {"run": run})


def once_named(claim: Claim | None, make: Callable[[], str]) -> str:
    """The same for what is no render: `make` makes it and answers its name, by which the caller finds it again."""
    return _once(claim, make, lambda found: found.made, lambda name: {"made": name})


def _once(
    claim: Claim | None,
    make: Callable[[], T],
    found: Callable[[AcceptedRequest], T],
    kept: Callable[[T], dict[str, Any]],
) -> T:
    if claim is None:
        return make()
    if (earlier := _accepted(claim)) is not None:
        return found(earlier)
    try:
        with transaction.atomic():
            made = make()
            _keep(claim, kept(made))
            return made
    # Whatever stopped it (the unique row, the last credits gone, a render no longer done) may be the work of the
    # same request, accepted a moment ago; then that one's answer is the answer.
    except Exception:
        if (earlier := _accepted(claim)) is not None:
            return found(earlier)
        raise


def _accepted_run(accepted: AcceptedRequest) -> Run:
    assert accepted.run is not None
    return accepted.run


def _run_of(render: Render) -> Run:
    """The run that was asked for a moment ago."""
    run = renders.latest_run(render)
    run.render = render
    return run


def sweep() -> int:
    """Forget requests after their day; how many."""
    return AcceptedRequest.objects.filter(created_at__lt=_oldest()).delete()[0]


def _accepted(claim: Claim) -> AcceptedRequest | None:
    """An earlier request of this claim, at most a day ago. Raises IdempotencyConflict."""
    found = (
        AcceptedRequest.objects.filter(**_name(claim), created_at__gte=_oldest()).select_related("run__render").first()
    )
    if found is not None and found.fingerprint != claim.fingerprint:
        raise IdempotencyConflict
    return found


def _keep(claim: Claim, made: Mapping[str, Any]) -> None:
    """Write the claim into the open transaction. Raises IntegrityError when another was first."""
    AcceptedRequest.objects.filter(**_name(claim), created_at__lt=_oldest()).delete()
    AcceptedRequest.objects.create(**_name(claim), fingerprint=claim.fingerprint, **made)


def _name(claim: Claim) -> dict[str, Any]:
    return {"account": claim.account, "path": claim.path, "key": claim.key}


def _oldest() -> datetime:
    return timezone.now() - LIFETIME
