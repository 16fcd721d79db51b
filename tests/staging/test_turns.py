"""Whose render is made next, and that no two workers ever take the same one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from billing import accounts, ledger
from billing.models import Account
from staging import renders, sources, turns
from staging.briefs import Brief
from staging.models import Photo, Render, Run, State
from tests.staging import pictures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def slots(settings: Any) -> None:
    settings.ENGINE_SLOTS = 100


@pytest.fixture
def asked(brief: Brief) -> Callable[[Account, int], list[str]]:
    """Ask for so many renders of an account; their ids."""

    def ask(account: Account, count: int) -> list[str]:
        photo = sources.accept(account, raw=pictures.encoded())
        return [renders.request(account, photo, brief, source="dashboard").public_id for _ in range(count)]

    return ask


def an_account(email: str, plan: str) -> Account:
    account = accounts.open_account(email, None, plan)
    ledger.grant(account, 100, reference=f"test:{email}")
    return account


def order() -> list[str]:
    """The ids of all waiting renders as they are taken."""
    taken = []
    while (run := turns.claim()) is not None:
        taken.append(run.render.public_id)
    return taken


def test_one_accounts_many_do_not_delay_anothers_first(asked: Callable[[Account, int], list[str]]) -> None:
    many, one = an_account("many@example.com", "pro"), an_account("one@example.com", "pro")
    first = asked(many, 5)
    second = asked(one, 1)
    assert order() == [first[0], second[0], *first[1:]]


def test_accounts_take_turns(asked: Callable[[Account, int], list[str]]) -> None:
    a, b = an_account("a@example.com", "pro"), an_account("b@example.com", "pro")
    of_a, of_b = asked(a, 3), asked(b, 3)
    assert order() == [of_a[0], of_b[0], of_a[1], of_b[1], of_a[2], of_b[2]]


def test_paid_plans_go_first(asked: Callable[[Account, int], list[str]]) -> None:
    free, paid = an_account("free@example.com", "free"), an_account("paid@example.com", "pro")
    of_free = asked(free, 2)
    of_paid = asked(paid, 2)
    assert order() == of_paid + of_free


def test_no_more_are_handed_over_than_there_are_slots(
    asked: Callable[[Account, int], list[str]], settings: Any
) -> None:
    settings.ENGINE_SLOTS = 2
    asked(an_account("a@example.com", "pro"), 3)
    assert len(order()) == 2
    assert not turns.anyone_waiting()
    Run.objects.filter(state=State.RUNNING).update(
        state=State.DONE, lease_until=None, finished_at=Run.objects.values_list("queued_at", flat=True)[0]
    )
    assert turns.anyone_waiting()
    assert len(order()) == 1


def test_a_thousand_waiting_delay_anothers_first_by_one_render_and_cost_the_pick_nothing(
    account: Account,
    photo: Photo,
    brief: Brief,
    asked: Callable[[Account, int], list[str]],
    django_assert_max_num_queries: Any,
) -> None:
    asked = Render.objects.bulk_create(
        Render(account=account, photo=photo, source="dashboard", brief_json=brief.to_dict()) for _ in range(1000)
    )
    Run.objects.bulk_create(Run(render=render, account=account, brief_json=brief.to_dict()) for render in asked)
    with django_assert_max_num_queries(5):
        assert turns.claim() is not None


@pytest.mark.django_db(transaction=True)
def test_a_run_is_taken_once_however_many_reach_for_it(asked: Callable[[Account, int], list[str]]) -> None:
    """Seen to fail with the state left out of the compare-and-set in `turns.claim`."""
    wanted = asked(an_account("a@example.com", "pro"), 6)
    taken: list[str] = []
    gate = threading.Barrier(6)

    def reach() -> None:
        gate.wait()
        try:
            while (run := turns.claim()) is not None:
                taken.append(run.render.public_id)
        finally:
            connection.close()

    workers = [threading.Thread(target=reach) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == sorted(wanted)
