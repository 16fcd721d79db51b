"""Telling waiting processes, through Redis pub/sub, that something changed. The row is the truth, a message a hint.

Channels and messages are a contract:
* `FINISHED`: the public id of a render whose latest run has just ended, however it ended. The layer that holds
  waiting requests subscribes to it once per process.
* `SUBMITTED`: the id of a run that a backend has just taken; the follower subscribes.

Nothing here raises when Redis is away: whoever waits reads the row again every few seconds anyhow.
"""

from __future__ import annotations

import threading
import time

import redis
import redis.asyncio
import structlog
from django.conf import settings

from staging.models import UNFINISHED, Render, Run

FINISHED = "openhouse:finished"
SUBMITTED = "openhouse:submitted"
# How often a waiter reads the row itself.
REREAD_SECONDS = 5.0
_POLL_SECONDS = 0.25

log = structlog.get_logger("openhouse.wakeups")
_lock = threading.Lock()
_connection: redis.Redis | None = None


def connection() -> redis.Redis:
    """This process's Redis client. Its pool waits for a free connection instead of failing, and nothing waits long."""
    global _connection  # noqa: PLW0603 - one pool per process is the point
    with _lock:
        if _connection is None:
            pool = redis.BlockingConnectionPool.from_url(
                settings.REDIS_URL, max_connections=16, timeout=2, socket_timeout=3, socket_connect_timeout=2
            )
            _connection = redis.Redis(connection_pool=pool)
        return _connection


def async_connection() -> redis.asyncio.Redis:
    """A client for one event loop; its caller closes it."""
    return redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2)


def publish(channel: str, message: str | int) -> None:
    """Send a hint; a Redis that is away is logged and otherwise ignored."""
    try:
        connection().publish(channel, message)
    except redis.RedisError as error:
        log.warning("hint_lost", channel=channel, message_text=str(message), error=str(error))


def is_finished(public_id: str) -> bool:
    """Whether the render's latest run has ended (or there is none)."""
    shown = Run.objects.filter(render__public_id=public_id).exclude(kind=Run.Kind.PREVIEW)
    latest = shown.order_by("-number").values_list("state", flat=True).first()
    return latest not in UNFINISHED


def wait_for(render: Render, timeout: float) -> bool:
    """Block this thread until the render's latest run has ended, at most `timeout` seconds; whether it has.

    For commands and for servers without the holding layer: it occupies a thread and polls the row.
    """
    deadline = time.monotonic() + timeout
    while not is_finished(render.public_id):
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(_POLL_SECONDS, left))
    return True
