"""Leases are renewed as long as the work goes on, all of them by one thread, and not a moment longer."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.signals import connection_created
from django.utils import timezone

from billing.models import Account
from staging import leases, renders, turns
from staging.briefs import Brief
from staging.models import Photo, Run

pytestmark = pytest.mark.django_db(transaction=True)


def claimed(account: Account, photo: Photo, brief: Brief) -> Run:
    renders.request(account, photo, brief)
    run = turns.claim()
    assert run is not None
    return run


def seconds_left(run: Run) -> float:
    run.refresh_from_db(fields=["lease_until"])
    assert run.lease_until is not None
    return (run.lease_until - timezone.now()).total_seconds()


def test_a_short_lease_is_renewed_though_the_thread_slept_for_a_long_one(
    account: Account, photo: Photo, brief: Brief, settings: Any
) -> None:
    settings.RUN_LEASE_SECONDS, settings.ENGINE_SLOTS = 600, 2
    long, short = (claimed(account, photo, brief) for _ in range(2))
    with leases.kept(long):
        threads = threading.active_count()
        # Until its thread sleeps.
        time.sleep(0.2)
        settings.RUN_LEASE_SECONDS = 0.9
        with leases.kept(short):
            Run.objects.filter(pk=short.pk).update(lease_until=leases.end())
            for _ in range(10):
                time.sleep(0.2)
                assert seconds_left(short) > 0
            assert threading.active_count() == threads
        assert seconds_left(long) > 500


def test_the_columns_that_go_with_it_are_renewed_and_none_once_the_work_is_over(
    account: Account, photo: Photo, brief: Brief, settings: Any
) -> None:
    settings.RUN_LEASE_SECONDS = 0.3
    run = claimed(account, photo, brief)
    with leases.kept(run, "collecting_until"):
        time.sleep(0.5)
    run.refresh_from_db()
    assert run.collecting_until is not None
    assert run.collecting_until == run.lease_until
    past = timezone.now() - timedelta(hours=1)
    Run.objects.filter(pk=run.pk).update(lease_until=past)
    time.sleep(0.5)
    assert seconds_left(run) < -3000


def test_a_lease_that_cannot_be_renewed_once_is_renewed_the_next_time(
    account: Account, photo: Photo, brief: Brief, settings: Any
) -> None:
    settings.RUN_LEASE_SECONDS = 0.6
    run, troubles = claimed(account, photo, brief), []

    def refuse(connection: Any, **_: Any) -> None:
        # Whoever renews connects anew each time.
        if threading.current_thread() is not threading.main_thread() and not troubles:
            troubles.append("the database is away")
            connection.close()
            raise OperationalError(troubles[0])

    connection_created.connect(refuse)
    try:
        with leases.kept(run):
            time.sleep(1.5)
    finally:
        connection_created.disconnect(refuse)
    assert troubles
    assert seconds_left(run) > 0
