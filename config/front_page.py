"""The admin's front page: the day's figures, two weeks as charts, and how queue, backends and inboxes stand."""

from __future__ import annotations

import datetime
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import redis
from django.core.cache import cache
from django.db.models import Count, Min, Q, Sum
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.utils import timezone

from billing.models import Account, Entry, Payment, StripeEvent
from config import health
from staging import jobs
from staging.models import Run, State, WebhookDelivery

DAYS: Final = 14
_HEIGHT: Final = 120  # of a chart, pixels
_LATEST: Final = 200
# Good and bad of each day that had any.
_Days = dict[datetime.date, tuple[int, int]]


@dataclass(frozen=True)
class Figure:
    """One number of today; `bad` colours it as a warning."""

    name: str
    value: str
    note: str = ""
    bad: bool = False


@dataclass(frozen=True)
class Bar:
    """One day of a chart; heights in pixels of `_HEIGHT`."""

    day: datetime.date
    good: int
    bad: int
    good_height: float
    bad_height: float


@dataclass(frozen=True)
class Chart:
    """Bars of DAYS days, oldest first."""

    title: str
    good_name: str
    bad_name: str
    bars: tuple[Bar, ...]
    height: int = _HEIGHT


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the template `admin/index.html` shows beside the list of pages. Called by unfold."""
    user = request.user
    if not user.has_perm("staging.view_run"):
        return context
    now = timezone.now()
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    start = today - datetime.timedelta(days=DAYS - 1)
    charts = [_renders(start)]
    figures = _work(today) + _waiting(now)
    if user.has_perm("billing.view_entry"):
        charts.append(_credits(start))
        figures += _shop(today)
    return context | {"figures": figures, "charts": charts, "parts": _parts()}


def _work(today: datetime.datetime) -> list[Figure]:
    ended = Run.objects.filter(finished_at__gte=today)
    counts = ended.aggregate(
        done=Count("pk", filter=Q(state=State.DONE)), failed=Count("pk", filter=Q(state=State.FAILED))
    )
    done, failed = counts["done"], counts["failed"]
    latest = ended.filter(state=State.DONE, first_started_at__isnull=False).order_by("-finished_at")[:_LATEST]
    took = [
        (end - begun).total_seconds()
        for begun, end in latest.values_list("first_started_at", "finished_at")
        if begun and end
    ]
    share = f"{done / (done + failed):.0%} of those that ended" if done + failed else "none ended yet"
    return [
        Figure("Pictures made today", f"{done:,}", share),
        Figure("Failed today", f"{failed:,}", "nothing was charged for them", bad=failed > max(3, done // 10)),
        Figure("Seconds a picture", f"{statistics.median(took):.0f}" if took else "–", "median of today's latest"),
    ]


def _waiting(now: datetime.datetime) -> list[Figure]:
    # The same rows as those in an unfinished state (a constraint says so), and the index by end finds them at once.
    queue = Run.objects.filter(finished_at__isnull=True).aggregate(
        waiting=Count("pk", filter=Q(state=State.QUEUED)),
        oldest=Min("queued_at", filter=Q(state=State.QUEUED)),
        running=Count("pk", filter=Q(state=State.RUNNING)),
        lost=Count("pk", filter=Q(state=State.RUNNING, lease_until__lt=now)),
    )
    age = (now - queue["oldest"]).total_seconds() if queue["oldest"] else 0.0
    late = WebhookDelivery.objects.filter(
        state=WebhookDelivery.State.PENDING, due_at__lt=now - datetime.timedelta(minutes=5)
    ).count()
    return [
        Figure("Waiting", f"{queue['waiting']:,}", f"the oldest for {age:.0f} s", bad=age > 600),
        Figure(
            "Under way", f"{queue['running']:,}", f"{queue['lost']} with a lease that ran out", bad=queue["lost"] > 0
        ),
        Figure("Webhooks overdue", f"{late:,}", "by more than five minutes", bad=late > 0),
    ]


def _shop(today: datetime.datetime) -> list[Figure]:
    charged, _ = _charged(today).get(timezone.localdate(today), (0, 0))
    paid = Payment.objects.filter(paid_at__gte=today).aggregate(cents=Sum("cents"))["cents"] or 0
    accounts = Account.objects.filter(created_at__gte=today).count()
    stuck = StripeEvent.objects.filter(state="failed").count()
    return [
        Figure("Credits charged today", f"{charged:,}"),
        Figure("Paid today", f"${paid / 100:,.2f}", "before refunds"),
        Figure("New accounts today", f"{accounts:,}"),
        Figure("Stripe events that failed", f"{stuck:,}", "replay them in the inbox", bad=stuck > 0),
    ]


def _renders(start: datetime.datetime) -> Chart:
    return _chart("Pictures a day", ("made", "failed"), start, _by_day("renders", start, _ended))


def _credits(start: datetime.datetime) -> Chart:
    return _chart("Credits charged a day", ("charged", ""), start, _by_day("credits", start, _charged))


def _by_day(name: str, start: datetime.datetime, count: Callable[[datetime.datetime], _Days]) -> _Days:
    """What `count` finds from `start` on. Days that are over are counted once: what ended on them does not change."""
    today = timezone.localdate()
    over = [day for n in range(DAYS) if (day := timezone.localdate(start) + datetime.timedelta(days=n)) < today]
    keys = {day: f"front-page:{name}:{timezone.get_current_timezone_name()}:{day}" for day in over}
    kept = {day: cache.get(key) for day, key in keys.items()}
    if missing := [day for day in over if kept[day] is None]:
        counted = count(start + (missing[0] - timezone.localdate(start)))
        for day in missing:
            kept[day] = counted.get(day, (0, 0))
            cache.set(keys[day], kept[day], DAYS * 86_400)
    else:
        counted = count(start + (today - timezone.localdate(start)))
    return kept | {today: counted.get(today, (0, 0))}


def _ended(start: datetime.datetime) -> _Days:
    """Runs done and failed by day."""
    rows = (
        Run.objects.filter(finished_at__gte=start)
        .annotate(day=TruncDate("finished_at"))
        .values("day")
        .annotate(done=Count("pk", filter=Q(state=State.DONE)), failed=Count("pk", filter=Q(state=State.FAILED)))
        .order_by()
    )
    return {row["day"]: (row["done"], row["failed"]) for row in rows}


def _charged(start: datetime.datetime) -> _Days:
    """Credits charged by day: what settled holds had set aside, less what came back."""
    rows = (
        Entry.objects.filter(kind=Entry.Kind.SETTLE, made_at__gte=start)
        .annotate(day=TruncDate("made_at"))
        .values("day")
        .annotate(held=Sum("ends__credits"), back=Sum("credits"))
        .order_by()
    )
    return {row["day"]: (-(row["held"] + row["back"]), 0) for row in rows}


def _chart(title: str, names: tuple[str, str], start: datetime.datetime, found: _Days) -> Chart:
    days = [timezone.localdate(start) + datetime.timedelta(days=n) for n in range(DAYS)]
    values = [found.get(day, (0, 0)) for day in days]
    most = max((good + bad for good, bad in values), default=0) or 1
    bars = tuple(
        Bar(day, good, bad, round(_HEIGHT * good / most, 1), round(_HEIGHT * bad / most, 1))
        for day, (good, bad) in zip(days, values, strict=True)
    )
    return Chart(title, *names, bars)


def _parts() -> Sequence[dict[str, Any]]:
    """Database, queue and engine, each with how it answered, and the queue's own wake-ups."""
    _status, body = health.ready()
    parts = [
        {"name": name, "ok": state["ok"], "note": f"{state['ms']} ms" if state["ok"] else state["error"]}
        for name, state in body.items()
        if isinstance(state, dict)
    ]
    try:
        queue = jobs.queue()
        workers, waiting = len(queue.connection.smembers("rq:workers")), queue.count
    except redis.RedisError:
        return parts
    note = f"{workers} workers, {waiting} wake-ups waiting, {queue.failed_job_registry.count} failed"
    return [*parts, {"name": "workers", "ok": workers > 0, "note": note}]
