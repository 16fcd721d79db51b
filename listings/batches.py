"""Staging many photos of a listing at once: one style, one price, all of them held for or none."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from listings import notifications, photos
from listings.models import Listing, ListingPhoto, StagedPhoto
from staging import credits, renders
from staging.briefs import Brief, Kind, Resolution, RoomType, Style
from staging.models import MAIN_ROLES, Output, Render, Run, Source, State

if TYPE_CHECKING:
    from billing.models import Account, ApiKey, User

# So many of the latest pictures tell how long the next one will take.
_LATEST = 10


@dataclass(frozen=True)
class Progress:
    """Where a listing's pictures stand; `seconds` is a guess at what is left, None when nothing is under way."""

    waiting: int
    working: int
    done: int
    failed: int
    seconds: int | None

    @property
    def unfinished(self) -> int:
        """How many are still to come."""
        return self.waiting + self.working


def price(pictures: int) -> int:
    """What so many staged pictures cost, in credits."""
    return pictures * credits.price(Brief(kind=Kind.STAGING))


def stage(
    listing: Listing,
    chosen: Sequence[tuple[ListingPhoto, RoomType]],
    *,
    style: Style,
    batch: UUID,
    user: User | None,
    seed: int = 0,
    resolution: Resolution = "full-hd",
    key: ApiKey | None = None,
) -> list[StagedPhoto]:
    """Ask for a staged picture of each photo as the given room, and remember the rooms. `batch` sent twice asks once.

    All of it is one transaction. Raises InsufficientCredits (for the sum); nothing is asked for then.
    """
    with transaction.atomic():
        Listing.objects.select_for_update().get(pk=listing.pk)
        asked = set(
            StagedPhoto.objects.filter(listing_photo__listing=listing, batch=batch).values_list(
                "listing_photo_id", flat=True
            )
        )
        wanted = [(photo, room) for photo, room in chosen if photo.pk not in asked]
        _require_credits(listing.account, price(len(wanted)))
        notifications.await_pictures(listing, batch, user)
        for photo, room in wanted:
            photos.name_room(photo, room)
        briefs = [_brief(room, style, seed, resolution) for _, room in wanted]
        return [
            _ask(photo, brief, batch=batch, user=user, key=key)
            for (photo, _), brief in zip(wanted, briefs, strict=True)
        ]


def again(staged: StagedPhoto, *, batch: UUID, user: User, scene: dict[str, Any] | None = None) -> StagedPhoto:
    """Ask once more for the picture that failed, by the same brief, in a scene that a person has corrected.

    Raises InsufficientCredits.
    """
    scene = scene or _scene(staged)
    return ask(staged.listing_photo, staged.render.brief, batch=batch, user=user, scene=scene)


def _scene(staged: StagedPhoto) -> dict[str, Any] | None:
    """What a person had corrected when it failed: that is not to be done again."""
    return renders.latest_run(staged.render).scene_json


def ask(
    photo: ListingPhoto,
    brief: Brief,
    *,
    batch: UUID,
    user: User | None,
    scene: dict[str, Any] | None = None,
    key: ApiKey | None = None,
) -> StagedPhoto:
    """Ask for one picture of a listing's photo, by a user or by an API key. `batch` sent twice asks once.

    Raises InsufficientCredits.
    """
    with transaction.atomic():
        Listing.objects.select_for_update().get(pk=photo.listing_id)
        known = StagedPhoto.objects.filter(listing_photo=photo, batch=batch).first()
        notifications.await_pictures(photo.listing, batch, user)
        return known or _ask(photo, brief, batch=batch, user=user, scene=scene, key=key)


def price_again(shown: Sequence[Shown]) -> int:
    """What it costs to ask once more for all of these, in credits."""
    return sum(credits.price(one.staged.render.brief) for one in shown)


def failed(shown: Sequence[Shown]) -> list[Shown]:
    """Those that could not be made; not the ones that a person has stopped."""
    return [one for one in shown if one.status.error and one.status.error.code != "cancelled" and not one.picture]


def all_again(listing: Listing, *, batch: UUID, user: User) -> list[StagedPhoto]:
    """Ask once more for everything that failed, each by its own brief. `batch` sent twice asks once.

    All of it is one transaction. Raises InsufficientCredits (for the sum); nothing is asked for then.
    """
    with transaction.atomic():
        # Whoever clicks at the same moment waits here, and then finds nothing that is still to be tried.
        Listing.objects.select_for_update().get(pk=listing.pk)
        if StagedPhoto.objects.filter(listing_photo__listing=listing, batch=batch).exists():
            return []
        wanted = failed(of_listing(listing))
        _require_credits(listing.account, price_again(wanted))
        notifications.await_pictures(listing, batch, user)
        asked: list[StagedPhoto] = []
        for one in wanted:
            photo, brief = one.staged.listing_photo, one.staged.render.brief
            # A photo is in a batch once: the second picture of it gets a batch of its own, told by its render's name.
            twice = any(other.listing_photo_id == photo.pk for other in asked)
            own = uuid5(batch, one.staged.render.public_id) if twice else batch
            asked.append(_ask(photo, brief, batch=own, user=user, scene=_scene(one.staged)))
        return asked


