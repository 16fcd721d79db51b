"""The worker process: takes wake-ups from the one queue and does them in its own process.

RQ offers a worker that forks for every job and one that does not. Ours does not (`SimpleWorker`): the jobs are short
(hand over, fetch, check), and a fork costs 11 to 35 ms, a new database connection and cold imports each. What a
fork is good for, surviving a job that takes its process down, the rows do here: the lease runs out and another worker
takes over. One queue only: a worker on several loses jobs when it is killed (it must use BLPOP there).
"""

from __future__ import annotations

import gc
import threading
from typing import Any

import redis
import structlog
from django.conf import settings
from django.db import close_old_connections
from django_rq.queues import DjangoRQ
from redis.client import Pipeline
from rq import Queue, SimpleWorker
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import now
from rq.worker import WorkerStatus

from staging import jobs

log = structlog.get_logger("openhouse.worker")

_RETRY_SECONDS = 2.0
# The sweeper cleans the queue every few seconds; RQ's own cleaning would only come on top.
_NO_MAINTENANCE = 365 * 24 * 3600


class Worker(SimpleWorker):
    """RQ's worker without forks, with fresh database connections for every job."""

    # After a long outage of Redis, RQ would look for it but once a minute.
    max_connection_wait_time = 5.0
    # Alone, signs of life are not told more often than this; they come along with everything else that is told.
    heartbeat_seconds = 10.0

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """Say that this worker lives."""
        seconds = (now() - self.last_heartbeat).total_seconds() if self.last_heartbeat else self.heartbeat_seconds
        if pipeline is not None or seconds >= self.heartbeat_seconds:
            super().heartbeat(timeout, pipeline)

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Do one job and note its end."""
        self.perform_job(job, queue)
        self.set_state(WorkerStatus.IDLE)

    def prepare_job_execution(self, job: Job, remove_from_intermediate_queue: bool = False) -> None:
        """Write down that this worker does the job now: what RQ writes, in one round trip instead of two."""
        seconds = self.get_heartbeat_ttl(job)
        with self.connection.pipeline() as pipeline:
            self.execution = Execution.create(job, seconds, pipeline=pipeline, worker_name=self.name)
            self.set_state(WorkerStatus.BUSY, pipeline=pipeline)
            self.set_current_job_id(job.id, pipeline=pipeline)
            self.set_current_job_working_time(0, pipeline=pipeline)
            # For the whole of what it may live without another: the one after the job may be left out.
            self.heartbeat(pipeline=pipeline)
            job.heartbeat(now(), seconds, pipeline=pipeline)
            job.prepare_for_execution(self.name, pipeline=pipeline)
            if remove_from_intermediate_queue:
                pipeline.lrem(self.queues[0].intermediate_queue_key, 1, job.id)
            pipeline.execute()

    def perform_job(self, job: Job, queue: Queue) -> bool:
        """Do one job."""
        close_old_connections()
        try:
            return bool(super().perform_job(job, queue))
        finally:
            close_old_connections()


class Work:
    """Works until told to stop; a Redis that goes away is waited for."""

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def run(self, *, burst: bool = False) -> None:
        """Work until SIGTERM or SIGINT (RQ finishes the job at hand); with `burst` until the queue is empty."""
        # What there is now stays: the collector need not look at it again in the middle of a job.
        gc.collect()
        gc.freeze()
        while not self._stopped.is_set():
            # Its own connection: the worker raises the socket time-out of the one it is given.
            connection = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2)
            try:
                connection.ping()
                _worker(connection).work(burst=burst, logging_level="WARNING", with_scheduler=False)
                return
            except redis.ConnectionError as error:
                log.warning("redis_away", error=str(error))
                self._stopped.wait(_RETRY_SECONDS)
            finally:
                connection.close()

    def stop(self, *_: Any) -> None:
        """Stop waiting for Redis."""
        self._stopped.set()


def _worker(connection: redis.Redis) -> Worker:
    queue = DjangoRQ(
        jobs.QUEUE,
        connection=connection,
        serializer=JSONSerializer,
        default_timeout=settings.JOB_TIMEOUT,
        commit_mode="auto",
    )
    return Worker(
        [queue],
        connection=connection,
        serializer=JSONSerializer,
        queue_class=DjangoRQ,
        maintenance_interval=_NO_MAINTENANCE,
        log_job_description=False,
    )
