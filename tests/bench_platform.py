"""The platform's part of `make bench`: held requests, polls, and what the platform adds to a render.

Each figure stands beside its other arm in one run: with and without held requests, our poll and the stock one, our line
and the stock job. The web process, the workers and the stand-in for the engine are real processes; the clients are
coroutines of this one, over plain sockets, so that they cost little beside what they measure.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HELD, ENDED_AT_ONCE, PACED = 2000, 1600, 300
PACE_SECONDS = 0.03
WAVE, WARM = 250, 300
POLLS = 400
IN_FLIGHT = 50
ENVIRONMENT = {
    "LOG_LEVEL": "WARNING",
    "WAIT_MAX_SECONDS": "600",
    "RENDERS_IN_FLIGHT": "100000",
    "ENGINE_SLOTS": str(IN_FLIGHT),
    "ENGINE_TOKEN": "",
    "API_RATES": "default=1000000/1000000,pro_plus=1000000/1000000",
    "API_INTAKE": "100000",
}
Row = tuple[str, str]


@dataclass(frozen=True)
class Place:
    """A folder with a database and a Redis of its own, and a key of an account with many credits."""

    folder: Path
    environment: dict[str, str]
    key: str


@contextlib.contextmanager
def place() -> Iterator[Place]:
    """Make it, and leave nothing behind."""
    from tests import serving  # noqa: PLC0415 - wants Django

    os.environ.pop("REDIS_URL", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with tempfile.TemporaryDirectory() as scratch, serving.redis_server(Path(scratch)) as redis_url:
        folder = Path(scratch)
        os.environ |= {
            "DATABASE_URL": f"sqlite://{folder / 'bench.sqlite3'}",
            "REDIS_URL": redis_url,
            "DATA_DIR": str(folder),
            "PYTHONUNBUFFERED": "1",
            **ENVIRONMENT,
        }
        environment = dict(os.environ)
        _manage(environment, "migrate", "--verbosity", "0")
        told = _manage(environment, "create_account", "bench@example.com", "--credits", "1000000")
        yield Place(folder, environment, told.split()[-1])


def _manage(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout


# --- clients ----------------------------------------------------------------------------------------------


@dataclass
class Client:
    """Speaks HTTP/1.1 over sockets of its own."""

    port: int
    key: str

    async def call(self, method: str, path: str, body: bytes = b"", kind: str = "image/jpeg") -> tuple[int, bytes]:
        """One request on a connection of its own."""
        connection = await self.open()
        try:
            return await self.on(connection, method, path, body, kind)
        finally:
            connection[1].close()

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def on(
        self,
        connection: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        method: str,
        path: str,
        body: bytes = b"",
        kind: str = "image/jpeg",
    ) -> tuple[int, bytes]:
        """One request on an open connection."""
        reader, writer = connection
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Api-Key {self.key}\r\n"
        writer.write(f"{head}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        head_bytes = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head_bytes.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return int(head_bytes.split(b" ", 2)[1]), await reader.readexactly(length)


CREATE = "/v1/render/create?room_type=living&style=modern"


async def poll_times(client: Client, render_id: str, count: int, pause: float = 0.02) -> list[float]:
    """Seconds that each of `count` polls took, paced."""
    connection, times = await client.open(), []
    for _ in range(count):
        started = time.perf_counter()
        status, _ = await client.on(connection, "GET", f"/v1/render?render_id={render_id}")
        times.append(time.perf_counter() - started)
        assert status == 200
        await asyncio.sleep(pause)
    connection[1].close()
    return times


async def requests_a_second(
    client: Client, render_id: str, path: str = "/v1/render", seconds: float = 6.0, connections: int = 8
) -> float:
    """Polls answered a second, asked for without a pause on a few connections."""
    until, done = time.perf_counter() + seconds, 0

    async def ask() -> None:
        nonlocal done
        connection = await client.open()
        while time.perf_counter() < until:
            status, _ = await client.on(connection, "GET", f"{path}?render_id={render_id}")
            assert status == 200
            done += 1
        connection[1].close()

    await asyncio.gather(*(ask() for _ in range(connections)))
    return done / seconds


# --- held requests ----------------------------------------------------------------------------------------


async def held(web: Any, client: Client, photo: bytes, ends: Ends) -> list[Row]:
    """The rows about requests that wait."""
    _, body = await client.call("POST", f"{CREATE}&wait_for_completion=0", photo)
    polled = json.loads(body)["render_id"]
    # A warm process: its pools of threads and what they import are no cost of waiting.
    await asyncio.gather(*(client.call("POST", f"{CREATE}&wait_for_completion=0", photo) for _ in range(WARM)))
    await requests_a_second(client, polled, seconds=2.0)
    alone = await poll_times(client, polled, POLLS)
    before = megabytes(web.pid)
    answers: dict[str, tuple[float, int]] = {}
    waiting: list[asyncio.Task[None]] = []
    while len(waiting) < HELD:
        # In waves: what is asked for in one moment waits to be decoded, and only a thousand may.
        waiting += [asyncio.create_task(_wait(client, photo, answers)) for _ in range(min(WAVE, HELD - len(waiting)))]
        ids = await asyncio.wait_for(ends.begun(len(waiting), besides={polled}), 120)
    await asyncio.sleep(3.0)
    after = megabytes(web.pid)
    beside = await poll_times(client, polled, POLLS)
    wakes = []
    for render_id in ids[:PACED]:
        moment = await ends.end([render_id])
        while render_id not in answers:
            await asyncio.sleep(0.0005)
        wakes.append(answers[render_id][0] - moment)
        await asyncio.sleep(PACE_SECONDS)
    moment = await ends.end(ids[PACED : PACED + ENDED_AT_ONCE])
    while len(answers) < PACED + ENDED_AT_ONCE:
        await asyncio.sleep(0.001)
    last = max(answers[one][0] for one in ids[PACED : PACED + ENDED_AT_ONCE]) - moment
    # Those without a caller too, or the workers of the next figure would do them first.
    await ends.end(ids[PACED + ENDED_AT_ONCE :] + (await asyncio.to_thread(ends._waiting))[: WARM + 1])
    await asyncio.gather(*waiting)
    return [
        (f"memory added by {HELD} held creates", f"{after - before:.0f} MB"),
        (f"wake-up of a held create, p50 / p99 of {PACED}, paced", f"{_ms(wakes, 50)} / {_ms(wakes, 99)} ms"),
        (f"GET /v1/render p99 beside {HELD} held / alone", f"{_quantile(beside, 99) / _quantile(alone, 99):.2f}"),
        ("the same, ms here", f"{_ms(beside, 99)} / {_ms(alone, 99)}"),
        (f"{ENDED_AT_ONCE} renders end at once, all answered after", f"{last:.2f} s"),
    ]


async def _wait(client: Client, photo: bytes, answers: dict[str, tuple[float, int]]) -> None:
    status, body = await client.call("POST", CREATE, photo)
    answers[json.loads(body)["render_id"]] = (time.time(), status)


class Ends:
    """Ends renders as a worker does, in threads: their rows first, then the message."""

    async def begun(self, count: int, besides: set[str]) -> list[str]:
        """The ids of `count` renders, once they are all there."""
        while True:
            ids = await asyncio.to_thread(self._waiting)
            if len(ids) >= count + WARM + len(besides):
                return ids[-count:]
            await asyncio.sleep(0.3)

    @staticmethod
    def _waiting() -> list[str]:
        from staging.models import Render  # noqa: PLC0415

        return list(Render.objects.order_by("pk").values_list("public_id", flat=True))

    async def end(self, ids: list[str]) -> float:
        """End them; when the first message went out, by the clock."""
        return await asyncio.to_thread(self._end, ids)

    @staticmethod
    def _end(ids: list[str]) -> float:
        from django.utils import timezone  # noqa: PLC0415

        from staging import wakeups  # noqa: PLC0415
        from staging.models import Run, State  # noqa: PLC0415

        for start in range(0, len(ids), 500):
            Run.objects.filter(render__public_id__in=ids[start : start + 500]).update(
                state=State.FAILED, finished_at=timezone.now(), error_code="x", error_message="The bench ended it."
            )
        moment = time.time()
        for render_id in ids:
            wakeups.publish(wakeups.FINISHED, render_id)
        return moment


# --- what the platform adds -------------------------------------------------------------------------------


async def whole_line(client: Client, photo: bytes, seconds: float) -> list[float]:
    """Seconds beyond the stand-in's own of renders that are asked for one after the other, `IN_FLIGHT` at a time."""
    beyond: list[float] = []

    async def one(number: int) -> None:
        # Spread over the stand-in's time, as callers are who do not know each other.
        await asyncio.sleep(number * seconds / IN_FLIGHT)
        for _ in range(2):
            started = time.perf_counter()
            status, body = await client.call("POST", CREATE, photo)
            assert status == 200, body
            beyond.append(time.perf_counter() - started - seconds)

    await asyncio.gather(*(one(number) for number in range(IN_FLIGHT)))
    return beyond


