"""Client of the engine server's HTTP contract: our own engine, or anyone's GPU server that speaks the same.

    PUT    /v1/jobs/KEY                  multipart `job` (JSON), `photo`, `mask`?; the same key again is the same job
    GET    /v1/jobs/KEY?wait=SECONDS     where it stands, as soon as that changes; with &until=end when it has ended
    GET    /v1/jobs/KEY/pictures/ROLE    a finished picture, PNG
    DELETE /v1/jobs/KEY                  stop it
    GET    /v1/capabilities

The handle is the key. Under /v1/maps/KEY the same contract gives what the room's geometry says to other renderers
(pictures `mask`, `depth` and `lines`; the brief is `{"purpose": staging | declutter | redesign}`), without waiting
behind pictures.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import hashlib
import json
import time
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from staging.backends import lines, trust
from staging.backends.base import BackendError, Failed, FailureClass, Job, Picture, Pictures, Progress, Unknown
from staging.backends.lines import Answer, Lines

CONNECT_SECONDS = 3.0
# For one read or write on a connection that stands; a long poll may take its own time on top.
IO_SECONDS = 30.0
# For reading a room and drawing its maps: a second or two, more on a busy machine.
MAPS_SECONDS = 45.0
MAX_PICTURE_BYTES = 400 * 2**20
UNREACHABLE = "The rendering engine cannot be reached at this moment."
TROUBLE = "The rendering engine is in trouble."
_NOT_SET_UP = "The rendering engine is not set up for this."


@contextlib.asynccontextmanager
async def connect(
    url: str, token: str = "", *, max_picture_bytes: int = MAX_PICTURE_BYTES
) -> AsyncIterator[EngineServer]:
    """A client of the server at `url` for one event loop; its connections close with the block.

    No proxies and nothing else from the environment: the address is the operator's own.
    """
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    # A server that closes what was idle for five seconds, as ours does, must not do so while we begin to speak.
    times = lines.Times(connect=CONNECT_SECONDS, io=IO_SECONDS, idle=3.0)
    with contextlib.closing(lines.Lines(url, headers, times, trusted=trust.context())) as open_lines:
        yield EngineServer(open_lines, max_picture_bytes)


class EngineServer:
    """A `Backend` behind HTTP."""

    name = "engine"

    def __init__(self, lines: Lines, max_picture_bytes: int) -> None:
        self._lines = lines
        self._max_picture_bytes = max_picture_bytes

    async def capabilities(self) -> dict[str, Any]:
        """What the server says it serves. Raises BackendError."""
        return _json(await self._ask("GET", "/v1/capabilities"))

    async def submit(self, job: Job, key: str) -> str:
        """PUT the job; the same key again is the same job. Raises BackendError."""
        await self._put(_job_path(key), job)
        return key

    async def _put(self, path: str, job: Job) -> None:
        described = {
            "brief": job.brief,
            "time_limit": job.time_limit,
            "focal_35mm": job.focal_35mm,
            "room": job.room,
            "arrangement": job.arrangement,
            "light": job.light,
        }
        parts = {
            # Sorted, because a repeated submit must be the same bytes to be recognised as the same job.
            "job": ("job.json", json.dumps(described, sort_keys=True).encode(), "application/json"),
            "photo": ("photo.png", job.photo, "image/png"),
        }
        if job.mask is not None:
            parts["mask"] = ("mask.png", job.mask, "image/png")
        try:
            body, kind = lines.multipart(parts)
            await self._ask("PUT", path, body=body, kind=kind)
        except _NotFound:
            raise BackendError(Failed(FailureClass.MISCONFIGURED, "not_served", _NOT_SET_UP)) from None

    async def poll(self, handle: str, wait: float = 0.0) -> Progress | Pictures | Failed | Unknown:
        """Where the job stands, at once or when it has ended within `wait` seconds. Raises BackendError."""
        try:
            return await self._standing(_job_path(handle), wait)
        except _NotFound:
            return Unknown()

    async def _standing(self, path: str, wait: float) -> Progress | Pictures | Failed | Unknown:
        # Fifty jobs that each tell every hundredth of their progress would keep a follower busy with nothing else.
        query = f"?wait={wait:g}&until=end" if wait > 0 else ""
        return _standing(_json(await self._ask("GET", path + query, wait=max(0.0, wait))))

    async def fetch(self, handle: str, job: Callable[[], Job], listed: Pictures) -> Pictures:
        """The finished pictures with their bytes. Raises BackendError."""
        return await self._fetch(_job_path(handle), listed)

    async def forget(self, handle: str) -> None:
        """Nothing to do: the server forgets finished jobs by itself, after an hour where it is ours."""

    async def maps(self, job: Job, purpose: str, key: str) -> Pictures:
        """What the room's geometry says of a photo, for one purpose; waited for. Raises BackendError."""
        path = _maps_path(key)
        brief = {"purpose": purpose, "declutter": job.brief.get("declutter", "on")}
        if brief["declutter"] == "off":
            brief["declutter"] = "on"
        # Without arrangement and light: they say nothing of the room.
        asked = Job(job.photo, brief, MAPS_SECONDS, job.focal_35mm, job.room, mask=job.mask)
        await self._put(path, asked)
        until = time.monotonic() + MAPS_SECONDS
        while (left := until - time.monotonic()) > 0:
            try:
                standing = await self._standing(path, min(left, 10.0))
            except _NotFound:
                break
            if isinstance(standing, Pictures):
                return await self._fetch(path, standing)
            if isinstance(standing, Failed):
                raise BackendError(standing)
        raise BackendError(Failed(FailureClass.TRANSIENT, "maps_late", UNREACHABLE))

    async def _fetch(self, path: str, listed: Pictures) -> Pictures:
        fetching = [asyncio.ensure_future(self._picture(path, picture)) for picture in listed.pictures]
        try:
            pictures = await asyncio.gather(*fetching)
        except _NotFound:
            raise BackendError(Failed(FailureClass.TRANSIENT, "pictures_gone", TROUBLE)) from None
        finally:
            # Of those that nobody waits for any more.
            for one in fetching:
                one.cancel()
        return Pictures(tuple(pictures), listed.record)

    async def cancel(self, handle: str) -> None:
        """Stop the job; one that is unknown or done is no error. Raises BackendError when the server is away."""
        with contextlib.suppress(_NotFound):
            await self._ask("DELETE", _job_path(handle))

    async def _picture(self, job_path: str, listed: Picture) -> Picture:
        # The path is built here, not taken from the answer: a server cannot send us to another one.
        path = f"{job_path}/pictures/{quote(listed.role, safe='')}"
        body = (await self._ask("GET", path)).body
        if listed.sha256 not in {"", hashlib.sha256(body).hexdigest()}:
            raise BackendError(Failed(FailureClass.TRANSIENT, "picture_damaged", TROUBLE))
        return dataclasses.replace(listed, data=body)

    async def _ask(self, method: str, path: str, **options: Any) -> Answer:
        """The answer to a question that is a success. Raises BackendError, _NotFound."""
        with _in_words():
            answer = await self._lines.ask(method, path, most=self._max_picture_bytes, **options)
        _require_success(answer)
        return answer


