"""The platform's part of `make bench`: held requests, polls, what the platform adds to a render, and holds of credits.

Each figure stands beside its other arm in one run: with and without held requests, our poll and the stock one, our line
and the stock job, the ledger's verb and its bare SQL. The web process, the workers and the stand-in for the engine are
real processes. `python -m tests.benches.platform line` measures that part alone (held, polls, line, holds).
"""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
from collections.abc import Iterator

from tests.benches.place import ROOT, Place, Row, place

PARTS = ("held", "polls", "line", "holds")


def rows(parts: tuple[str, ...]) -> Iterator[Row]:
    """Every row of the platform's table, as soon as it is known."""
    if "holds" in parts:
        # Before `place` names a database of the bench's own.
        yield "holds on one account", holds()
    with place() as here:
        import django  # noqa: PLC0415 - the settings are read from what `place` has set

        django.setup()
        from tests.staging.pictures import encoded  # noqa: PLC0415

        # A socket for each request that waits.
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        if {"held", "polls"} & set(parts):
            yield from _web_alone(here, encoded(), parts)
        if "line" in parts:
            from tests.benches.line import line  # noqa: PLC0415

            yield from line(here, encoded())


def _web_alone(here: Place, photo: bytes, parts: tuple[str, ...]) -> Iterator[Row]:
    """What one web process does without workers."""
    from tests import serving  # noqa: PLC0415
    from tests.benches.callers import Client  # noqa: PLC0415
    from tests.benches.held import Ends, held  # noqa: PLC0415
    from tests.benches.polls import polls  # noqa: PLC0415

    web = serving.Web(here.folder, here.environment)
    web.start()
    client = Client(web.port, here.key)
    try:
        if "held" in parts:
            yield from asyncio.run(held(web, client, photo, Ends()))
        if "polls" in parts:
            yield from polls(here, client, photo)
    finally:
        web.kill()


def holds() -> str:
    """Holds a second by many processes on one account, beside the bare SQL; wants DATABASE_URL=postgres://..."""
    command = [sys.executable, "-m", "tests.billing.holding"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def main() -> None:
    """Print the platform's table, or the parts of it that the arguments name."""
    print("\n| the platform: what | figure |\n|---|---|", flush=True)
    for what, figure in rows(tuple(sys.argv[1:]) or PARTS):
        print(f"| {what} | {figure} |", flush=True)


if __name__ == "__main__":
    main()
