"""Wake-ups that billing puts into the queue. A job carries an id; the row decides whether there is anything to do."""

from __future__ import annotations

import threading

import django_rq
import redis
import structlog
from django.conf import settings
from django.db import transaction
from rq import Queue
from rq.serializers import JSONSerializer

QUEUE = "default"
FAILURE_TTL = 24 * 3600

log = structlog.get_logger("openhouse.billing.jobs")
_lock = threading.Lock()
_connections: dict[str, redis.Redis] = {}


def enqueue_after_commit(function: str, *arguments: int) -> None:
    """Have a worker call `function` (its dotted name) once the open transaction has committed.

    A queue that is away is logged and ignored: what is waiting stands in rows, and billing.sweeper finds it.
    """
    transaction.on_commit(lambda: _enqueue(function, arguments), robust=True)


def _enqueue(function: str, arguments: tuple[int, ...]) -> None:
    try:
        _queue().enqueue_call(
            function, args=arguments, timeout=settings.JOB_TIMEOUT, result_ttl=0, failure_ttl=FAILURE_TTL
        )
    except (redis.RedisError, OSError) as error:
        log.warning("wake_up_lost", job=function, arguments=arguments, error=str(error))


def _queue() -> Queue:
    with _lock:
        if settings.REDIS_URL not in _connections:
            pool = redis.BlockingConnectionPool.from_url(
                settings.REDIS_URL, max_connections=8, timeout=2, socket_timeout=3, socket_connect_timeout=2
            )
            _connections[settings.REDIS_URL] = redis.Redis(connection_pool=pool)
        connection = _connections[settings.REDIS_URL]
    return django_rq.get_queue(QUEUE, connection=connection, commit_mode="auto", serializer=JSONSerializer)
