"""A small sample of `make simulate`, and the deliberate bugs that it has to notice."""

from __future__ import annotations

from types import ModuleType

import pytest
from django.db import connection

from billing import ledger
from tests.billing.simulation import bugs, proof
from tests.billing.simulation.clients import Client
from tests.billing.simulation.world import make_world

pytestmark = pytest.mark.django_db


def _problems(
    verbs: ModuleType, *, seed: int, operations: int, crash_rate: float = 0.0, nonsense: float = 0.04
) -> list[str]:
    accounts, actor = make_world(3)
    client = Client(verbs, accounts, actor, seed=seed, number=0, crash_rate=crash_rate, nonsense=nonsense, alone=True)
    client.run(operations)
    return [*client.problems, *proof.problems(verbs, accounts, actor, seed=seed, confirmed=[client.confirmed])]


@pytest.mark.parametrize("seed", [1, 2])
def test_crashes_doubles_and_nonsense_break_no_promise(seed: int) -> None:
    assert _problems(ledger, seed=seed, operations=250, crash_rate=0.03) == []


def test_a_copy_without_a_bug_is_as_good() -> None:
    assert _problems(bugs.copy_with(None), seed=3, operations=100) == []


@pytest.mark.parametrize("bug", [bug for bug in bugs.BUGS if not bug.needs_postgres], ids=lambda bug: bug.name)
def test_a_deliberate_bug_is_noticed(bug: bugs.Bug) -> None:
    verbs = bugs.copy_with(bug)

    # Most show within a few operations; a rare one gets further tries.
    assert any(_problems(verbs, seed=seed, operations=140, nonsense=0.15) for seed in range(10, 30))


def test_there_are_twenty_bugs_and_all_change_the_source() -> None:
    assert len(bugs.BUGS) >= 20
    for bug in bugs.BUGS:
        bugs.copy_with(bug)
    assert connection.vendor in {"sqlite", "postgresql"}
