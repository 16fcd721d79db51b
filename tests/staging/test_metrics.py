"""Figures for Prometheus of renders, credits and the queue are those of the rows."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
import time_machine as clock
from prometheus_client.parser import text_string_to_metric_families

from billing import ledger
from billing.models import Account
from config.metrics import Meters
from staging import pipeline, renders, turns
from staging.backends.base import Failed, FailureClass
from staging.briefs import Brief
from staging.models import Photo, Run
from tests.staging.runs import run_of


def value(meters: Meters, name: str, **labels: str) -> float:
    """The sample of this name and labels; 0 where there is none."""
    for family in text_string_to_metric_families(meters.text().decode()):
        for sample in family.samples:
            if (sample.name, sample.labels) == (name, labels):
                return float(sample.value)
    return 0.0


@pytest.fixture
def time_machine() -> Iterator[clock.Coordinates]:
    """A clock that stands still until it is moved."""
    with clock.travel(datetime.datetime.now(datetime.UTC), tick=False) as traveller:
        yield traveller


@pytest.mark.django_db
def test_queue_ends_and_credits_are_those_of_the_rows(
    account: Account, photo: Photo, brief: Brief, time_machine: clock.Coordinates
) -> None:
    meters = Meters()
    render, other = (renders.request(account, photo, brief) for _ in range(2))
    time_machine.shift(20)
    plan = str(account.plan_id)
    assert value(meters, "openhouse_runs_waiting", plan=plan) == 2
    assert value(meters, "openhouse_queue_age_seconds", plan=plan) == 20

    claimed = turns.claim()
    assert claimed is not None
    assert value(meters, "openhouse_runs_running") == 1
    time_machine.shift(7)
    pipeline.finish(claimed, [])
    second = turns.claim()
    assert second is not None
    pipeline.fail(second, Failed(FailureClass.NOTHING_USABLE, "no_floor", "There is no floor."))
    time_machine.shift(60)

    assert {run_of(render).state, run_of(other).state} == {"done", "failed"}
    assert value(meters, "openhouse_runs_ended_total", kind="staging", state="done") == 1
    assert value(meters, "openhouse_runs_failed_total", failure="nothing_usable", code="no_floor") == 1
    assert value(meters, "openhouse_render_seconds_sum", kind="staging", backend="engine") == 7
    assert value(meters, "openhouse_credits_total", kind="hold") == 4
    assert value(meters, "openhouse_credits_total", kind="release") == 2
    # Read twice, counted once.
    assert value(meters, "openhouse_runs_ended_total", kind="staging", state="done") == 1


@pytest.mark.django_db
def test_what_happened_before_is_not_counted(account: Account, time_machine: clock.Coordinates) -> None:
    ledger.grant(account, 5, reference="before")
    time_machine.shift(1)
    meters = Meters()
    time_machine.shift(60)
    assert value(meters, "openhouse_credits_total", kind="grant") == 0


@pytest.mark.django_db
def test_a_lease_that_ran_out_is_seen(account: Account, photo: Photo, brief: Brief) -> None:
    renders.request(account, photo, brief)
    claimed = turns.claim()
    assert claimed is not None
    meters = Meters()
    assert value(meters, "openhouse_leases_run_out") == 0
    Run.objects.filter(pk=claimed.pk).update(lease_until=claimed.queued_at)
    assert value(meters, "openhouse_leases_run_out") == 1
