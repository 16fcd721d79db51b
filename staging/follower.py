"""The follower: one process that watches every job at every backend, so that no worker waits for a picture.

A long poll per running run, all in one event loop. What it sees goes into the rows (progress, and with it the renewed
lease), once a second and for all runs together; an end of any kind is left to a worker (`jobs.look_after`), which asks
the backend itself. So the follower decides nothing: killed, it costs time only, and two of them cost twice the polls.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import redis
import structlog
from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from staging import fleet, jobs, pipeline, routes, wakeups
from staging.backends.base import Backend, BackendError, Progress
from staging.backends.comfyui import Node
from staging.models import Run, State

T = TypeVar("T")

log = structlog.get_logger("openhouse.follower")

# The rows are read again this often, hints or not.
REREAD_SECONDS = 2.0
# All jobs together are asked about so often, for their progress; an end is told at once, however long the wait.
_POLLS_A_SECOND = 12
_SHORTEST_WAIT, _LONGEST_WAIT = 0.5, 10.0
# A backend that answers long polls at once is not asked more often than this.
_MIN_POLL_SECONDS = 0.25
# Progress is written this often.
_WRITE_SECONDS = 1.0
_TROUBLE_SECONDS = 2.0


@dataclass(frozen=True)
class Watch:
    """One job at one backend: what a run's attempt is waiting for."""

    run_id: int
    attempt: int
    backend: str
    handle: str


def watches() -> set[Watch]:
    """What is to be watched now: running runs with a handle whose pictures nobody is fetching yet."""
    runs = Run.objects.filter(state=State.RUNNING).exclude(handle="").exclude(collecting_until__gt=timezone.now())
    return {Watch(*row) for row in runs.values_list("pk", "attempt", "backend", "handle")}


