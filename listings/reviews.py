"""What a person says of a staged picture. Nothing is delivered before somebody has approved it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from listings import originals
from listings.models import StagedPhoto
from staging import editing

if TYPE_CHECKING:
    from billing.models import User

Verdict = StagedPhoto.Verdict


class NotReady(Exception):
    """There is no picture yet that could be judged."""


def approve(staged: StagedPhoto, user: User) -> None:
    """The picture may be delivered, and its original gets its public page. Raises NotReady."""
    with transaction.atomic():
        _judge(staged, user, Verdict.APPROVED, "")
        originals.publish(staged.render)


def reject(staged: StagedPhoto, user: User, reason: str) -> None:
    """The picture may not be delivered, and why. Raises NotReady."""
    _judge(staged, user, Verdict.REJECTED, reason[:300])


def withdraw(staged: StagedPhoto, user: User) -> None:
    """Take a verdict back."""
    _judge(staged, user, Verdict.PENDING, "")


def reopen(staged: StagedPhoto) -> None:
    """Another picture is being made of it: what was said of the one before does not hold for it."""
    StagedPhoto.objects.filter(pk=staged.pk).update(verdict=Verdict.PENDING, reason="", judged_by=None, judged_at=None)


def _judge(staged: StagedPhoto, user: User, verdict: str, reason: str) -> None:
    if editing.picture_of(staged.render) is None:
        raise NotReady
    staged.verdict, staged.reason = verdict, reason
    staged.judged_by, staged.judged_at = user, timezone.now()
    staged.save(update_fields=["verdict", "reason", "judged_by", "judged_at"])
