"""`make chaos`: 500 renders while workers, engine, web, Redis and PostgreSQL are killed at 200 random points.

Everything is real but the engine, whose stand-in takes a second and forgets all jobs when it is killed. Now
and then a worker is not killed but held up for longer than its lease, and goes on when others have done its work. The
seed says who calls when and who is killed when. `--without lease` or `--without compare` takes that guard out of the
workers, and then the run has to fail.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from tests.chaos import cluster
from tests.chaos.broken import GUARDS
from tests.chaos.callers import Call, plan, serve
from tests.chaos.site import Site, leave_nothing_behind
from tests.chaos.verdict import Kill, judge, refused_by_constraints
from tests.chaos.whole import WORKERS, open_accounts, photo, start, until_ready

PICTURE_SECONDS = 1.0
# With a guard taken out a picture's way back takes as long as from another machine: a worker that is held up is then in
# the middle of something. Where recovery is measured, two workers have too little time left for that.
SEND_SECONDS = 0.4
# Longer than a lease and a sweep (below): whoever is held up comes back to runs that others have taken over.
PAUSE_SECONDS = 14.0
RECOVERY_SECONDS = 15.0
ACCOUNTS, CREDITS = 10, 10_000
SETTLING_SECONDS = 120.0
SETTINGS = {"RUN_RETRY_SECONDS": "1", "SWEEP_SECONDS": "2", "RUN_LEASE_SECONDS": "6", "ENGINE_SLOTS": "6"}


def main() -> None:
    """Run it and say what was found; exit status 1 where something is wrong."""
    read = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    read.add_argument("--renders", type=int, default=500)
    read.add_argument("--kills", type=int, default=200)
    read.add_argument("--pauses", type=int, default=10, help="times that a worker is held up")
    read.add_argument("--seconds", type=float, default=300.0, help="over which both are spread")
    read.add_argument("--seed", type=int, default=1)
    read.add_argument("--without", choices=sorted(GUARDS), default="", help="take a guard out")
    read.add_argument("--only", nargs="*", default=[], help="whom to kill; everybody when nobody is named")
    asked = read.parse_args()
    leave_nothing_behind()
    with tempfile.TemporaryDirectory(prefix="oh-chaos-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)
        try:
            wrong = run(folder, asked)
        except cluster.CannotStart as why:
            sys.exit(f"make chaos cannot run here: {why}")
    if wrong:
        print("\n".join(["", "WRONG:", *wrong[:20]]))
        sys.exit(1)
    print("\nNothing lost, nothing charged twice, the ledger exact.")


def run(folder: Path, asked: argparse.Namespace) -> list[str]:
    """One run in `folder`; what was wrong."""
    site, send_seconds = Site(folder), SEND_SECONDS if asked.without else 0.0
    try:
        environment, url = start(
            site, folder, SETTINGS, picture_seconds=PICTURE_SECONDS, send_seconds=send_seconds, without=asked.without
        )
        keys = open_accounts(environment, ACCOUNTS, CREDITS)
        picture = photo()
        calls = plan(asked.seed, keys, asked.renders, asked.seconds)
        kills = kill_plan(asked.seed, asked.kills, asked.seconds, asked.only or list(site.members))
        pauses = pause_plan(asked.seed, asked.pauses, asked.seconds)
        plans = f"{len(calls)} renders, {len(kills)} kills, {len(pauses)} pauses"
        print(f"seed {asked.seed}: {plans} in {asked.seconds:.0f} s", flush=True)
        done = _both(site, calls, kills, pauses, url, picture, asked.seconds)
        until_ready(url)
        verdict = judge(calls, done, CREDITS, picture_seconds=PICTURE_SECONDS + send_seconds, limit=RECOVERY_SECONDS)
        refused_by_constraints(verdict, [site.members[name].log for name in (*WORKERS, "follower", "scheduler")])
        print("killed: " + ", ".join(f"{name} {count}" for name, count in sorted(site.deaths.items())))
        print(f"workers held up for {PAUSE_SECONDS:.0f} s: {len(pauses)} times")
        for name, figure in verdict.figures.items():
            print(f"{name:>58}  {figure}")
        if verdict.wrong and os.environ.get("CHAOS_LOGS"):
            print(site.tails())
        return verdict.wrong
    except TimeoutError:
        print(site.tails())
        raise
    finally:
        site.close()


def kill_plan(seed: int, count: int, seconds: float, names: list[str]) -> list[tuple[float, str]]:
    """When (seconds from the start) and who: at random moments, each member as often as any other."""
    dice = random.Random(f"kills {seed}")
    return sorted((dice.uniform(0, seconds), names[number % len(names)]) for number in range(count))


def pause_plan(seed: int, count: int, seconds: float) -> list[tuple[float, str]]:
    """When which worker is held up: one at a time where the seconds allow it, or nobody would be left to work."""
    dice = random.Random(f"pauses {seed}")
    share = seconds / max(1, count)
    spare = max(0.0, share - PAUSE_SECONDS)
    return [(place * share + dice.uniform(0, spare), dice.choice(WORKERS)) for place in range(count)]


def _both(
    site: Site,
    calls: list[Call],
    kills: list[tuple[float, str]],
    pauses: list[tuple[float, str]],
    url: str,
    picture: bytes,
    seconds: float,
) -> list[Kill]:
    """Let the callers call, kill and hold up meanwhile; what was done when."""
    began, done = time.monotonic(), []
    events = sorted([(due, name, False) for due, name in kills] + [(due, name, True) for due, name in pauses])

    def killer() -> None:
        for due, name, is_pause in events:
            time.sleep(max(0.0, began + due - time.monotonic()))
            if is_pause:
                site.hold_up(name, PAUSE_SECONDS)
            else:
                site.kill(name)
            done.append(Kill(time.time(), name))

    def watcher() -> None:
        while thread.is_alive():
            ended = Counter(call.status or "open" for call in calls)
            print(f"  {time.monotonic() - began:5.0f} s  {len(done)} kills and pauses, {dict(ended)}", flush=True)
            thread.join(15)

    thread = threading.Thread(target=killer, daemon=True)
    thread.start()
    threading.Thread(target=watcher, daemon=True).start()
    asyncio.run(serve(calls, url, picture, until=began + seconds + SETTLING_SECONDS))
    thread.join()
    return done


if __name__ == "__main__":
    main()
