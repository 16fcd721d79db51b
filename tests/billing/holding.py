"""Many processes that hold on one account at once, on PostgreSQL: how many come through, how fast, and is it right.

`python -m tests.billing.holding` prints the rate as a ratio to the bare SQL of one hold done by hand.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import django
from django.apps import apps
from django.db import connection, connections, transaction

if not apps.ready:  # run by itself, and not by pytest
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

from billing import ledger
from billing.models import Account

HOLD_BY_HAND = """
INSERT INTO billing_entry (account_id, sequence, kind, credits, balance_after, reference, note, made_at)
VALUES (%s, %s, 'hold', -1, %s, %s, '', now())
"""


def at_once(account: Account, *, processes: int, each: int, hold: Callable[[Account, str], None]) -> Counter[str]:
    """Let `processes` processes ask for `each` holds of 1 credit; how they came out. Forks, so nothing may be open."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    results: Any = context.Queue()
    gate = context.Barrier(processes)
    workers = [
        context.Process(target=_ask, args=(account, number, each, hold, gate, results)) for number in range(processes)
    ]
    for worker in workers:
        worker.start()
    outcomes: Counter[str] = sum((results.get() for _ in workers), Counter())
    for worker in workers:
        worker.join()
    return outcomes


def by_verb(account: Account, reference: str) -> None:
    """A hold as our code makes it."""
    ledger.hold(account, 1, reference=reference)


def by_hand(account: Account, reference: str) -> None:
    """The least that a hold can be: lock, look, write."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM billing_account WHERE id = %s FOR NO KEY UPDATE", [account.pk])
        cursor.execute(
            "SELECT sequence, balance_after FROM billing_entry WHERE account_id = %s ORDER BY sequence DESC LIMIT 1",
            [account.pk],
        )
        sequence, balance = cursor.fetchone()
        if balance >= 1:
            cursor.execute(HOLD_BY_HAND, [account.pk, sequence + 1, balance - 1, reference])


def _ask(account: Account, number: int, each: int, hold: Callable[..., None], gate: Any, results: Any) -> None:
    outcomes: Counter[str] = Counter()
    connection.ensure_connection()
    gate.wait(60)
    for place in range(each):
        try:
            hold(account, f"at-once:{account.pk}:{number}:{place}")
            outcomes["held"] += 1
        except Exception as error:  # whatever it is, its name is counted
            outcomes[type(error).__name__] += 1
    connection.close()
    results.put(outcomes)


def rates(make_account: Callable[[int], Account], *, processes: int = 4, each: int = 100) -> tuple[float, float]:
    """Holds a second on one account: by the verb, and by hand."""
    found = []
    for hold in (by_verb, by_hand):
        account = make_account(processes * each)
        started = time.perf_counter()
        outcomes = at_once(account, processes=processes, each=each, hold=hold)
        assert outcomes == {"held": processes * each}, outcomes
        found.append(processes * each / (time.perf_counter() - started))
    return found[0], found[1]


def main() -> int:
    """Make a database, measure, print."""
    from django.test.utils import setup_databases, teardown_databases  # noqa: PLC0415

    from tests.billing.simulation.world import make_world  # noqa: PLC0415

    if connection.vendor != "postgresql":
        print("holds on one account: not measured, DATABASE_URL names no PostgreSQL")
        return 0

    def funded(credits: int) -> Account:
        account = make_world(2)[0][0]
        ledger.grant(account, credits, reference=f"bench:{account.pk}")
        return account

    made = setup_databases(verbosity=0, interactive=False)
    try:
        verb, hand = rates(funded)
    finally:
        connection.close()
        teardown_databases(made, verbosity=0)
    print(f"holds on one account, 4 processes: {verb:.0f} a second, {verb / hand:.2f} of the bare SQL ({hand:.0f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