def megabytes(pid: int) -> float:
    """Memory of a process that is its own (no mapped files), MB; 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("RssAnon"):
                return int(line.split()[1]) / 1024
    return 0.0


def _quantile(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100)[percent - 1]


def _ms(times: list[float], percent: int) -> str:
    return f"{_quantile(times, percent) * 1000:.1f}"


# --- the run ----------------------------------------------------------------------------------------------

# As long as a picture takes on a graphics card or two; fifty of them in flight are then two ends a second.
STAND_IN_SECONDS, STOCK_WORKERS = 25.0, 8


def rows() -> Iterator[Row]:
    """Every row of the platform's table, as soon as it is known."""
    with place() as here:
        import django  # noqa: PLC0415 - the settings are read from what `place` has set

        django.setup()
        from tests import serving  # noqa: PLC0415
        from tests.staging.pictures import encoded  # noqa: PLC0415

        photo = encoded()
        # A socket for each request that waits.
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        web = serving.Web(here.folder, here.environment)
        web.start()
        client = Client(web.port, here.key)
        try:
            yield from asyncio.run(held(web, client, photo, Ends()))
            yield from polls(here, client)
        finally:
            web.kill()
        yield from line(here, photo)


def polls(here: Place, client: Client) -> Iterator[Row]:
    """Our poll beside the stock one, in turns."""
    from tests import serving  # noqa: PLC0415

    stock = serving.Web(here.folder, {**here.environment, "DJANGO_SETTINGS_MODULE": "tests.stock_settings"})
    stock.start()
    try:
        render_id = Ends._waiting()[0]
        rates: dict[int, list[float]] = {client.port: [], stock.port: []}
        for port, path in [(client.port, "/v1/render"), (stock.port, "/stock/render")] * 3:
            rates[port].append(asyncio.run(requests_a_second(Client(port, here.key), render_id, path)))
    finally:
        stock.kill()
    ours, theirs = (statistics.median(found) for found in rates.values())
    yield "status polls a second, ours / the stock DRF view", f"{ours / theirs:.1f}"
    yield "the same, here", f"{ours:.0f} / {theirs:.0f}"


