"""Asking for renders and reading where they stand: what the API, the pages and the listings call.

`request` is one transaction: the render, its first run and the hold on the credits are there together or not at all.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from billing import access
from billing.compiled import Compiled, Given
from staging import credits, jobs, wakeups, webhooks
from staging.briefs import Brief
from staging.credits import InsufficientCredits
from staging.models import MASKS, UNFINISHED, Output, Photo, Render, Run, Source, State

if TYPE_CHECKING:
    from billing.models import Account, ApiKey, User

log = structlog.get_logger("openhouse.renders")

__all__ = [
    "InsufficientCredits",
    "RenderError",
    "RenderNotFound",
    "RenderStatus",
    "TooManyInFlight",
    "cancel",
    "get",
    "in_flight",
    "of_account",
    "request",
    "require_room",
    "status",
    "with_required_label",
]

# Seconds after which a caller who has too many renders in flight may try again.
RETRY_AFTER = 5


class RenderNotFound(LookupError):
    """No render of this account has this id."""


class TooManyInFlight(Exception):
    """The account has as many API renders queued or running as it may. `retry_after` in seconds."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} renders are in progress already; please wait until one is done.")
        self.limit = limit
        self.retry_after = RETRY_AFTER


@dataclass(frozen=True)
class RenderError:
    """Why the latest run failed: a slug, a sentence for people, the class of backends/base.py."""

    code: str
    message: str
    failure: str


@dataclass(frozen=True)
class RenderStatus:
    """Where a render stands: the state of its latest run, and the outputs of all.

    `outputs` are in the API's order and append-only: what was asked for, the emptied room, then each variation's.
    `styles` and `room_types` are parallel to `outputs`, plus one pending entry while rendering.
    `progress` is 0 to 1, never going back within one run, and 1 when done. `queued` tells, of a rendering one, that
    its caller asked to see it wait and that it still waits.
    """

    public_id: str
    status: Literal["rendering", "done", "error"]
    progress: float
    stage: str
    created_at: datetime
    outputs: tuple[Output, ...]
    styles: tuple[str, ...]
    room_types: tuple[str, ...]
    error: RenderError | None
    queued: bool = False

    @property
    def created_at_ms(self) -> int:
        """Epoch milliseconds, as the Render API writes it."""
        return math.floor(self.created_at.timestamp() * 1000)


def request(
    account: Account,
    photo: Photo,
    brief: Brief,
    *,
    source: str = Source.API,
    api_key: ApiKey | None = None,
    webhook_url: str = "",
    scene: dict[str, Any] | None = None,
    user: User | None = None,
) -> Render:
    """Ask for a picture: store the render with its first run, hold the credits, wake a worker after commit.

    The plan may add the label that the brief leaves out. `webhook_url` is told of the end. `scene` is
    what a person has set of it (staging.editing). `user` is who asks on our pages.
    Succeeds while the queue is down.
    Raises TooManyInFlight (API renders only), InsufficientCredits.
    """
    if photo.account_id != account.pk:
        raise ValueError("the photo belongs to another account")
    brief = with_required_label(account, brief)
    with transaction.atomic():
        require_room(account, source)
        render = Render.objects.create(
            account=account, photo=photo, source=source, api_key=api_key, brief_json=brief.to_dict()
        )
        run = Run(
            render=render,
            account=account,
            brief_json=brief.to_dict(),
            webhook_url=webhook_url,
            scene_json=scene,
            asked_by=user,
        )
        # The hold locks the account, and so makes the second count below exact.
        run.hold_reference = credits.hold(account, credits.price(brief), run_key=run.key)
        require_room(account, source)
        run.save()
        jobs.enqueue_after_commit(jobs.start_next)
    # The line that ties a request's id to the run, which all later lines name.
    log.info("asked", run=run.key, source=source)
    return render


def with_required_label(account: Account, brief: Brief) -> Brief:
    """The brief, labelled where the account's plan asks for it."""
    return dataclasses.replace(brief, label=brief.label or access.labels_required(account))


def require_room(account: Account, source: str) -> None:
    """Raise TooManyInFlight when one more API render would be too many. The dashboard is not limited."""
    if source == Source.API and in_flight(account) >= settings.RENDERS_IN_FLIGHT:
        raise TooManyInFlight(settings.RENDERS_IN_FLIGHT)


