"""What must be true when the dust has settled, read from the database, the storage and the callers' own notes."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from tests.chaos.callers import Call

REFUSED = re.compile(r"(?:IntegrityError|UniqueViolation|AlreadyEnded)(?=:)")


@dataclass(frozen=True)
class Kill:
    """One process killed at a time (seconds since the epoch)."""

    at: float
    name: str


@dataclass
class Verdict:
    """What is wrong, in sentences, and the figures."""

    wrong: list[str] = field(default_factory=list)
    figures: dict[str, str] = field(default_factory=dict)


def judge(
    calls: Sequence[Call], kills: Sequence[Kill], granted: int, *, picture_seconds: float, limit: float
) -> Verdict:
    """Look at everything. `limit`: seconds within which whatever a kill hit has to be back; `granted`: credits that
    each account began with."""
    verdict = Verdict()
    _nothing_lost(verdict, calls)
    _charged_once(verdict, granted)
    _pictures_there(verdict)
    _recovered(verdict, calls, kills, picture_seconds, limit)
    return verdict


def _nothing_lost(verdict: Verdict, calls: Sequence[Call]) -> None:
    from staging.models import Render, Run, State  # noqa: PLC0415

    ended = Counter(call.status for call in calls)
    rows, ids = Render.objects.count(), {call.render_id for call in calls if call.render_id}
    states = Counter(Run.objects.values_list("state", flat=True))
    if ended[""]:
        verdict.wrong.append(f"{ended['']} of {len(calls)} callers never saw an end")
    if rows != len(calls) or len(ids) != len(calls):
        verdict.wrong.append(f"{len(calls)} calls made {rows} renders and were told {len(ids)} ids")
    missing = ids - set(Render.objects.values_list("public_id", flat=True))
    if missing:
        verdict.wrong.append(f"{len(missing)} accepted renders are not in the database")
    if states[State.QUEUED] or states[State.RUNNING]:
        verdict.wrong.append(f"runs left over: {dict(states)}")
    verdict.figures["renders done / failed without charge"] = f"{states[State.DONE]} / {states[State.FAILED]}"
    verdict.figures["runs tried more than once"] = str(Run.objects.filter(attempt__gt=1).count())
    verdict.figures["creates asked for again"] = str(dict(sum((call.repeats for call in calls), Counter())))


def _charged_once(verdict: Verdict, granted: int) -> None:
    from billing import ledger  # noqa: PLC0415
    from billing.models import Account, Entry  # noqa: PLC0415
    from billing.reconciliation import reconcile, unexplained  # noqa: PLC0415
    from staging.models import Run, State  # noqa: PLC0415

    for account in Account.objects.all():
        verdict.wrong += [f"ledger of {account.pk}: {found}" for found in [*reconcile(account), *unexplained(account)]]
        done = Run.objects.filter(account=account, state=State.DONE).exclude(hold_reference="").count()
        expected = granted - done * _price()
        if ledger.balance(account) != expected:
            verdict.wrong.append(f"account {account.pk} has {ledger.balance(account)} credits, not {expected}")
    kinds = Counter(Entry.objects.values_list("kind", flat=True))
    if kinds["hold"] != kinds["settle"] + kinds["release"]:
        verdict.wrong.append(f"holds and ends differ: {dict(kinds)}")
    verdict.figures["entries: hold / settle / release"] = f"{kinds['hold']} / {kinds['settle']} / {kinds['release']}"


def refused_by_constraints(verdict: Verdict, logs: Sequence[Path]) -> None:
    """Two who end the same run must find out by comparing. That the database's constraints stopped the second one in
    the end is luck, not design: there would be none for the next thing that an end does."""
    words = Counter(word for log in logs for word in REFUSED.findall(log.read_text(errors="replace")))
    verdict.figures["ends that only a constraint of the database stopped"] = str(words.total())
    if words:
        verdict.wrong.append(f"ended by two at once, and stopped by the database alone: {dict(words)}")


def _price() -> int:
    from django.conf import settings  # noqa: PLC0415

    return int(settings.PRICES["staging"])


def _pictures_there(verdict: Verdict) -> None:
    from django.core.files.storage import default_storage  # noqa: PLC0415

    from staging.models import Output, Run, State  # noqa: PLC0415

    pictures = Counter(Output.objects.values_list("run_id", flat=True))
    for run in Run.objects.filter(state=State.DONE):
        if pictures[run.pk] != 2:
            verdict.wrong.append(f"run {run.pk} is done with {pictures[run.pk]} pictures")
    gone = [one.master.name for one in Output.objects.all() if not default_storage.exists(one.master.name)]
    if gone:
        verdict.wrong.append(f"{len(gone)} pictures are not in the storage, {gone[0]} among them")


def _recovered(verdict: Verdict, calls: Sequence[Call], kills: Sequence[Kill], seconds: float, limit: float) -> None:
    """From the last kill in a run's life to its end, less the picture's own time: nobody waits longer than `limit`.

    A run's life begins when it was first taken up; before that it waits for its turn. A create that a kill hit has
    to be answered as soon.
    """
    from staging.models import Run, State  # noqa: PLC0415

    times = sorted(kill.at for kill in kills)
    waits = []
    for run in Run.objects.filter(state__in=(State.DONE, State.FAILED), first_started_at__isnull=False):
        assert run.first_started_at is not None
        assert run.finished_at is not None
        waits += _since_last(times, run.first_started_at.timestamp(), _clock(run.finished_at, seconds))
    answers = []
    for call in calls:
        if call.accepted_at:
            answers += _since_last(times, call.asked_at, call.accepted_at)
    for what, found in (("render", waits), ("create", answers)):
        if not found:
            continue
        spread = f"{statistics.median(found):.1f} / {max(found):.1f} s"
        verdict.figures[f"a {what} that a kill hit went on after, median / longest"] = spread
        late = sum(one > limit for one in found)
        if late:
            verdict.wrong.append(f"{late} of {len(found)} {what}s took more than {limit:.0f} s to go on after a kill")


def _clock(moment: datetime, less: float) -> float:
    return (moment - timedelta(seconds=less)).timestamp()


def _since_last(kills: Sequence[float], began: float, ended: float) -> list[float]:
    """Seconds from the last of the `kills` in between to the end; empty where none fell in between."""
    inside = [at for at in kills if began <= at <= ended]
    return [ended - inside[-1]] if inside else []
