"""Where the bench works: a folder with a database and a Redis of its own, and what is read of it."""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IN_FLIGHT = 50
ENVIRONMENT = {
    "LOG_LEVEL": "WARNING",
    "WAIT_MAX_SECONDS": "600",
    "RENDERS_IN_FLIGHT": "100000",
    "ENGINE_SLOTS": str(IN_FLIGHT),
    "ENGINE_TOKEN": "",
    "API_RATES": "default=1000000/1000000,pro_plus=1000000/1000000",
    "ACCOUNT_RATES": "default=1000000/1000000,pro_plus=1000000/1000000",
    "API_INTAKE": "100000",
}
Row = tuple[str, str]


@dataclass(frozen=True)
class Place:
    """A folder with a database and a Redis of its own, and a key of an account with many credits."""

    folder: Path
    environment: dict[str, str]
    key: str

    @property
    def database(self) -> str:
        """What the figures were measured on."""
        return "PostgreSQL" if self.environment["DATABASE_URL"].startswith("postgres") else "SQLite"


@contextlib.contextmanager
def place() -> Iterator[Place]:
    """Make it, and leave nothing behind. On a database beside the one of DATABASE_URL (`_bench`), else on SQLite."""
    from tests import serving  # noqa: PLC0415 - wants Django

    os.environ.pop("REDIS_URL", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with (
        tempfile.TemporaryDirectory() as scratch,
        serving.redis_server(Path(scratch)) as redis_url,
        _database(Path(scratch)) as database_url,
    ):
        folder = Path(scratch)
        os.environ |= {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "DATA_DIR": str(folder),
            "PYTHONUNBUFFERED": "1",
            **ENVIRONMENT,
        }
        environment = dict(os.environ)
        _manage(environment, "migrate", "--verbosity", "0")
        told = _manage(environment, "create_account", "bench@example.com", "--credits", "1000000")
        yield Place(folder, environment, told.split()[-1])


@contextlib.contextmanager
def _database(folder: Path) -> Iterator[str]:
    """The address of an empty database."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield f"sqlite://{folder / 'bench.sqlite3'}"
        return
    import psycopg  # noqa: PLC0415 - not needed on SQLite

    base, _, name = given.rpartition("/")
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}_bench" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}_bench"')
        try:
            yield f"{base}/{name}_bench"
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "{name}_bench" WITH (FORCE)')


def _manage(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout


def megabytes(pid: int) -> float:
    """Memory of a process that is its own (no mapped files), MB; 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("RssAnon"):
                return int(line.split()[1]) / 1024
    return 0.0


def cpu_seconds(pids: list[int]) -> float:
    """Processor time of these processes and their living children so far."""
    told = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            name, _, fields = file.read_text(encoding="utf-8").rpartition(")")
            told[int(name.split(" ", 1)[0])] = fields.split()
    ticks = os.sysconf("SC_CLK_TCK")
    ours = [fields for pid, fields in told.items() if pid in pids or int(fields[1]) in pids]
    return sum(int(fields[11]) + int(fields[12]) for fields in ours) / ticks


def quantile(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100)[percent - 1]


def ms(times: list[float], percent: int) -> str:
    return f"{quantile(times, percent) * 1000:.1f}"