def cancel_waiting(listing: Listing) -> int:
    """Stop what nobody works on yet; its credits come back. How many that were."""
    waiting = Render.objects.filter(staged_photo__listing_photo__listing=listing, runs__state=State.QUEUED).distinct()
    return sum(renders.cancel(renders.latest_run(render)) for render in waiting)


@dataclass(frozen=True)
class Shown:
    """One staged picture and where it stands."""

    staged: StagedPhoto
    status: renders.RenderStatus

    @property
    def picture(self) -> Output | None:
        """The approved picture, else the latest of what was asked for."""
        made = self._made()
        approved = self.staged.output_id if self.staged.verdict == StagedPhoto.Verdict.APPROVED else None
        return next((one for one in made if one.pk == approved), made[-1] if made else None)

    @property
    def has_newer(self) -> bool:
        """Whether a picture came after the approved one, which nobody has judged yet."""
        made = self._made()
        return self.staged.verdict == StagedPhoto.Verdict.APPROVED and made[-1] != self.picture

    def _made(self) -> list[Output]:
        role = MAIN_ROLES[self.staged.render.brief.kind]
        return [one for one in self.status.outputs if one.role == role]


def of_listing(listing: Listing) -> list[Shown]:
    """Everything staged of the listing's photos, newest first, in four queries.

    What failed and was asked for again is left out: the newer one stands for it.
    """
    staged = list(
        StagedPhoto.objects.filter(listing_photo__listing=listing, listing_photo__removed_at__isnull=True)
        .select_related("render__photo", "listing_photo__photo", "judged_by")
        .order_by("-pk")
    )
    statuses = renders.statuses([one.render for one in staged])
    shown, briefs = [], set[tuple[int, str]]()
    for one, status in zip(staged, statuses, strict=True):
        brief = (one.listing_photo_id, json.dumps(one.render.brief_json, sort_keys=True))
        if not status.error or status.outputs or brief not in briefs:
            shown.append(Shown(one, status))
        briefs.add(brief)
    return shown


def staged_of(listing: Listing, *, verdict: str = "") -> QuerySet[StagedPhoto]:
    """The listing's staged pictures as rows, those of one verdict alone where it is named."""
    rows = StagedPhoto.objects.filter(listing_photo__listing=listing, listing_photo__removed_at__isnull=True)
    rows = rows.select_related("render__photo", "listing_photo__listing")
    return rows.filter(verdict=verdict) if verdict else rows


def of_render(render: Render) -> StagedPhoto | None:
    """A render's place in a listing, where it has one."""
    rows = StagedPhoto.objects.select_related("render__photo", "listing_photo__listing", "output__run__render")
    return rows.filter(render=render).first()


def progress(shown: Sequence[Shown]) -> Progress:
    """Where the pictures stand together."""
    under_way = [one.status for one in shown if one.status.status == "rendering"]
    waiting = sum(status.stage == "waiting" for status in under_way)
    left = sum(1.0 - status.progress for status in under_way)
    return Progress(
        waiting=waiting,
        working=len(under_way) - waiting,
        done=sum(one.status.status == "done" for one in shown),
        failed=sum(one.status.status == "error" for one in shown),
        seconds=math.ceil(left * _seconds_each()) if under_way else None,
    )


def _seconds_each() -> float:
    """How long the latest pictures took from their start; a minute where there is none yet."""
    latest = Run.objects.filter(state=State.DONE, first_started_at__isnull=False).order_by("-finished_at")[:_LATEST]
    took = [
        (run.finished_at - run.first_started_at).total_seconds()
        for run in latest
        if run.finished_at and run.first_started_at
    ]
    return statistics.median(took) if took else 60.0


def _brief(room: RoomType, style: Style, seed: int, resolution: Resolution) -> Brief:
    return Brief(
        kind=Kind.STAGING,
        room_type=room,
        style=style,
        resolution=resolution,
        quality=settings.RENDER_QUALITY,
        seed=seed,
    )


def _ask(
    photo: ListingPhoto,
    brief: Brief,
    *,
    batch: UUID,
    user: User | None,
    scene: dict[str, Any] | None = None,
    key: ApiKey | None = None,
) -> StagedPhoto:
    # A listing's pictures are bounded by its credits, and not by how many API renders may be in flight.
    source, account = Source.LISTINGS if key else Source.DASHBOARD, photo.listing.account
    render = renders.request(account, photo.photo, brief, source=source, scene=scene, user=user, api_key=key)
    return StagedPhoto.objects.create(listing_photo=photo, render=render, batch=batch, asked_by=user)


def _require_credits(account: Account, needed: int) -> None:
    """Raise InsufficientCredits for the sum before the first hold, so that the message tells the whole price."""
    balance = credits.balance(account)
    if balance < needed:
        raise credits.InsufficientCredits(needed=needed, balance=balance)
