"""Requests that wait for renders: one Redis subscription per process, with the row as the truth.

A waiter is registered before its row is read, so that an end in between is seen by the one or the other. Rows are read
again every few seconds, many in one query; more often while Redis is away.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor

import redis.asyncio
import structlog
from django.db import DatabaseError, close_old_connections
from redis.exceptions import RedisError

log = structlog.get_logger("openhouse.waiters")

REREAD_SECONDS = 5.0
# While no message can come.
REREAD_SECONDS_ALONE = 1.0
RECONNECT_SECONDS = 1.0
# So many rows are read in one query, and the loop is left to others in between.
PORTION = 200
PAUSE_SECONDS = 0.01


class Waiters:
    """All waits of this process. `ended(ids)` reads the rows: which of these renders have ended."""

    def __init__(self, *, redis_url: str, channel: str, ended: Callable[[Collection[str]], set[str]]) -> None:
        self.redis_url = redis_url
        self.channel = channel
        self.ended = ended
        self.draining = False
        self._waiting: dict[str, set[asyncio.Future[bool]]] = {}
        self._fresh: set[str] = set()
        self._look = asyncio.Event()
        self._connected = False
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="rows")
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Subscribe, and read rows, until `stop`."""
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._read_rows())]

    async def stop(self) -> None:
        """End both tasks."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._reader.shutdown(wait=False, cancel_futures=True)

    @contextlib.contextmanager
    def waiting(self, render_id: str) -> Iterator[asyncio.Future[bool]]:
        """A future that turns True when the render has ended, and False when this process must stop first."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        if self.draining:
            future.set_result(False)
            yield future
            return
        self._waiting.setdefault(render_id, set()).add(future)
        self._fresh.add(render_id)
        self._look.set()
        try:
            yield future
        finally:
            futures = self._waiting.get(render_id, set())
            futures.discard(future)
            if not futures:
                self._waiting.pop(render_id, None)

    def count(self) -> int:
        """How many wait now."""
        return sum(len(futures) for futures in self._waiting.values())

    def drain(self) -> None:
        """Let every wait end now, and those to come at once."""
        self.draining = True
        for futures in list(self._waiting.values()):
            _resolve(futures, False)

    def _wake(self, render_id: str) -> None:
        _resolve(self._waiting.get(render_id, ()), True)

    async def _listen(self) -> None:
        """Wake waiters by messages; subscribe again whenever the connection is lost."""
        while True:
            try:
                await self._subscription()
            except (RedisError, OSError) as error:
                if self._connected:
                    log.warning("redis_lost", error=str(error))
            finally:
                self._connected = False
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _subscription(self) -> None:
        client = redis.asyncio.from_url(self.redis_url, health_check_interval=15)
        async with client, client.pubsub(ignore_subscribe_messages=True) as subscription:
            await subscription.subscribe(self.channel)
            self._connected = True
            # Messages may have been missed while the connection was down.
            self._fresh.update(self._waiting)
            self._look.set()
            while True:
                message = await subscription.get_message(ignore_subscribe_messages=True, timeout=10.0)
                if message is not None:
                    self._wake(message["data"].decode("ascii", "replace"))

    async def _read_rows(self) -> None:
        """Read the rows of new waiters at once, and of all in turn."""
        last = time.monotonic()
        while True:
            pause = REREAD_SECONDS if self._connected else REREAD_SECONDS_ALONE
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._look.wait()
            self._look.clear()
            due = time.monotonic() - last >= pause
            ids = list(self._waiting) if due else [one for one in self._fresh if one in self._waiting]
            self._fresh.clear()
            if due:
                last = time.monotonic()
            if ids:
                await self._read(ids)

    async def _read(self, ids: list[str]) -> None:
        """Read these rows in portions: thousands in one query would hold up whoever is answered meanwhile."""
        for start in range(0, len(ids), PORTION):
            portion = ids[start : start + PORTION]
            try:
                found = await asyncio.get_running_loop().run_in_executor(self._reader, self._ended, portion)
            except DatabaseError as error:
                # The next turn reads again; a wait outlives a database that is away for a moment.
                log.warning("rows_unread", error=str(error))
                return
            for render_id in found:
                self._wake(render_id)
            if len(ids) > PORTION:
                await asyncio.sleep(PAUSE_SECONDS)

    def _ended(self, ids: list[str]) -> set[str]:
        close_old_connections()
        try:
            return self.ended(ids)
        finally:
            close_old_connections()


def _resolve(futures: Collection[asyncio.Future[bool]], value: bool) -> None:
    for future in futures:
        if not future.done():
            future.set_result(value)
