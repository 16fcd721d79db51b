"""`make load`: 100 accounts on both APIs and the dashboard of a whole site, with a stand-in for the engine.

Every figure stands beside a bare view of the same run. While they work, one account has asked for two hundred pictures
at once: the others must not feel it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

import httpx

from config import processes
from tests.chaos import cluster
from tests.chaos.site import Site, leave_nothing_behind
from tests.chaos.whole import open_accounts, photo, start, until, until_ready
from tests.load.traffic import PAGES, Somebody, Tally, Traffic

ACCOUNTS, CREDITS, FLOOD = 100, 10_000, 200
PICTURE_SECONDS = 1.0
SETTINGS = {"ENGINE_SLOTS": "8", "API_RATES": "default=1000/1000,pro_plus=1000/1000"}
WATCHED = ("web", "worker-1", "worker-2", "follower", "scheduler")


def main() -> None:
    """Run it; exit status 1 where something was answered wrongly."""
    read = argparse.ArgumentParser(prog="make load", description=__doc__)
    read.add_argument("--seconds", type=float, default=180.0)
    read.add_argument("--callers", type=int, default=24, help="who act at once")
    read.add_argument("--pause", type=float, default=0.5, help="seconds between an answer and the next request")
    read.add_argument("--seed", type=int, default=1)
    asked = read.parse_args()
    leave_nothing_behind()
    with tempfile.TemporaryDirectory(prefix="oh-load-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)
        site = Site(folder)
        try:
            wrong = run(site, folder, asked)
        except cluster.CannotStart as why:
            sys.exit(f"make load cannot run here: {why}")
        except Exception:
            print(site.tails())
            raise
        finally:
            site.close()
    if wrong:
        sys.exit(f"\nWRONG: {wrong}")


def run(site: Site, folder: Path, asked: argparse.Namespace) -> dict[str, int]:
    """One run; which answers were wrong, and how often."""
    environment, url = start(site, folder, SETTINGS, picture_seconds=PICTURE_SECONDS)
    port = processes.free_port()
    site.add("bare", [sys.executable, "-m", "tests.load.bare", str(port)], environment)
    bare = f"http://127.0.0.1:{port}/bare"
    until(lambda: _answers(bare), "the bare view")
    keys = open_accounts(environment, ACCOUNTS + 1, CREDITS)
    people = [Somebody(key, session) for key, session in zip(keys, sessions(len(keys)), strict=True)]
    picture = photo()
    traffic = Traffic(url, bare, people[1:], picture, asked.seed)
    asyncio.run(traffic.run(10, asked.callers, asked.pause))  # warm
    flood(url, people[0].key, picture)
    traffic.tally = Tally()
    memory = Memory(site)
    began = time.monotonic()
    tally = asyncio.run(traffic.run(asked.seconds, asked.callers, asked.pause))
    took = time.monotonic() - began
    memory.stop()
    until_ready(url)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {asked.callers} callers for {took:.0f} s\n")
    report(tally, took)
    memory.report()
    fairness()
    return dict(tally.wrong)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.HTTPError:
        return False


def sessions(count: int) -> list[str]:
    """A session in the dashboard for each account's owner, in the order of the accounts."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: PLC0415
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415

    from billing.models import User  # noqa: PLC0415

    made = []
    for number in range(count):
        user, session = User.objects.get(email=f"account{number}@example.com"), SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        made.append(str(session.session_key))
    return made


def flood(url: str, key: str, picture: bytes) -> None:
    """One account asks for FLOOD pictures at once."""
    headers = {"Authorization": f"Api-Key {key}", "Content-Type": "image/jpeg"}
    arguments = {"room_type": "living", "style": "modern", "wait_for_completion": "false"}
    with httpx.Client(base_url=url, timeout=60) as client:
        for _ in range(FLOOD):
            client.post("/v1/render/create", params=arguments, content=picture, headers=headers).raise_for_status()


def report(tally: Tally, took: float) -> None:
    """Rates and percentiles, and what they are of the bare view's."""
    bare = _percentiles(tally.seconds["the bare view"])
    print(f"{'':>30} {'a second':>9} {'p50 ms':>8} {'/ bare':>7} {'p99 ms':>8} {'/ bare':>7}")
    for name, seconds in sorted(tally.seconds.items()):
        p50, p99 = _percentiles(seconds)
        ratios = f"{p50 * 1000:8.1f} {p50 / bare[0]:7.1f} {p99 * 1000:8.1f} {p99 / bare[1]:7.1f}"
        print(f"{name:>30} {len(seconds) / took:9.1f} {ratios}")
    print(f"{'all':>30} {sum(map(len, tally.seconds.values())) / took:9.1f}   pages: {' '.join(PAGES)}")


def _percentiles(seconds: list[float]) -> tuple[float, float]:
    cut = statistics.quantiles(seconds, n=100) if len(seconds) > 1 else [0.0] * 99
    return cut[49], cut[98]


class Memory:
    """Samples how much memory of their own the processes hold."""

    def __init__(self, site: Site) -> None:
        self.site, self.samples = site, defaultdict[str, list[float]](list)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def _sample(self) -> None:
        while not self._done.wait(2.0):
            for name in WATCHED:
                running = self.site.members[name].running
                if running is not None:
                    self.samples[name].append(_megabytes(running.pid))

    def stop(self) -> None:
        """No more samples."""
        self._done.set()
        self._thread.join()

    def report(self) -> None:
        """The last third of the run beside its second third: 1.0 is flat."""
        for name, samples in self.samples.items():
            third = len(samples) // 3
            if third:
                before, after = statistics.mean(samples[third : 2 * third]), statistics.mean(samples[-third:])
                print(f"{f'memory of {name}':>30}  {after:.0f} MB, {after / before:.2f} of what it was")


def _megabytes(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1024
    return 0.0


def fairness() -> None:
    """How long runs waited for their turn: the account with FLOOD pictures, and everybody else meanwhile."""
    from staging.models import Run  # noqa: PLC0415

    waits: dict[bool, list[float]] = {True: [], False: []}
    flooded = Run.objects.order_by("pk").values_list("account", flat=True)
    first = min(flooded)
    began = Run.objects.filter(account=first).order_by("queued_at").values_list("queued_at", flat=True)[0]
    last = Run.objects.filter(account=first).order_by("-first_started_at").values_list("first_started_at", flat=True)[0]
    done = Run.objects.filter(first_started_at__isnull=False, queued_at__gte=began)
    for account, queued, started in done.values_list("account", "queued_at", "first_started_at"):
        if started is not None and (last is None or queued <= last):
            waits[account == first].append((started - queued).total_seconds())
    for is_flood, name in ((True, f"the account with {FLOOD} at once"), (False, "everybody else meanwhile")):
        found = waits[is_flood]
        if found:
            p50, p99 = _percentiles(found)
            print(f"{'wait for a turn':>30}  {name}: p50 {p50:.2f} s, p99 {p99:.2f} s ({len(found)} runs)")


if __name__ == "__main__":
    main()