class _NotFound(Exception):
    """The server denies knowing the job."""


def _job_path(key: str) -> str:
    return f"/v1/jobs/{quote(key, safe='')}"


def _maps_path(key: str) -> str:
    return f"/v1/maps/{quote(key, safe='')}"


@contextlib.contextmanager
def _in_words() -> Any:
    """Errors of the connection, as `BackendError`; all of them may pass by themselves."""
    try:
        yield
    except lines.Unreachable as error:
        raise BackendError(Failed(FailureClass.TRANSIENT, "engine_unreachable", UNREACHABLE)) from error
    except lines.TimedOut as error:
        raise BackendError(Failed(FailureClass.TRANSIENT, "engine_timeout", UNREACHABLE)) from error
    except lines.TooLarge as error:
        raise BackendError(Failed(FailureClass.NOTHING_USABLE, "picture_too_large", TROUBLE)) from error
    except lines.LineError as error:
        raise BackendError(Failed(FailureClass.TRANSIENT, "engine_connection_lost", UNREACHABLE)) from error


def _require_success(answer: Answer) -> None:
    """Nothing for a success; else BackendError of the right class, or _NotFound."""
    status = answer.status
    if 200 <= status < 300:
        return
    if status == HTTPStatus.NOT_FOUND:
        raise _NotFound
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise BackendError(Failed(FailureClass.MISCONFIGURED, "engine_refuses_token", _NOT_SET_UP))
    if status == HTTPStatus.CONFLICT:
        raise BackendError(Failed(FailureClass.MISCONFIGURED, "key_conflict", _NOT_SET_UP))
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        raise BackendError(Failed(FailureClass.MISCONFIGURED, "photo_too_large_for_engine", _NOT_SET_UP))
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        busy = "The rendering engine is busy."
        raise BackendError(Failed(FailureClass.TRANSIENT, "engine_busy", busy, _retry_after(answer)))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise BackendError(Failed(FailureClass.TRANSIENT, "engine_error", TROUBLE, _retry_after(answer)))
    raise BackendError(_failed(_body_error(answer), FailureClass.MISCONFIGURED))


def _retry_after(answer: Answer) -> float | None:
    told = answer.headers.get("retry-after", "")
    return float(told) if told.isdigit() else None


def _body_error(answer: Answer) -> dict[str, Any]:
    try:
        told = json.loads(answer.body).get("error")
    except (ValueError, AttributeError):
        told = None
    return told if isinstance(told, dict) else {}


def _json(answer: Answer) -> dict[str, Any]:
    try:
        told = json.loads(answer.body)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise BackendError(Failed(FailureClass.TRANSIENT, "engine_error", TROUBLE))
    return told


def _standing(told: dict[str, Any]) -> Progress | Pictures | Failed | Unknown:
    """The protocol's word for the server's state."""
    state = told.get("state")
    if state == "done":
        listed = (Picture(str(one["role"]), b"", str(one.get("sha256") or "")) for one in told.get("pictures") or [])
        return Pictures(tuple(listed), told.get("record") or {})
    if state == "failed":
        record = told.get("record")
        failed = _failed(told.get("error") or {}, FailureClass.TRANSIENT)
        return dataclasses.replace(failed, record=record if isinstance(record, dict) else {})
    if state == "cancelled":
        # Not by us, or nobody would ask: as good as lost.
        return Unknown()
    progress = told.get("progress")
    fraction = min(1.0, max(0.0, float(progress))) if isinstance(progress, int | float) else 0.0
    return Progress(fraction, str(told.get("stage") or ""))


def _failed(error: dict[str, Any], otherwise: FailureClass) -> Failed:
    """The server's own error; one without a class that we know is of the class `otherwise`."""
    try:
        failure = FailureClass(str(error.get("class")))
    except ValueError:
        failure = otherwise
    message = str(error.get("message") or TROUBLE)
    return Failed(failure, str(error.get("code") or "engine_error"), message)