def in_flight(account: Account) -> int:
    """API runs of the account that are queued or running, variations included."""
    return sum(count for _, count in _IN_FLIGHT.rows(account=account.pk))


_IN_FLIGHT = Compiled(
    lambda: (
        Run.objects.filter(account=Given("account", Run, "account"), state__in=UNFINISHED, render__source=Source.API)
        .order_by()
        .values("account")
        .annotate(count=Count("pk"))
        .values_list("account", "count")
    )
)


def get(account: Account, public_id: str) -> Render:
    """The account's render of this id. Raises RenderNotFound, for another account's too."""
    try:
        return Render.objects.select_related("photo").get(account=account, public_id=public_id)
    except Render.DoesNotExist:
        raise RenderNotFound(public_id) from None


def of_account(account: Account) -> QuerySet[Render]:
    """The account's renders, newest first."""
    return Render.objects.filter(account=account).select_related("photo").order_by("-created_at", "-pk")


def status(render: Render, *, after: int | None = None) -> RenderStatus:
    """Where the render stands, read now; `after` the run of this number was done, where it is, and before all later."""
    runs = _runs([render])[render.pk]
    # Later ones change nothing of what its caller asked for; but one that failed may have been tried again.
    if after is not None and any(run.number == after and run.state == State.DONE for run in runs):
        runs = [run for run in runs if run.number <= after]
    return _status(render, runs)


def statuses(renders: Sequence[Render]) -> list[RenderStatus]:
    """`status` of many, in two queries."""
    runs = _runs(renders)
    return [_status(render, runs[render.pk]) for render in renders]


def _runs(renders: Sequence[Render]) -> dict[int, list[Run]]:
    """The runs of each, in order, with their outputs; drafts left out."""
    runs: dict[int, list[Run]] = {render.pk: [] for render in renders}
    by_pk = {render.pk: render for render in renders}
    shown = Run.objects.filter(render__in=runs).exclude(kind=Run.Kind.PREVIEW)
    for run in shown.order_by("number").prefetch_related("outputs"):
        run.render = by_pk[run.render_id]  # an output's address needs it: no query for each
        runs[run.render_id].append(run)
    return runs


def _status(render: Render, runs: list[Run]) -> RenderStatus:
    latest = runs[-1]
    shown = [(run, output) for run in runs for output in run.outputs.all() if output.role not in MASKS]
    briefs = [run.brief for run, _ in shown]
    pending = [latest.brief] if latest.state in UNFINISHED else []
    error = None
    if latest.state in {State.FAILED, State.CANCELLED}:
        error = RenderError(latest.error_code, latest.error_message, latest.failure)
    return RenderStatus(
        public_id=render.public_id,
        status="rendering" if pending else "error" if error else "done",
        progress=1.0 if latest.state == State.DONE else latest.progress,
        stage="waiting" if latest.state == State.QUEUED else latest.stage,
        created_at=render.created_at,
        outputs=tuple(output for _, output in shown),
        styles=tuple(brief.style or "" for brief in briefs + pending),
        room_types=tuple(brief.room_type or "" for brief in briefs + pending),
        error=error,
        queued=latest.shows_queued and latest.state == State.QUEUED,
    )


def latest_run(render: Render) -> Run:
    """The run whose state is the render's."""
    shown = Run.objects.select_related("render").filter(render=render).exclude(kind=Run.Kind.PREVIEW)
    return shown.order_by("-number")[0]


def cancel(run: Run) -> bool:
    """Stop an unfinished run and give its credits back; False when it has ended already."""
    with transaction.atomic():
        won = Run.objects.filter(pk=run.pk, state__in=UNFINISHED).update(
            state=State.CANCELLED,
            finished_at=timezone.now(),
            lease_until=None,
            error_code="cancelled",
            error_message="This render was cancelled. Nothing was charged.",
        )
        if not won:
            return False
        webhooks.announce(run)
        credits.release(run.hold_reference)
        jobs.enqueue_after_commit(jobs.stop, run.pk)
        public_id = run.render.public_id
        transaction.on_commit(lambda: wakeups.publish(wakeups.FINISHED, public_id), robust=True)
    return True