class Follower:
    """Watches until told to stop."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()
        self._hint = asyncio.Event()
        self._tasks: dict[Watch, asyncio.Task[None]] = {}
        # Ends left to a worker, and when; watched anew if the worker has not followed up within a lease.
        self._handed_over: dict[Watch, float] = {}
        # Progress that is not in the rows yet.
        self._seen: dict[Watch, Progress] = {}
        self._backends: dict[tuple[str, tuple[Node, ...]], Backend] = {}
        self._nodes: tuple[Node, ...] = ()
        self._connections = contextlib.AsyncExitStack()
        # One thread for the database, and one for the queue: the loop never blocks, writes keep their order, and no end
        # waits until progress is written.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="rows")
        self._queue_thread = ThreadPoolExecutor(1, thread_name_prefix="queue")

    async def run(self) -> None:
        """Watch until `stopping` is set."""
        # What there is now stays: the collector need not look at it again while an end is to be told.
        gc.collect()
        gc.freeze()
        beside = [asyncio.create_task(work) for work in (self._listen(), self._write())]
        try:
            async with self._connections:
                while not self.stopping.is_set():
                    await self._round()
                    await self._pause()
                await self._drop(set(self._tasks))
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            self._thread.shutdown()
            self._queue_thread.shutdown()

    def stop(self) -> None:
        """Stop soon; safe to call from a signal handler of the loop."""
        self.stopping.set()
        self._hint.set()

    async def _round(self) -> None:
        """Begin to watch what is new, end what is over."""
        try:
            wanted = await self._in_thread(watches)
            if any(watch.backend == routes.COMFYUI for watch in wanted):
                self._nodes = await self._in_thread(fleet.addresses)
        # A database that is away comes back; the lease of what we watch meanwhile is the sweeper's business.
        except Exception:
            log.exception("rows_unreadable")
            return
        again = time.monotonic() - settings.RUN_LEASE_SECONDS
        self._handed_over = {watch: at for watch, at in self._handed_over.items() if watch in wanted and at > again}
        await self._drop(set(self._tasks) - wanted)
        for watch in wanted - set(self._handed_over) - set(self._tasks):
            self._tasks[watch] = asyncio.create_task(self._watch(watch))

    async def _pause(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._hint.wait(), REREAD_SECONDS)
        self._hint.clear()

    async def _drop(self, watched: set[Watch]) -> None:
        tasks = [self._tasks.pop(watch) for watch in watched]
        for task in tasks:
            task.cancel()
        for watch in watched:
            self._seen.pop(watch, None)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self, watch: Watch) -> None:
        """Follow one job to its end, whatever happens to the connection."""
        try:
            await self._to_the_end(watch)
        except asyncio.CancelledError:
            raise
        # One broken job must not end the watching of the others; it is watched anew in the next round.
        except Exception:
            log.exception("watch_failed", run_id=watch.run_id, handle=watch.handle)
            await asyncio.sleep(_TROUBLE_SECONDS)
        self._tasks.pop(watch, None)

    async def _to_the_end(self, watch: Watch) -> None:
        while True:
            asked = time.monotonic()
            backend = await self._backend(watch.backend)
            try:
                answer = await backend.poll(watch.handle, self._wait())
            except BackendError as error:
                # The lease is not renewed: if this lasts, the sweeper has the run looked after.
                log.warning("backend_away", handle=watch.handle, code=error.failed.code)
                await asyncio.sleep(_TROUBLE_SECONDS)
                continue
            if not isinstance(answer, Progress):
                self._seen.pop(watch, None)
                await self._hand_over(watch)
                return
            self._seen[watch] = answer
            await asyncio.sleep(max(0.0, _MIN_POLL_SECONDS - (time.monotonic() - asked)))

    def _wait(self) -> float:
        """How many seconds a job is asked about at once; never so long that its lease is renewed too late."""
        wait = max(_SHORTEST_WAIT, len(self._tasks) / _POLLS_A_SECOND)
        return min(wait, _LONGEST_WAIT, settings.RUN_LEASE_SECONDS / 3)

    async def _write(self) -> None:
        """Write what is seen; a run that is no longer running drops out in the next round."""
        while True:
            await asyncio.sleep(_WRITE_SECONDS)
            if not self._seen:
                continue
            seen, self._seen = self._seen, {}
            told = {(watch.run_id, watch.attempt): progress for watch, progress in seen.items()}
            try:
                await self._in_thread(lambda: pipeline.note_progress(told))  # noqa: B023 - awaited here
            # What is seen next is written next; the lease outlives a database that is away for a moment.
            except Exception:
                log.exception("progress_unwritten")

    async def _hand_over(self, watch: Watch) -> None:
        """Leave the end of a job to a worker."""
        try:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._queue_thread, jobs.enqueue, jobs.look_after, watch.run_id)
        except redis.RedisError as error:
            # The sweeper finds the run by its lease, which nobody renews now.
            log.warning("wake_up_lost", run_id=watch.run_id, error=str(error))
            await asyncio.sleep(_TROUBLE_SECONDS)
            return
        self._handed_over[watch] = time.monotonic()

    async def _backend(self, name: str) -> Backend:
        nodes = self._nodes if name == routes.COMFYUI else ()
        if (name, nodes) not in self._backends:
            self._backends[name, nodes] = await self._connections.enter_async_context(routes.connect(name, nodes))
        return self._backends[name, nodes]

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, _with_fresh_connection, work)

    async def _listen(self) -> None:
        """Turn the hints of `wakeups.SUBMITTED` into rounds; without Redis the rounds come by themselves."""
        while True:
            try:
                async with wakeups.async_connection() as connection, connection.pubsub() as subscription:
                    await subscription.subscribe(wakeups.SUBMITTED)
                    async for _ in subscription.listen():
                        self._hint.set()
            except (redis.RedisError, OSError) as error:
                log.warning("no_hints", error=str(error))
                await asyncio.sleep(_TROUBLE_SECONDS)


def _with_fresh_connection(work: Callable[[], T]) -> T:
    close_old_connections()
    return work()
