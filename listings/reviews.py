"""What a person says of a staged picture. Nothing is delivered before somebody has approved it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from listings import events, originals, preparing
from listings.models import StagedPhoto
from staging import alterations, editing, refusals
from staging.alterations import Actor, Event
from staging.refusals import NoReason, NotRefused

if TYPE_CHECKING:
    from billing.models import ApiKey, User
    from staging.models import Output

__all__ = [
    "AnotherApproved", "NoReason", "NotReady", "NotRefused", "Version", "approve", "locked", "override", "picture_of",
    "reject", "reopen", "versions", "withdraw",
]  # fmt: skip

Verdict = StagedPhoto.Verdict
_EVENTS: dict[str, Event] = {
    Verdict.APPROVED: Event.APPROVED,
    Verdict.REJECTED: Event.REJECTED,
    Verdict.PENDING: Event.WITHDRAWN,
}


class NotReady(Exception):
    """There is no picture yet that could be judged."""


class AnotherApproved(Exception):
    """Somebody has approved another picture of the render: rejecting this one must not take that back."""


@contextlib.contextmanager
def locked(staged: StagedPhoto) -> Iterator[StagedPhoto]:
    """A transaction in which nobody else judges the picture; with it as it is now."""
    with transaction.atomic():
        StagedPhoto.objects.select_for_update().get(pk=staged.pk)
        staged.refresh_from_db()
        yield staged


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


def approve(staged: StagedPhoto, user: User | None, output: Output | None = None, *, key: ApiKey | None = None) -> None:
    """`output`, else the present picture, may be delivered, and its original gets its public page. Raises NotReady.

    Who says so is the user, or the holder of an API key; so with the other verdicts.
    """
    with transaction.atomic():
        seen = _judge(staged, Actor(user, key), Verdict.APPROVED, output)
        # Before the page's copies: those are the same bytes.
        preparing.soon(staged.listing_photo.listing_id)
        originals.publish(seen)


def reject(
    staged: StagedPhoto, user: User | None, reason: str, output: Output | None = None, *, key: ApiKey | None = None
) -> None:
    """The picture may not be delivered, and why. Raises NotReady, AnotherApproved."""
    _judge(staged, Actor(user, key), Verdict.REJECTED, output, reason[:300])


def withdraw(staged: StagedPhoto, user: User | None, *, key: ApiKey | None = None) -> None:
    """Take a verdict back. Raises NotReady."""
    _judge(staged, Actor(user, key), Verdict.PENDING, None)


def override(staged: StagedPhoto, user: User | None, reason: str, *, key: ApiKey | None = None) -> Output:
    """Let the picture be judged although the structure check failed, and why: on record for good.

    Raises refusals.NotRefused, refusals.NoReason.
    """
    return refusals.override(staged.render, Actor(user, key), reason)


def reopen(staged: StagedPhoto) -> None:
    """Another picture is being made of it: a rejection of the one before does not hold for it, an approval stays."""
    rejected = StagedPhoto.objects.filter(pk=staged.pk, verdict=Verdict.REJECTED)
    rejected.update(verdict=Verdict.PENDING, output=None, reason="", judged_by=None, judged_at=None)


def _judge(staged: StagedPhoto, actor: Actor, verdict: str, output: Output | None, reason: str = "") -> Output:
    """Write the verdict down, in the picture's record too; the picture that it is of.

    Raises NotReady, for a picture of another render too; AnotherApproved.
    """
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
        "judged_by": actor.user,
        "judged_at": timezone.now(),
    }
    with transaction.atomic():
        if not judged.update(**said):
            raise AnotherApproved
        alterations.note(seen, _EVENTS[verdict], actor, reason)
        told = {"RenderId": staged.render.public_id, "Verdict": verdict}
        events.tell(staged.listing_photo.listing, events.PICTURE_JUDGED, **told)
    for name, value in said.items():
        setattr(staged, name, value)
    return seen
