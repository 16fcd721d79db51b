"""The last calls of each account, for its own people to see what went wrong: in Redis, bounded, written in batches.

A call costs the request one append to a list in memory; a thread carries them over twice a second. Two lists are kept
for each account, all calls and those that were refused, because a client that polls 40 times a second would push a
refusal out of the first within half a minute. No key is ever written.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import threading
import time
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

import redis
import structlog

from staging import wakeups

log = structlog.get_logger("openhouse.calls")

KEPT = 1000
BODY_LENGTH = 2000
QUERY_LENGTH = 500
_DAYS = 30
_EVERY_SECONDS = 0.5
# What waits for Redis; beyond it the oldest calls are forgotten.
_WAITING_MOST = 20_000
_KEY_TEXT = re.compile(r"oh_[A-Za-z0-9_-]{16,}")


@dataclass(frozen=True)
class Call:
    """One call. `at` is in epoch milliseconds, `key` how its key begins, `body` that of an error."""

    at: int
    method: str
    path: str
    query: str
    status: int
    ms: int
    key: str
    request_id: str
    render_id: str = ""
    body: str = ""
    detail: str = ""


def note(account_id: int, call: Call) -> None:
    """Remember a call. Costs no network."""
    _waiting.append((account_id, call))
    _writer.start()


def latest(account_id: int, *, refused: bool = False, most: int = KEPT) -> list[Call]:
    """The account's calls, the newest first; those alone that were refused. Raises redis.RedisError."""
    told = wakeups.connection().lrange(_name(account_id, refused), 0, most - 1)
    return [Call(**json.loads(line)) for line in told]


def without_keys(text: str, *secrets: str) -> str:
    """The text with every key in it cut to its beginning."""
    for secret in secrets:
        if len(secret) > 8:
            text = text.replace(secret.removeprefix("oh_"), "…")
    return _KEY_TEXT.sub(lambda found: f"{found[0][:6]}…", text)


def flush() -> None:
    """Write what waits. A Redis that is away keeps it waiting."""
    # One at a time: who takes the later calls must not write them before the earlier ones.
    with _writer.writing:
        _flush()


def _flush() -> None:
    batch: dict[int, list[Call]] = {}
    taken: list[tuple[int, Call]] = []
    while _waiting:
        taken.append(_waiting.popleft())
    for account_id, call in taken:
        batch.setdefault(account_id, []).append(call)
    try:
        for account_id, calls in batch.items():
            _write(account_id, calls)
    except redis.RedisError as error:
        if not _writer.away:
            log.warning("calls_waiting", error=str(error), calls=len(taken))
        _writer.away = True
        _waiting.extendleft(reversed(taken))
    else:
        _writer.away = False


def _write(account_id: int, calls: list[Call]) -> None:
    pipeline = wakeups.connection().pipeline(transaction=False)
    for refused in (False, True):
        wanted = [call for call in calls if call.status >= 400 or not refused][-KEPT:]
        lines = [json.dumps(asdict(call)) for call in wanted]
        if lines:
            name = _name(account_id, refused)
            pipeline.lpush(name, *lines)
            pipeline.ltrim(name, 0, KEPT - 1)
            pipeline.expire(name, _DAYS * 24 * 3600)
    pipeline.execute()


def _name(account_id: int, refused: bool) -> str:
    return f"openhouse:calls:{account_id}{':refused' if refused else ''}"


class _Writer:
    """The thread that writes, one for each process that has calls."""

    def __init__(self) -> None:
        self.pid = 0
        self.away = False
        self.lock = threading.Lock()
        self.writing = threading.Lock()

    def start(self) -> None:
        """Start the thread, unless this process has it."""
        if self.pid == os.getpid():
            return
        with self.lock:
            if self.pid != os.getpid():
                self.pid = os.getpid()
                threading.Thread(target=self._write, name="calls", daemon=True).start()
                atexit.register(self._end)

    def _end(self) -> None:
        """Write what waits, without a word: logs are closed by now."""
        self.away = True
        flush()

    def _write(self) -> None:
        # An event that nobody sets: a clock of this thread's own.
        pause = threading.Event()
        while not pause.wait(_EVERY_SECONDS):
            if _waiting:
                try:
                    flush()
                except Exception:
                    log.exception("calls_lost")


_waiting: deque[tuple[int, Call]] = deque(maxlen=_WAITING_MOST)
_writer = _Writer()


def of(request: Any, *, status: int, started: float, key: str, body: str, render_id: str, detail: str) -> Call:
    """A call from a Django request; `started` is by `time.perf_counter`."""
    secrets = [request.headers.get("X-Api-Key", ""), request.headers.get("Authorization", "").rpartition(" ")[2]]
    return Call(
        at=int(time.time() * 1000),
        method=request.method or "",
        path=without_keys(request.path, *secrets)[:QUERY_LENGTH],
        query=without_keys(request.META.get("QUERY_STRING", ""), *secrets)[:QUERY_LENGTH],
        status=status,
        ms=round((time.perf_counter() - started) * 1000),
        key=key,
        request_id=request_id(),
        render_id=render_id,
        body=without_keys(body, *secrets)[:BODY_LENGTH],
        detail=without_keys(detail, *secrets)[:QUERY_LENGTH],
    )


def request_id() -> str:
    """The id that the answer carries as X-Request-Id."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
