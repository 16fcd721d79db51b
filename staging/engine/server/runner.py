"""Runs queued jobs, one per child process, and stops a child when its job is cancelled."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Final

from staging.engine.child import Child
from staging.engine.errors import EngineError
from staging.engine.memory import LIMIT
from staging.engine.server.jobs import MASK, PHOTO, Job, Jobs
from staging.engine.server.refusals import failure

log = logging.getLogger("engine.server")

JOB_FUNCTION: Final = "staging.engine.modes.job.make"
MAPS_FUNCTION: Final = "staging.engine.modes.maps.make"


class Runner:
    """One slot: takes the next job, runs it in its child, writes down what came of it."""

    def __init__(self, jobs: Jobs, child: Child, memory: int = LIMIT, *, function: str = JOB_FUNCTION) -> None:
        """`memory` is how many bytes of results the child may keep between jobs, `function` what it runs for each."""
        self._function = function
        self._jobs = jobs
        self._child = child
        self._memory = memory
        self._current: Job | None = None

    async def serve(self) -> None:
        """Run jobs until cancelled. A child that traces is warmed first, so that the first job does not pay for it;
        one that draws maps starts when somebody asks for one, which without other renderers is never.
        """
        try:
            if self._function == JOB_FUNCTION:
                await asyncio.to_thread(self._child.warm)
        except EngineError as error:
            log.warning("the child could not be warmed", extra={"code": error.code, "reason": error.message})
        while True:
            job = await self._jobs.next()
            self._current = job
            try:
                await self._run(job)
            except Exception:  # a full disk, say, must not end the slot
                log.exception("job could not be finished", extra={"job": job.key})
                self._jobs.abandon(job)
            finally:
                self._current = None

    def stop_if_running(self, job: Job) -> None:
        """Kill the child in the middle of this job; the next job gets a fresh one."""
        if self._current is job:
            self._child.cancel()

    def close(self) -> None:
        """Kill the child for good."""
        self._child.close()

    async def _run(self, job: Job) -> None:
        assert job.order is not None
        loop, started, order = asyncio.get_running_loop(), time.monotonic(), job.order
        log.info("job started", extra={"job": job.key, "brief": order.brief})

        def tell(fraction: float, stage: str) -> None:
            loop.call_soon_threadsafe(self._jobs.advance, job, fraction, stage)

        payload = {
            "photo": str(job.folder / PHOTO),
            "folder": str(job.folder),
            "brief": order.brief,
            "focal_35mm": order.focal_35mm,
            "room": order.room,
            "arrangement": order.arrangement,
            "light": order.light,
            "memory": self._memory,
            "mask": str(job.folder / MASK) if (job.folder / MASK).exists() else None,
        }
        try:
            made = await asyncio.to_thread(self._child.run, self._function, payload, tell, order.time_limit)
        except EngineError as error:
            told = failure(error.kind, error.code, error.message)
            self._jobs.finish(job, "failed", error=told, record=error.record)
        except Exception:  # the last wall: whatever breaks in one job must not end the server
            log.exception("job broke", extra={"job": job.key})
            text = "The engine met an error that it did not expect; it has been logged."
            self._jobs.finish(job, "failed", error=failure("transient", "engine_error", text))
        else:
            self._jobs.finish(job, "done", pictures=made["pictures"], record=made["record"])
            self._jobs.took(time.monotonic() - started)
        seconds = round(time.monotonic() - started, 2)
        log.info("job ended", extra={"job": job.key, "state": job.state, "error": job.error, "seconds": seconds})
