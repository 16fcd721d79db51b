"""Is the process alive (`/healthz`), and can it serve (`/readyz`)?

Both are answered outside of the app's threads, and so also when all of those are taken.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from config.bodies import Scope, Send
from staging import engines

PATHS = frozenset({"/healthz", "/readyz"})
# Probes may come from many balancers at once; the parts are asked at most this often.
FRESH_SECONDS = 1.0
PART_SECONDS = 3.0


def alive() -> tuple[int, dict[str, Any]]:
    """Status and body of `/healthz`: this process answers."""
    return 200, {"status": "alive"}


class Readiness:
    """Status and body of `/readyz`: 200 when database, queue and engine all answer, else 503 naming the part."""

    def __init__(self, parts: dict[str, Callable[[], None]]) -> None:
        self.parts = parts
        self._lock = threading.Lock()
        self._known: tuple[int, dict[str, Any]] = (503, {})
        self._until = 0.0

    def __call__(self) -> tuple[int, dict[str, Any]]:
        """Ask every part, or repeat an answer that is younger than FRESH_SECONDS."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._known = self._ask()
                self._until = time.monotonic() + FRESH_SECONDS
            return self._known

    def _ask(self) -> tuple[int, dict[str, Any]]:
        found = {name: _state(check) for name, check in self.parts.items()}
        ready = all(state["ok"] for state in found.values())
        return (200 if ready else 503), {"status": "ready" if ready else "not ready", **found}


def _state(check: Callable[[], None]) -> dict[str, Any]:
    started = time.perf_counter()
    try:
        check()
    except Exception as error:
        # The class alone: the text may hold addresses and names, and this page asks for no key.
        return {"ok": False, "error": type(error).__name__}
    return {"ok": True, "ms": round((time.perf_counter() - started) * 1000, 1)}


def _database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        # A probe's thread serves no requests, so nobody else tends to its connection.
        if not connection.in_atomic_block:
            connection.close()


def _queue() -> None:
    with redis.from_url(settings.REDIS_URL, socket_timeout=PART_SECONDS, socket_connect_timeout=PART_SECONDS) as client:
        client.ping()


def _engine() -> None:
    # One of several is enough: work goes where somebody is.
    *others, last = engines.urls()
    for url in others:
        with contextlib.suppress(OSError):
            return _answers(url)
    return _answers(last)


def _answers(url: str) -> None:
    request = urllib.request.Request(f"{url}/healthz")  # noqa: S310 - the operator's own address
    with urllib.request.urlopen(request, timeout=PART_SECONDS):  # noqa: S310
        pass


ready = Readiness({"database": _database, "queue": _queue, "engine": _engine})


class Health:
    """The ASGI application behind both paths, with a thread of its own."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="health")

    async def __call__(self, scope: Scope, send: Send) -> None:
        """Answer a probe."""
        if scope["path"] == "/healthz":
            status, body = alive()
        else:
            status, body = await asyncio.get_running_loop().run_in_executor(self.thread, ready)
        content = json.dumps(body).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(content)),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})


def healthz(request: HttpRequest) -> HttpResponse:
    """`/healthz` under a plain WSGI server."""
    status, body = alive()
    return JsonResponse(body, status=status)


def readyz(request: HttpRequest) -> HttpResponse:
    """`/readyz` under a plain WSGI server."""
    status, body = ready()
    return JsonResponse(body, status=status)
