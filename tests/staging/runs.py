"""What a test does to a run, in the place of worker, follower and clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from billing import ledger
from billing.models import Account
from staging import jobs, pipeline, renders
from staging.backends.base import Pictures
from staging.models import Render, Run


def run_of(render: Render) -> Run:
    return renders.latest_run(render)


def due_now(render: Render) -> None:
    """Let the pause before the next try be over."""
    Run.objects.filter(render=render).update(not_before=timezone.now())


def kinds(account: Account) -> list[str]:
    return [entry.kind for entry in ledger.statement(account)][::-1]


def go(render: Render) -> None:
    """What worker and follower do for one run, once."""
    jobs.start_next()
    jobs.look_after(run_of(render).pk)


def listing(run: Run) -> Pictures:
    """What the backend lists of a job that is done."""
    listed = pipeline._poll(run)
    assert isinstance(listed, Pictures)
    return listed


def lease_is_over(render: Render) -> None:
    Run.objects.filter(render=render).update(lease_until=timezone.now() - timedelta(seconds=1))


def work_while_waiting(monkeypatch: pytest.MonkeyPatch, work: Callable[[], Any]) -> None:
    """Do the work where a waiting caller would sleep; others' sleeps, the stand-in's too, stay as they are."""
    clock = SimpleNamespace(monotonic=time.monotonic, sleep=lambda _seconds: work())
    monkeypatch.setattr("staging.wakeups.time", clock)
