"""`/metrics` for Prometheus: what this web process answered, and what the rows say of renders, credits and the queue.

Whatever the rows know is counted from the rows, from this process's start on and a few seconds late: so the figures
cannot drift from the truth and cost the work itself nothing. Every web process says the same of them; of HTTP each
says its own. Answered outside of the app's threads, and only to whoever knows METRICS_TOKEN.
"""

from __future__ import annotations

import asyncio
import datetime
import threading
import time
from collections.abc import Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max, Min, Sum
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from billing.models import Entry
from config.bodies import Receive, Scope, Send
from listings import prepared
from staging import jobs, turns
from staging.models import Run, State, WebhookDelivery

PATH = "/metrics"
# A row is written a little after the time that stands in it; later than this none appears.
LATE_SECONDS = 10.0
_HTTP_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_RENDER_SECONDS = (1, 2, 5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600)
# Paths by what their callers want; the first part of the path decides.
_AREAS = {
    "v1": "render_api", "v2": "conversion_api", "api": "listing_api", "admin": "admin", "static": "static",
    "renders": "files", "photos": "files", "o": "originals", "listings": "studio", "studio": "studio",
    "billing": "account", "accounts": "account", "developers": "account", "account": "account", "": "landing",
}  # fmt: skip


def area(path: str) -> str:
    """What a path belongs to, one of few words: labels must not grow with the traffic."""
    return _AREAS.get(path.split("/", 2)[1] if path.startswith("/") else "?", "other")


