"""A whole site of our own: cluster, Redis, web, workers, follower, scheduler, and the stand-in for the engine."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from config import processes
from tests.chaos import cluster
from tests.chaos.site import Site, run_manage

WORKERS = ("worker-1", "worker-2")
# A submit takes as long as a photo takes to an engine on another machine.
ACCEPT_SECONDS = 0.3


def start(
    site: Site,
    folder: Path,
    settings: Mapping[str, str],
    *,
    picture_seconds: float,
    send_seconds: float = 0.0,
    without: str = "",
) -> tuple[dict[str, str], str]:
    """Start all members; the environment that they share, and where the web process listens."""
    database, socket = folder / "pg", folder / "redis.sock"
    command, port, engine = cluster.prepare(database), processes.free_port(), processes.free_port()
    environment = {
        **os.environ,
        **settings,
        "DATABASE_URL": cluster.url(database),
        "REDIS_URL": f"unix://{socket}",
        "DATA_DIR": str(folder / "data"),
        "ENGINE_URL": f"http://127.0.0.1:{engine}",
        "ENGINE_TOKEN": "",
        "RENDERS_IN_FLIGHT": "10000",
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
    }
    site.add("postgres", command, {"PATH": os.environ["PATH"], "LC_ALL": "C"}, **cluster.login())
    site.add("redis", processes.redis_command(socket, folder / "redis"), environment)
    site.watch()
    until(lambda: cluster.make_database(database), "PostgreSQL")
    until(lambda: processes.redis_answers(socket), "Redis")
    run_manage(environment, "migrate", "--verbosity", "0")
    stand_in = [sys.executable, "-m", "tests.staging.stand_in", "--port", str(engine)]
    times = {"seconds": picture_seconds, "accept_seconds": ACCEPT_SECONDS, "send_seconds": send_seconds}
    site.add("engine", [*stand_in, "--switches", json.dumps(times)], environment)
    web = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", str(port), "--no-access-log"]
    site.add("web", web, environment)
    for name in WORKERS:
        site.manage(name, "work", environment=environment, broken=without)
    site.manage("follower", "follow", environment=environment, broken=without)
    site.manage("scheduler", "schedule", environment=environment, broken=without)
    url = f"http://127.0.0.1:{port}"
    until_ready(url)
    return environment, url


def open_accounts(environment: dict[str, str], count: int, credits: int) -> list[str]:
    """Keys of `count` accounts with `credits` each. From here on this process reads the site's database."""
    os.environ.update(environment)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415

    keys = []
    for number in range(count):
        with tempfile.TemporaryFile("w+") as said:
            call_command("create_account", f"account{number}@example.com", credits=credits, stdout=said)
            said.seek(0)
            keys.append(said.read().split()[-1])
    connections.close_all()
    return keys


def photo() -> bytes:
    from tests.staging import pictures  # noqa: PLC0415 - wants Django

    return pictures.encoded()


def until_ready(url: str) -> None:
    def ready() -> bool:
        try:
            return httpx.get(f"{url}/readyz", timeout=3).status_code == 200
        except httpx.HTTPError:
            return False

    until(ready, "the site")


def until(question: object, what: str, seconds: float = 180.0) -> None:
    deadline = time.monotonic() + seconds
    assert callable(question)
    while not question():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not answer within {seconds:.0f} s")
        time.sleep(0.1)
