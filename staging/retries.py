"""Trying once more what failed: a new run of the same render, held for like the first."""

from __future__ import annotations

from django.db import transaction

from staging import credits, jobs
from staging.models import Render, Run, State

_ENDED_WITHOUT = (State.FAILED, State.CANCELLED)


class NotRetryable(Exception):
    """Only a render whose latest run failed or was cancelled can be tried again."""

    def __init__(self) -> None:
        super().__init__("Only a render whose latest try failed or was cancelled can be tried again.")


def retry(render: Render) -> Run:
    """Queue another run by the brief of the latest one, which gave nothing and cost nothing.

    Two that ask at once start one run. Raises NotRetryable, InsufficientCredits.
    """
    with transaction.atomic():
        credits.lock(render.account)
        latest = Run.objects.filter(render=render).order_by("-number")[0]
        if latest.state not in _ENDED_WITHOUT:
            raise NotRetryable
        run = Run(
            render=render,
            account=render.account,
            number=latest.number + 1,
            kind=latest.kind,
            brief_json=latest.brief_json,
            webhook_url=latest.webhook_url,
        )
        run.hold_reference = _hold(latest, run)
        run.save()
        jobs.enqueue_after_commit(jobs.start_next)
    return run


def _hold(latest: Run, run: Run) -> str:
    """Hold the price; but where a sister of the failed run made its picture, their one hold has paid for this too."""
    shared = latest.hold_reference
    if shared and credits.explain([shared]).get(shared) == "settle":
        return shared
    price = credits.price(latest.brief, variation=latest.kind == Run.Kind.VARIATION)
    return credits.hold(run.account, price, run_key=run.key)
