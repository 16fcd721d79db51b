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
    from staging.models import Output

Verdict = StagedPhoto.Verdict


class NotReady(Exception):
    """There is no picture yet that could be judged."""


def picture_of(staged: StagedPhoto) -> Output | None:
    """The approved picture, which is the one that is delivered; without one, the latest. None while there is none."""
    if staged.verdict == Verdict.APPROVED and staged.output is not None:
        return staged.output
    return editing.picture_of(staged.render)


def approve(staged: StagedPhoto, user: User, output: Output | None = None) -> None:
    """`output`, else the latest picture, may be delivered, and its original gets its public page. Raises NotReady."""
    with transaction.atomic():
        originals.publish(_judge(staged, user, Verdict.APPROVED, output))


def reject(staged: StagedPhoto, user: User, reason: str, output: Output | None = None) -> None:
    """The picture may not be delivered, and why. Raises NotReady."""
    _judge(staged, user, Verdict.REJECTED, output, reason[:300])


def withdraw(staged: StagedPhoto, user: User) -> None:
    """Take a verdict back. Raises NotReady."""
    _judge(staged, user, Verdict.PENDING, None)


def reopen(staged: StagedPhoto) -> None:
    """Another picture is being made of it: a rejection of the one before does not hold for it, an approval stays."""
    rejected = StagedPhoto.objects.filter(pk=staged.pk, verdict=Verdict.REJECTED)
    rejected.update(verdict=Verdict.PENDING, output=None, reason="", judged_by=None, judged_at=None)


def _judge(staged: StagedPhoto, user: User, verdict: str, output: Output | None, reason: str = "") -> Output:
    """Write the verdict down; the picture that it is of. Raises NotReady, for a picture of another render too."""
    seen = output or editing.picture_of(staged.render)
    if seen is None or seen.run.render_id != staged.render_id:
        raise NotReady
    staged.verdict, staged.reason = verdict, reason
    staged.output = None if verdict == Verdict.PENDING else seen
    staged.judged_by, staged.judged_at = user, timezone.now()
    staged.save(update_fields=["verdict", "output", "reason", "judged_by", "judged_at"])
    return seen
