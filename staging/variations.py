"""Variations: another arrangement of the same photo, for no credit."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.db import transaction

from staging import credits, jobs, renders
from staging.briefs import Brief, Kind
from staging.models import MASKS, UNFINISHED, Output, Render, Run

if TYPE_CHECKING:
    from billing.models import User

log = structlog.get_logger("openhouse.renders")

# The engine takes seeds below 2 ** 31.
_SEED_BYTES, _SEED_MASK = 4, 2**31 - 1


class RenderNotDone(Exception):
    """A variation needs a render that is done, or one that failed after it had an output."""

    def __init__(self) -> None:
        super().__init__("The render is not done: a variation can be made once it has an output and nothing is pending")


class NothingToVary(Exception):
    """The render only removed furniture: staging it for nothing would be a gift, and emptying it again the same."""

    def __init__(self) -> None:
        super().__init__(
            "This render only removes furniture and has no variations. Create a render with add_furniture=true instead"
        )


class TooManyVariations(Exception):
    """The render has as many variations as it may."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"A render has at most {limit} variations")


def request(
    render: Render,
    brief: Brief,
    *,
    switch_to_queued: bool = False,
    webhook_url: str = "",
    user: User | None = None,
) -> Render:
    """Ask for a variation of `render` as `brief` says, but for the seed, which is this variation's own.

    It starts from the emptied room where the render has one, so nothing is removed again.

    `webhook_url` is told of its end; without one, the address of the first run. `user` is who asks on our pages. When
    it returns, the render is rendering again; with `switch_to_queued` it says so only once work begins.
    Raises NothingToVary, RenderNotDone, TooManyVariations, renders.TooManyInFlight.
    """
    if brief.kind == Kind.DECLUTTER:
        raise NothingToVary
    account = render.account
    with transaction.atomic():
        # Of two that ask at once, the second sees the first one's run; and the count in flight is exact.
        credits.lock(account)
        runs = list(Run.objects.filter(render=render).order_by("number"))
        require_done(render, runs)
        renders.require_room(account, render.source)
        number = runs[-1].number + 1
        seed = seed_of(render, number)
        brief = dataclasses.replace(renders.with_required_label(account, brief), seed=seed, declutter="off", mask="")
        run = Run(
            render=render,
            account=account,
            number=number,
            kind=Run.Kind.VARIATION,
            brief_json=brief.to_dict(),
            shows_queued=switch_to_queued,
            webhook_url=webhook_url or runs[0].webhook_url,
            asked_by=user,
        )
        run.hold_reference = credits.hold(account, credits.price(brief, variation=True), run_key=run.key)
        run.save()
        jobs.enqueue_after_commit(jobs.start_next)
    log.info("asked", run=run.key)
    return render


def seed_of(render: Render, number: int) -> int:
    """The seed of a render's run: the same for the same photo, first seed and number, and another for each number."""
    said = f"{render.photo.sha256} {render.brief.seed} {number}".encode()
    return int.from_bytes(hashlib.sha256(said).digest()[:_SEED_BYTES]) & _SEED_MASK


def require_done(render: Render, runs: list[Run]) -> None:
    """Raise RenderNotDone or TooManyVariations when no variation of the render can be asked for now."""
    if any(run.state in UNFINISHED and run.kind != Run.Kind.PREVIEW for run in runs):
        raise RenderNotDone
    made = Output.objects.filter(run__render=render).exclude(role__in=MASKS)
    if not made.exclude(run__kind=Run.Kind.PREVIEW).exists():
        raise RenderNotDone
    # A variation that failed gave nothing and so takes no place.
    varied = Output.objects.filter(run__render=render, run__kind=Run.Kind.VARIATION).values("run").distinct().count()
    if varied >= settings.VARIATIONS_MAX:
        raise TooManyVariations(settings.VARIATIONS_MAX)