class Meters:
    """All meters of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        more: dict[str, Any] = {"registry": self.registry}
        self.http = Histogram(
            "openhouse_http_request_seconds",
            "From the request's first byte to the answer's last, waits for renders included.",
            ["area", "method", "status"],
            buckets=_HTTP_SECONDS,
            **more,
        )
        self.held = Gauge("openhouse_held_requests", "Requests that wait for a render to end.", **more)
        self.waiting = Gauge("openhouse_runs_waiting", "Runs in the queue.", ["plan"], **more)
        self.oldest = Gauge("openhouse_queue_age_seconds", "How long the oldest due run waits.", ["plan"], **more)
        self.running = Gauge("openhouse_runs_running", "Runs at a backend or being finished.", **more)
        self.unattended = Gauge("openhouse_leases_run_out", "Running runs that nobody answers for.", **more)
        self.wakeups = Gauge("openhouse_wakeups_waiting", "Jobs in the queue in Redis.", **more)
        self.webhooks = Gauge("openhouse_webhooks_due", "Webhooks that are due and not delivered.", **more)
        self.prepared = Gauge("openhouse_prepared_bytes", "What copies made ahead for deliveries weigh.", **more)
        self.seconds = Histogram(
            "openhouse_render_seconds",
            "From the start of the last attempt to the end, of pictures that were made.",
            ["kind", "backend"],
            buckets=_RENDER_SECONDS,
            **more,
        )
        self.ended = Counter("openhouse_runs_ended", "Runs by how they ended.", ["kind", "state"], **more)
        self.failed = Counter("openhouse_runs_failed", "Failed runs by class and code.", ["failure", "code"], **more)
        self.retried = Counter("openhouse_runs_retried", "Ended runs that took more than one attempt.", **more)
        self.credits = Counter("openhouse_credits", "Credits that entries moved, by kind, unsigned.", ["kind"], **more)
        self.unreadable = Gauge("openhouse_rows_unreadable", "1 where the database or Redis did not answer.", **more)
        self._since = timezone.now()
        # The latest entry that was counted; entries have no index by time alone.
        self._last_entry = -1
        self._lock = threading.Lock()

    def answered(self, path: str, method: str, status: int, seconds: float) -> None:
        """One request."""
        known = method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "OTHER"
        self.http.labels(area(path), known, str(status)).observe(seconds)

    def read_rows(self) -> None:
        """Bring all that the rows tell up to date; what cannot be read says so and keeps its last figure."""
        with self._lock:
            try:
                self._read_queue()
                self._read_ends()
                self.wakeups.set(jobs.queue().count)
                self.unreadable.set(0)
            # Metrics must answer above all when a part is away.
            except Exception:
                self.unreadable.set(1)
            finally:
                if not connection.in_atomic_block:
                    connection.close()

    def _read_queue(self) -> None:
        now = timezone.now()
        self.waiting.clear()
        self.oldest.clear()
        queue = turns.due(now).values("account__plan").annotate(count=Count("pk"), oldest=Min("queued_at")).order_by()
        for row in queue:
            self.waiting.labels(row["account__plan"]).set(row["count"])
            self.oldest.labels(row["account__plan"]).set((now - row["oldest"]).total_seconds())
        running = Run.objects.filter(state=State.RUNNING)
        self.running.set(running.count())
        self.unattended.set(running.filter(lease_until__lt=now).count())
        due = WebhookDelivery.objects.filter(state=WebhookDelivery.State.PENDING, due_at__lt=now)
        self.webhooks.set(due.count())
        self.prepared.set(prepared.stored_bytes())

    def _read_ends(self) -> None:
        until = timezone.now() - datetime.timedelta(seconds=LATE_SECONDS)
        if self._last_entry < 0:
            before = Entry.objects.filter(made_at__lt=self._since).aggregate(Max("pk"))
            self._last_entry = before["pk__max"] or 0
        if until <= self._since:
            return
        ended = Run.objects.filter(finished_at__gt=self._since, finished_at__lte=until)
        for run in ended.defer("scene_json", "error_message"):
            self._count(run)
        new = Entry.objects.filter(pk__gt=self._last_entry, made_at__lte=until)
        for kind, credits, last in new.values_list("kind").order_by().annotate(Sum("credits"), Max("pk")):
            self.credits.labels(kind).inc(abs(credits))
            self._last_entry = max(self._last_entry, last)
        self._since = until

    def _count(self, run: Run) -> None:
        kind = str(run.brief_json.get("kind", "unknown"))
        self.ended.labels(kind, run.state).inc()
        if run.attempt > 1:
            self.retried.inc()
        if run.state == State.FAILED:
            self.failed.labels(run.failure or "unknown", run.error_code or "unknown").inc()
        elif run.state == State.DONE and run.started_at and run.finished_at:
            self.seconds.labels(kind, run.backend).observe((run.finished_at - run.started_at).total_seconds())

    def text(self) -> bytes:
        """What Prometheus reads."""
        self.read_rows()
        return bytes(generate_latest(self.registry))


class Metrics:
    """The ASGI part: answers PATH, and times every other request."""

    def __init__(self, meters: Meters, held: Callable[[], int]) -> None:
        self.meters = meters
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="metrics")
        self.held = held

    async def __call__(self, scope: Scope, send: Send) -> None:
        """Answer a scrape: 404 where no token is set, 401 without it."""
        status, content = 200, b""
        if not settings.METRICS_TOKEN:
            status = 404
        elif not _bears(scope["headers"], settings.METRICS_TOKEN):
            status = 401
        else:
            self.meters.held.set(self.held())
            content = await asyncio.get_running_loop().run_in_executor(self.thread, self.meters.text)
        headers = [
            (b"content-type", CONTENT_TYPE_LATEST.encode()),
            (b"content-length", b"%d" % len(content)),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def timed(self, app: Any, scope: Scope, receive: Receive, send: Send) -> None:
        """Let `app` answer, and count it."""
        began, status = time.perf_counter(), 0

        async def noting(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await app(scope, receive, noting)
        finally:
            # No answer at all: the caller went away.
            self.meters.answered(scope["path"], scope["method"], status or 499, time.perf_counter() - began)


def _bears(headers: Iterable[tuple[bytes, bytes]], token: str) -> bool:
    given = next((value for name, value in headers if name == b"authorization"), b"")
    return constant_time_compare(given, f"Bearer {token}".encode())
