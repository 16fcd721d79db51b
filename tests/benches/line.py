"""What the platform adds to a render: by our line, and by one RQ job that waits for the engine.

How it is measured: fifty callers at once, each of whom asks for a render with a small photo (480 x 320) that nobody
sent before, waits for the answer on the held connection, and asks again. They begin spread evenly over the stand-in's
time, so that fifty are in flight in a steady state and two come and go a second. From the first byte of a request to
the last of its answer, less the stand-in's 25 seconds from a job's last byte to its end, is the platform's:
taking the photo in and decoding it, the rows and the hold, waking a worker, handing over, noticing the end, fetching,
checking and storing the pictures, settling, waking the caller. The stand-in reads the job and packs its pictures within
its own time. Web process, worker, follower, scheduler, stand-in, database and
callers share the machine.

The stock arm has as many renders in flight as it has forked workers, each of which polls the stand-in every half second
and then fetches the pictures: no photo is taken in, nothing is checked, stored or paid for.
"""

from __future__ import annotations

import asyncio
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from tests.benches.callers import CREATE, Client
from tests.benches.place import ENVIRONMENT, IN_FLIGHT, ROOT, Place, Row, cpu_seconds, ms

# As long as a picture takes on a graphics card or two; fifty of them in flight are then two ends a second.
STAND_IN_SECONDS, STOCK_WORKERS = 25.0, 8
OURS = ("work", "follow", "schedule")


async def whole_line(client: Client, photo: bytes, seconds: float, rounds: int) -> list[float]:
    """Seconds beyond the stand-in's own of renders that are asked for one after the other, `IN_FLIGHT` at a time."""
    beyond: list[float] = []

    async def one(number: int) -> None:
        # Spread over the stand-in's time, as callers are who do not know each other.
        await asyncio.sleep(number * seconds / IN_FLIGHT)
        for _ in range(rounds):
            # Nobody sends the same photo twice: what follows the end of a JPEG makes another file of the same picture.
            other = photo + secrets.token_bytes(8)
            started = time.perf_counter()
            status, body = await client.call("POST", CREATE, other)
            assert status == 200, body
            beyond.append(time.perf_counter() - started - seconds)

    await asyncio.gather(*(one(number) for number in range(IN_FLIGHT)))
    return beyond


def line(here: Place, photo: bytes, *, seconds: float = STAND_IN_SECONDS, rounds: int = 2) -> Iterator[Row]:
    """What a render takes beyond the stand-in's time: by our line, and by one RQ job that waits for it."""
    from tests import serving  # noqa: PLC0415
    from tests.staging.stack import Stack  # noqa: PLC0415

    found = Stack(here.folder, here.environment["REDIS_URL"])
    found.environment |= ENVIRONMENT | {"RUN_LEASE_SECONDS": "60", "SWEEP_SECONDS": "10"}
    web = serving.Web(here.folder, found.environment)
    try:
        found.start_engine(seconds=seconds, packed=True)
        found.start(*OURS)
        web.start()
        client = Client(web.port, here.key)
        # Until the first picture is there, the processes are still starting.
        asyncio.run(client.call("POST", CREATE, photo))
        processes = [web.pid, *(found.running[name].pid for name in OURS)]
        before = cpu_seconds(processes)
        beyond = asyncio.run(whole_line(client, photo, seconds, rounds))
        spent = (cpu_seconds(processes) - before) / len(beyond)
        found.kill(*OURS)
        what = f"beyond the stand-in's time, {IN_FLIGHT} in flight on {here.database}, p50 / p90 of {len(beyond)}"
        yield what, f"{ms(beyond, 50)} / {ms(beyond, 90)} ms"
        yield "processor time of all our processes for one of them", f"{spent * 1000:.0f} ms"
        theirs = stock_jobs(here, found.environment, photo, seconds)
        yield f"the same by RQ jobs, {STOCK_WORKERS} in flight and workers", f"{ms(theirs, 50)} / {ms(theirs, 90)} ms"
    finally:
        web.kill()
        found.kill(*found.running)


def stock_jobs(here: Place, environment: dict[str, str], photo: bytes, seconds: float) -> list[float]:
    """Seconds beyond the stand-in's time of jobs that each hold a forked worker."""
    import django_rq  # noqa: PLC0415

    file = here.folder / "stock.jpg"
    file.write_bytes(photo)
    # What our killed workers left in the queue is not this arm's work.
    queue, beyond = django_rq.get_queue("default"), []
    queue.empty()
    command = [sys.executable, "manage.py", "rqworker", "default", "--serializer", "rq.serializers.JSONSerializer"]
    workers = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(STOCK_WORKERS)
    ]
    try:
        deadline = time.monotonic() + 120
        while len(_live_workers(queue)) < STOCK_WORKERS and time.monotonic() < deadline:
            time.sleep(0.2)
        began, jobs = [], []
        for number in range(STOCK_WORKERS):
            time.sleep(seconds / STOCK_WORKERS)
            began.append(time.time())
            jobs.append(queue.enqueue("tests.benches.stock_arm.render", str(file), number, result_ttl=600))
        deadline = time.monotonic() + 4 * seconds + 60
        while any(job.return_value() is None for job in jobs):
            failed = [found.exc_string for job in jobs if job.is_failed and (found := job.latest_result())]
            if failed or time.monotonic() > deadline:
                raise RuntimeError(f"a stock job did not end: {failed[:1]}")
            time.sleep(0.2)
        beyond += [float(job.return_value()) - at - seconds for job, at in zip(jobs, began, strict=True)]
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    return beyond


def _live_workers(queue: Any) -> list[Any]:
    from rq import Worker  # noqa: PLC0415

    return list(Worker.all(queue=queue))
