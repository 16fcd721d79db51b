"""What a person says of a staged picture. Nothing is delivered before somebody has approved it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
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


class AnotherApproved(Exception):
    """Somebody has approved another picture of the render: rejecting this one must not take that back."""


def picture_of(staged: StagedPhoto) -> Output | None:
    """The approved picture, which is the one that is delivered; without one, the latest. None while there is none."""
    if staged.verdict == Verdict.APPROVED and staged.output is not None:
        return staged.output
    return editing.picture_of(staged.render)


@dataclass(frozen=True)
class Version:
    """One of a render's pictures: the how many-th, and whether a verdict is of it (empty where none is)."""

    number: int
    output: Output
    verdict: str
    edited: bool


def versions(staged: StagedPhoto) -> list[Version]:
    """All pictures of the render, oldest first."""
    return [
        Version(
            number=place,
            output=output,
            verdict=staged.verdict if output.pk == staged.output_id else "",
            edited=output.run.scene_json is not None,
        )
        for place, output in enumerate(editing.pictures_of(staged.render), 1)
    ]


def approve(staged: StagedPhoto, user: User, output: Output | None = None) -> None:
    """`output`, else the present picture, may be delivered, and its original gets its public page. Raises NotReady."""
    with transaction.atomic():
        originals.publish(_judge(staged, user, Verdict.APPROVED, output))


def reject(staged: StagedPhoto, user: User, reason: str, output: Output | None = None) -> None:
    """The picture may not be delivered, and why. Raises NotReady, AnotherApproved."""
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
    seen = output or picture_of(staged)
    if seen is None or seen.run.render_id != staged.render_id:
        raise NotReady
    judged = StagedPhoto.objects.filter(pk=staged.pk)
    if verdict == Verdict.REJECTED:
        judged = judged.exclude(Q(verdict=Verdict.APPROVED) & ~Q(output=seen))
    said: dict[str, Any] = {
        "verdict": verdict,
        "output": None if verdict == Verdict.PENDING else seen,
        "reason": reason,
        "judged_by": user,
        "judged_at": timezone.now(),
    }
    if not judged.update(**said):
        raise AnotherApproved
    for name, value in said.items():
        setattr(staged, name, value)
    return seen
