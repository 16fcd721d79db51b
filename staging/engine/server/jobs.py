"""The engine's jobs: a queue in memory, and finished work on disk where it outlives a restart."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import shutil
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from staging.engine.server.contract import Order
from staging.engine.server.refusals import Refused

State = Literal["queued", "running", "done", "failed", "cancelled"]
FINISHED: Final = ("done", "failed", "cancelled")
# A caller that waits is answered when progress has moved by this much.
NOTICEABLE: Final = 0.01
# Names of what came in, in the job's folder; finished pictures are ROLE.png beside them.
PHOTO: Final = "photo"
MASK: Final = "removal"


@dataclass
class Job:
    """One job: queued -> running -> done | failed, or cancelled from either; a finished state never changes."""

    key: str
    fingerprint: str
    folder: Path
    order: Order | None = None  # None once finished and read back from disk
    state: State = "queued"
    progress: float = 0.0
    stage: str = "waiting"
    error: dict[str, str] | None = None
    pictures: list[dict[str, Any]] = field(default_factory=list)
    record: dict[str, Any] = field(default_factory=dict)
    finished_at: float | None = None
    lane: str = "jobs"
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def touch(self) -> None:
        """Wake everyone who waits for this job; the next waiter gets a fresh event."""
        self.changed.set()
        self.changed = asyncio.Event()

    def body(self) -> dict[str, Any]:
        """The job as the contract shows it."""
        pictures = [{**p, "url": f"/v1/{self.lane}/{self.key}/pictures/{p['role']}"} for p in self.pictures]
        return {
            "id": self.key,
            "state": self.state,
            "progress": round(self.progress, 4),
            "stage": self.stage,
            "error": self.error,
            "pictures": pictures,
            "record": self.record,
        }


class Jobs:
    """All jobs of one server. Used from one event loop only; `work_dir` belongs to this server alone."""

    def __init__(self, work_dir: Path, *, queue_size: int, keep: float, lane: str = "jobs") -> None:
        """`lane` is what their addresses are under: jobs, or maps, which have a queue of their own."""
        self.lane = lane
        self.work_dir = work_dir
        self.queue_size = queue_size
        self.keep = keep
        self._jobs: dict[str, Job] = {}
        self._queue: deque[str] = deque()
        self._arrived = asyncio.Event()
        self._closing = False
        self._mean_seconds = 60.0
        work_dir.mkdir(parents=True, exist_ok=True)
        self._recall()

    @property
    def waiting(self) -> int:
        return len(self._queue)

    @property
    def running(self) -> int:
        return sum(job.state == "running" for job in self._jobs.values())

    def get(self, key: str) -> Job:
        """The job, or Refused with status 404."""
        self.expire()
        if key not in self._jobs:
            raise Refused(404, "transient", "unknown_job", f"This engine does not know the job {key}.")
        return self._jobs[key]

    def put(self, key: str, order: Order, photo: Path, mask: Path | None = None) -> tuple[Job, bool]:
        """The job of this key and whether it is new; `photo` and `mask` move into the job's folder when it is.

        A key that means something else already is Refused with 409; a full queue with 429.
        """
        self.expire()
        sent = {PHOTO: photo} | ({MASK: mask} if mask else {})
        fingerprint = order.fingerprint(*(file_sha256(path) for path in sent.values()))
        known = self._jobs.get(key)
        if known is not None and known.state != "cancelled":
            if known.fingerprint != fingerprint:
                raise Refused(409, "customer_input", "key_reused", f"The key {key} already names a different job.")
            return known, False
        self.check_room()
        folder = self.work_dir / key
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, path in sent.items():
            shutil.move(path, folder / name)
        job = Job(key, fingerprint, folder, order, lane=self.lane)
        self._jobs[key] = job
        self._queue.append(key)
        self._arrived.set()
        return job, True

    def check_room(self) -> None:
        """Refused with 429 when no further job can wait."""
        if self.waiting >= self.queue_size:
            seconds = max(1, int(self._mean_seconds * self.waiting / 2))
            raise Refused(429, "transient", "queue_full", f"{self.waiting} jobs are waiting already.", seconds)

    async def next(self) -> Job:
        """The next queued job, marked running; waits for one."""
        while not self._queue:
            self._arrived.clear()
            await self._arrived.wait()
        job = self._jobs[self._queue.popleft()]
        job.state, job.stage = "running", "starting"
        job.touch()
        return job

    def advance(self, job: Job, fraction: float, stage: str) -> None:
        """Progress never falls; it wakes waiters when it can be noticed."""
        if job.state != "running":
            return
        noticed = stage != job.stage or fraction - job.progress >= NOTICEABLE
        if noticed:
            job.progress, job.stage = max(job.progress, min(fraction, 1.0)), stage
            job.touch()

    def finish(
        self,
        job: Job,
        state: State,
        *,
        error: dict[str, str] | None = None,
        pictures: list[dict[str, Any]] | None = None,
        record: dict[str, Any] | None = None,
    ) -> None:
        """Write the outcome to disk, then show it; a job that was cancelled meanwhile stays cancelled."""
        if job.state in FINISHED:
            return
        for name in (PHOTO, MASK):
            (job.folder / name).unlink(missing_ok=True)
        finished_at = time.time()
        outcome = {"error": error, "pictures": pictures or [], "record": record or {}, "finished_at": finished_at}
        self._write(job.folder, {**outcome, "fingerprint": job.fingerprint, "state": state})
        job.error, job.pictures, job.record, job.finished_at = error, pictures or [], record or {}, finished_at
        if state == "done":
            job.progress, job.stage = 1.0, "done"
        job.state, job.order = state, None
        job.touch()

    def abandon(self, job: Job) -> None:
        """Forget a job whose outcome cannot even be written down; its caller is told 404 and submits it again."""
        self._jobs.pop(job.key, None)
        job.state = "failed"
        job.touch()

    def took(self, seconds: float) -> None:
        """Learn how long jobs take, for Retry-After."""
        self._mean_seconds += 0.3 * (seconds - self._mean_seconds)

    def cancel(self, job: Job) -> bool:
        """Cancel a job that is not finished; whether it was running (its child must be stopped then)."""
        if job.state in FINISHED:
            return False
        was_running = job.state == "running"
        if not was_running:
            self._queue.remove(job.key)
        self.finish(job, "cancelled")
        return was_running

    async def wait(self, job: Job, seconds: float, *, until_end: bool = False) -> None:
        """Return when the job changes noticeably (`until_end`: when it has ended), or after `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while seconds > 0 and job.state not in FINISHED and not self._closing:
                    await job.changed.wait()
                    if not until_end:
                        return

    def close(self) -> None:
        """Let every waiter go: the server is about to stop."""
        self._closing = True
        for job in self._jobs.values():
            job.touch()

    def expire(self) -> None:
        """Forget finished jobs that are older than `keep` seconds, with their files."""
        oldest = time.time() - self.keep
        for key, job in list(self._jobs.items()):
            if job.finished_at is not None and job.finished_at < oldest:
                del self._jobs[key]
                shutil.rmtree(job.folder, ignore_errors=True)

    @staticmethod
    def _write(folder: Path, outcome: dict[str, Any]) -> None:
        draft = folder / "outcome.part"
        draft.write_text(json.dumps(outcome))
        draft.replace(folder / "outcome.json")

    def _recall(self) -> None:
        """Take up what an earlier server finished; clear away what it left half done."""
        for folder in self.work_dir.iterdir():
            if not folder.is_dir():
                folder.unlink()
                continue
            try:
                outcome = json.loads((folder / "outcome.json").read_text())
                job = Job(
                    folder.name,
                    outcome["fingerprint"],
                    folder,
                    state=outcome["state"],
                    error=outcome["error"],
                    pictures=outcome["pictures"],
                    record=outcome["record"],
                    finished_at=float(outcome["finished_at"]),
                    lane=self.lane,
                )
            except (OSError, ValueError, KeyError):
                shutil.rmtree(folder, ignore_errors=True)
                continue
            if job.state == "done":
                job.progress, job.stage = 1.0, "done"
            self._jobs[job.key] = job


def file_sha256(path: Path) -> str:
    """Hex digest of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
