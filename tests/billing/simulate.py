"""`make simulate`: the ledger under many processes that die between any two statements.

`python -m tests.billing.simulate --operations 1000000 --processes 4 --seed 1` on the database that DATABASE_URL names,
in a test database of its own that is made and dropped. `--bugs all` runs every deliberate mistake too.
Exits with an error and the problems when a promise is broken.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from types import ModuleType
from typing import Any

ACCOUNTS = 6


def main() -> int:
    """Read the arguments, make the database, run, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=1_000_000)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--crash-rate", type=float, default=0.004, help="of statements")
    parser.add_argument(
        "--bugs",
        choices=("none", "locks", "all"),
        default="none",
        help="also show that deliberate mistakes are noticed: those that only many at once can notice, or all",
    )
    options = parser.parse_args()

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django  # noqa: PLC0415 - settings are named first

    django.setup()
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import setup_databases, teardown_databases  # noqa: PLC0415

    made = setup_databases(verbosity=0, interactive=False)
    try:
        wrong = _simulate(options, None)
        if options.bugs != "none":
            wrong += _try_bugs(options, postgres=connection.vendor == "postgresql")
    finally:
        connection.close()
        teardown_databases(made, verbosity=0)
    return 1 if wrong else 0


def _simulate(options: argparse.Namespace, ledger: ModuleType | None, *, quiet: bool = False) -> list[str]:
    """One run with this ledger (None: the real one); the problems it showed."""
    from django.db import connections  # noqa: PLC0415

    from billing import ledger as real  # noqa: PLC0415
    from tests.billing.simulation import proof  # noqa: PLC0415
    from tests.billing.simulation.world import make_world  # noqa: PLC0415

    verbs = ledger or real
    accounts, actor = make_world(ACCOUNTS)
    # Forked processes may not share the parent's connection.
    connections.close_all()
    share = options.operations // options.processes
    context = multiprocessing.get_context("fork")
    results: Any = context.Queue()
    started = time.perf_counter()
    workers = [
        context.Process(target=_client, args=(verbs, accounts, actor, options, number, share, results))
        for number in range(options.processes)
    ]
    for worker in workers:
        worker.start()
    told = [results.get() for _ in workers]
    for worker in workers:
        worker.join()
    seconds = time.perf_counter() - started
    wrong = [problem for problems, _, _ in told for problem in problems]
    confirmed = [client for _, client, _ in told]
    wrong += proof.problems(verbs, accounts, actor, seed=options.seed, confirmed=confirmed)
    if not quiet:
        _report(told, wrong, share * options.processes, seconds)
    return wrong


def _client(
    verbs: ModuleType, accounts: Any, actor: Any, options: argparse.Namespace, number: int, share: int, results: Any
) -> None:
    """One process of clients."""
    from django.db import connections  # noqa: PLC0415

    from tests.billing.simulation.clients import Client  # noqa: PLC0415

    client = Client(verbs, accounts, actor, seed=options.seed, number=number, crash_rate=options.crash_rate)
    try:
        client.run(share)
    except Exception as error:  # whatever it is, the parent must hear of it
        client.problems.append(f"client {number} stopped: {type(error).__name__}: {error}")
    finally:
        connections.close_all()
        results.put((client.problems, client.confirmed, client.outcomes))


def _try_bugs(options: argparse.Namespace, *, postgres: bool) -> list[str]:
    from tests.billing.simulation import bugs  # noqa: PLC0415

    missed = []
    for number, bug in enumerate(bugs.BUGS):
        if (bug.needs_postgres and not postgres) or (options.bugs == "locks" and not bug.needs_postgres):
            continue
        small = argparse.Namespace(**{**vars(options), "operations": 1500, "seed": options.seed + 1000 + number})
        found = _simulate(small, bugs.copy_with(bug), quiet=True)
        print(f"{'noticed' if found else 'MISSED '}  {bug.name}" + (f": {found[0][:110]}" if found else ""), flush=True)
        missed += [] if found else [bug.name]
    return missed


def _report(told: Any, wrong: list[str], operations: int, seconds: float) -> None:
    from billing.models import Entry  # noqa: PLC0415

    outcomes: Counter[str] = sum((counts for _, _, counts in told), Counter())
    entries = Entry.objects.count()
    print(f"{operations} operations, {entries} entries, {seconds:.0f} s, {operations / seconds:.0f} a second")
    print(", ".join(f"{count} {name}" for name, count in sorted(outcomes.items())))
    for problem in wrong[:50]:
        print(f"PROBLEM {problem}")
    print(f"{len(wrong)} problems")


if __name__ == "__main__":
    sys.exit(main())