def line(here: Place, photo: bytes) -> Iterator[Row]:
    """What a render takes beyond the stand-in's time: by our line, and by one RQ job that waits for it."""
    from tests import serving  # noqa: PLC0415
    from tests.staging.stack import Stack  # noqa: PLC0415

    found = Stack(here.folder, here.environment["REDIS_URL"])
    found.environment |= ENVIRONMENT | {"RUN_LEASE_SECONDS": "60"}
    web = serving.Web(here.folder, found.environment)
    try:
        found.start_engine(seconds=STAND_IN_SECONDS)
        found.start("work", "follow", "schedule")
        web.start()
        client = Client(web.port, here.key)
        # Until the first picture is there, the processes are still starting.
        asyncio.run(client.call("POST", CREATE, photo))
        beyond = asyncio.run(whole_line(client, photo, STAND_IN_SECONDS))
        found.kill("work", "follow", "schedule")
        what = f"beyond the stand-in's time, {IN_FLIGHT} in flight, p50 / p90"
        yield what, f"{_ms(beyond, 50)} / {_ms(beyond, 90)} ms"
        theirs = stock_jobs(here, found.environment, photo)
        yield f"the same by RQ jobs, {STOCK_WORKERS} in flight and workers", f"{_ms(theirs, 50)} / {_ms(theirs, 90)} ms"
    finally:
        web.kill()
        found.kill(*found.running)


def stock_jobs(here: Place, environment: dict[str, str], photo: bytes) -> list[float]:
    """Seconds beyond the stand-in's time of jobs that each hold a forked worker."""
    import django_rq  # noqa: PLC0415

    file = here.folder / "stock.jpg"
    file.write_bytes(photo)
    command = [sys.executable, "manage.py", "rqworker", "default"]
    workers = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(STOCK_WORKERS)
    ]
    queue, beyond = django_rq.get_queue("default"), []
    try:
        deadline = time.monotonic() + 120
        while len(_live_workers(queue)) < STOCK_WORKERS and time.monotonic() < deadline:
            time.sleep(0.2)
        for turn in range(1):
            began, jobs = [], []
            for number in range(STOCK_WORKERS):
                time.sleep(STAND_IN_SECONDS / STOCK_WORKERS)
                began.append(time.time())
                jobs.append(
                    queue.enqueue("tests.stock_arm.render", str(file), turn * STOCK_WORKERS + number, result_ttl=600)
                )
            deadline = time.monotonic() + 4 * STAND_IN_SECONDS + 60
            while any(job.return_value() is None for job in jobs):
                failed = [job.latest_result() for job in jobs if job.is_failed]
                if failed or time.monotonic() > deadline:
                    raise RuntimeError(f"a stock job did not end: {failed[:1]}")
                time.sleep(0.2)
            beyond += [float(job.return_value()) - at - STAND_IN_SECONDS for job, at in zip(jobs, began, strict=True)]
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    return beyond


def _live_workers(queue: Any) -> list[Any]:
    from rq import Worker  # noqa: PLC0415

    return list(Worker.all(queue=queue))


def main() -> None:
    """Print the platform's table."""
    print("\n| the platform: what | figure |\n|---|---|", flush=True)
    for what, figure in rows():
        print(f"| {what} | {figure} |", flush=True)


if __name__ == "__main__":
    main()
