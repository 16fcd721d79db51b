"""The queue: what is put into it, in one place, and what a worker does with it.

An RQ job is only a wake-up. It carries at most an id; the row decides whether there is anything to do, so a job that
comes twice, late or never does no harm (the sweeper notices the last).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_rq
import structlog
from django.conf import settings
from django.db import transaction
from rq import Queue
from rq.serializers import JSONSerializer

from staging import fleet, pipeline, turns, wakeups, webhooks

QUEUE = "default"
# Failed wake-ups are kept for a day for whoever looks into the admin; successful ones not at all.
FAILURE_TTL = 24 * 3600

log = structlog.get_logger("openhouse.jobs")


def queue() -> Queue:
    """The one queue. Its connection pool waits instead of failing at RQ's default of 100 connections."""
    return django_rq.get_queue(QUEUE, connection=wakeups.connection(), commit_mode="auto", serializer=JSONSerializer)


def enqueue(job: Callable[..., Any], *arguments: int) -> None:
    """Put a wake-up into the queue now. Raises redis.RedisError."""
    # Without a pipeline RQ makes two round trips of it.
    with wakeups.connection().pipeline() as pipeline:
        queue().enqueue_call(
            job,
            args=arguments,
            timeout=settings.JOB_TIMEOUT,
            result_ttl=0,
            failure_ttl=FAILURE_TTL,
            ttl=None,
            pipeline=pipeline,
        )
        pipeline.execute()


def enqueue_after_commit(job: Callable[..., Any], *arguments: int) -> None:
    """Put a wake-up into the queue once the open transaction has committed; at once when none is open.

    A queue that is down is logged and ignored: the rows are in, and the sweeper wakes them later.
    """
    # A lambda, because `robust` reads the callable's name when it fails, which a partial does not have.
    transaction.on_commit(lambda: _enqueue_or_log(job, *arguments), robust=True)


def _enqueue_or_log(job: Callable[..., Any], *arguments: int) -> None:
    try:
        enqueue(job, *arguments)
    # Whatever a client library raises when its server is away, the request has succeeded.
    except Exception as error:
        log.warning("wake_up_lost", job=job.__name__, arguments=arguments, error=str(error))


def start_next() -> None:
    """Take the run whose turn it is, if a backend has room, and hand it over."""
    run = turns.claim()
    if run is None:
        return
    if pipeline.take_up(run):
        _tell(run.pk)
    # Another may be waiting for the other slots.
    _wake_next()


def look_after(run_id: int) -> None:
    """See where a running run stands at its backend and do what follows: go on, finish, try again or fail."""
    if pipeline.look_after(run_id):
        _tell(run_id)
        _wake_next()


def stop(run_id: int) -> None:
    """Tell the backend that nobody wants a cancelled run's picture any more."""
    pipeline.stop(run_id)
    _tell(run_id)
    _wake_next()


def deliver(delivery_id: int) -> None:
    """Tell a partner what is due."""
    webhooks.deliver(delivery_id)


def probe(node_id: int) -> None:
    """Ask a GPU node what it can do."""
    fleet.probe(node_id)


def _wake_next() -> None:
    """Have the next run taken, if one is due and a slot is free. Whoever asks for a run later wakes it himself."""
    if turns.anyone_waiting():
        enqueue_after_commit(start_next)


def _tell(run_id: int) -> None:
    """Have what the run's end is to be told by delivered, by jobs of their own: a partner's server may be slow."""
    for delivery_id in webhooks.due(run_id):
        enqueue_after_commit(deliver, delivery_id)
