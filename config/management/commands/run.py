"""`manage.py run`: the whole of Openhouse on one machine, as `make run` starts it."""

from __future__ import annotations

import hashlib
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from billing import accounts, keys
from billing.models import ApiKey
from config import processes
from listings import demo

DEMO_EMAIL = "demo@openhouse.example"
DEMO_PASSWORD = "open the house"  # noqa: S105 - printed at every start; the server binds to loopback
SAMPLE = settings.BASE_DIR / "config" / "static" / "samples" / "empty-living-room.jpg"


class Command(BaseCommand):
    """Start Redis, engine, web, worker, follower and scheduler, and keep them running until Ctrl-C."""

    help = __doc__
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until stopped."""
        host, port = settings.HOST, settings.PORT
        supervisor = processes.Supervisor(settings.DATA_DIR / "logs")

        def stop(_number: int, _frame: FrameType | None) -> None:
            raise KeyboardInterrupt

        # SIGINT too: a shell that starts us in the background has it ignored, and Python keeps to that.
        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)
        try:
            processes.require_free(host, port)
            env = processes.environment(port, host)
            self._start_redis(supervisor)
            self._prepare_database()
            self._collect_static()
            key = self._demo_key()
            for name, command in processes.commands(env, host, port, settings.ENGINE_TRACER, settings.DATA_DIR).items():
                supervisor.add(name, command, env)
            address = f"http://{_readable(host)}:{port}"
            processes.wait_until(
                "starting", lambda: processes.answers_ok(f"{address}/readyz"), processes.READY_SECONDS, supervisor
            )
            self._welcome(address, key)
            supervisor.watch()
        except processes.CannotStart as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            print("\nStopping.", flush=True)
        finally:
            # A second Ctrl-C must not interrupt the stopping and leave processes behind.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            supervisor.stop()

    def _start_redis(self, supervisor: processes.Supervisor) -> None:
        if not settings.REDIS_EMBEDDED:
            return
        path = Path(settings.REDIS_SOCKET)
        if processes.redis_answers(path):
            # Two servers on one append-only file would destroy it.
            raise processes.CannotStart(
                f"Openhouse already runs on this data folder ({settings.DATA_DIR}); "
                "stop it, or use another: DATA_DIR=/somewhere make run"
            )
        path.unlink(missing_ok=True)
        command = processes.redis_command(path, settings.DATA_DIR / "redis")
        supervisor.add("redis", command, os.environ)
        processes.wait_until("starting Redis", lambda: processes.redis_answers(path), 20, supervisor)

    def _prepare_database(self) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        connection.close()

    def _collect_static(self) -> None:
        """Collect and compress the static files, unless they are those of the last start: it takes seconds."""
        stamp, now = settings.STATIC_ROOT / "collected", _static_fingerprint()
        if stamp.exists() and stamp.read_text(encoding="ascii") == now:
            return
        # In a process of its own: the static files' manifest is read once, when a process starts.
        subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"], check=True)
        stamp.write_text(now, encoding="ascii")

    def _demo_key(self) -> str:
        """The demo account's API key, kept in DATA_DIR for its owner alone."""
        account = accounts.ensure_demo(DEMO_EMAIL, DEMO_PASSWORD, credits=500)
        demo.ensure_listing(account)
        file = settings.DATA_DIR / "demo_key"
        if file.exists():
            kept = file.read_text(encoding="ascii").strip()
            if keys.verify(kept) is not None:
                return kept
        _, text = keys.create(account, name="Demo", scope=ApiKey.Scope.ADMIN)
        file.unlink(missing_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write(text + "\n")
        return text

    def _welcome(self, address: str, key: str) -> None:
        curl = " ".join(
            [
                "curl -sS",
                "-H", shlex.quote(f"Authorization: Api-Key {key}"),
                "-F", shlex.quote(f"file=@{SAMPLE}"),
                shlex.quote(f"{address}/v1/render/create?room_type=living&style=modern"),
            ]
        )  # fmt: skip
        print(
            "\n".join(
                [
                    "",
                    f"Openhouse is running at {address}",
                    f"  sign in as {DEMO_EMAIL} with the password: {DEMO_PASSWORD}",
                    f"  API key    {key}",
                    f"  data       {settings.DATA_DIR}",
                    "",
                    "Stage the sample photo (a minute or two on two cores):",
                    curl,
                    "",
                    "Ctrl-C stops everything.",
                ]
            ),
            flush=True,
        )


def _static_fingerprint() -> str:
    """Changes with our own static files and with the packages that bring others."""
    own = sorted(path for path in (settings.BASE_DIR / "config" / "static").rglob("*") if path.is_file())
    facts = [f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}" for path in own]
    facts.append((settings.BASE_DIR / "requirements.txt").read_text(encoding="utf-8"))
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _readable(host: str) -> str:
    """An address that a browser on this machine can open."""
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - a comparison, not a bind
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
