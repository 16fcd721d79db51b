"""The routes of the engine's HTTP contract."""

from __future__ import annotations

import asyncio
import contextlib
import math
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from staging.engine import server
from staging.engine.modes.vocabulary import DECLUTTER, KINDS, MAP_PURPOSES, QUALITIES, ROOM_TYPES, SPACES, STYLES
from staging.engine.server.brief import read_brief, read_wish
from staging.engine.server.contract import KEY, BriefReader, check_picture, read_order
from staging.engine.server.jobs import Jobs
from staging.engine.server.refusals import Refused, failure
from staging.engine.server.runner import Runner
from staging.engine.server.uploads import read_parts

LONGEST_WAIT: Final = 60.0
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Settings:
    """What the operator sets. `tracer` is what `trace.variant.choose` found: name and why."""

    token: str = ""
    body_limit: int = 64 * 2**20
    time_limit: float = 600.0
    cores: int = 2
    tracer: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Lane:
    """A queue of jobs and the slots that work it off."""

    jobs: Jobs
    runners: list[Runner]


def make_app(settings: Settings, pictures: Lane, maps: Lane | None = None) -> Starlette:
    """The application; its lifespan runs the lanes' runners and kills their children at the end.

    `maps` is the lane of what is drawn for other renderers; without it there is none of that.
    """
    engine = _Engine(settings, pictures, read_brief)
    runners = [*pictures.runners, *(maps.runners if maps else [])]

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(runner.serve()) for runner in runners]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            # A task that waits for its thread ends only when the child is gone.
            for runner in runners:
                await asyncio.to_thread(runner.close)
            await asyncio.gather(*tasks, return_exceptions=True)

    routes = [
        Route("/healthz", engine.healthz),
        Route("/v1/capabilities", engine.guarded(engine.capabilities)),
        *engine.routes(),
        *(_Engine(settings, maps, read_wish).routes() if maps else ()),
    ]
    handlers: dict[Any, Any] = {Refused: _refused, HTTPException: _http_error}
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers=handlers)


async def _refused(_request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)
    headers = {"Retry-After": str(refused.retry_after)} if refused.retry_after is not None else None
    return JSONResponse(refused.body, refused.status, headers)


async def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": failure("misconfigured", "no_such_route", error.detail)}, error.status_code)


class _Engine:
    """The endpoints, bound to one lane's jobs."""

    def __init__(self, settings: Settings, lane: Lane, read: BriefReader) -> None:
        self._settings = settings
        self._jobs = lane.jobs
        self._runners = lane.runners
        self._read = read

    def routes(self) -> list[Route]:
        """The addresses of the lane's jobs."""
        path = f"/v1/{self._jobs.lane}/{{key}}"
        return [
            Route(path, self.guarded(self.put), methods=["PUT"]),
            Route(path, self.guarded(self.get), methods=["GET"]),
            Route(path, self.guarded(self.delete), methods=["DELETE"]),
            Route(path + "/pictures/{role}", self.guarded(self.picture)),
        ]

    def guarded(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint behind the bearer token, where one is set."""

        async def checked(request: Request) -> Response:
            expected = f"Bearer {self._settings.token}".encode()
            if self._settings.token and not secrets.compare_digest(
                request.headers.get("authorization", "").encode(), expected
            ):
                raise Refused(401, "misconfigured", "unauthorized", "This engine asks for its bearer token.")
            return await endpoint(request)

        return checked

    async def healthz(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok", "waiting": self._jobs.waiting, "running": self._jobs.running})

    async def capabilities(self, _request: Request) -> Response:
        queue = {"size": self._jobs.queue_size, "waiting": self._jobs.waiting, "running": self._jobs.running}
        return JSONResponse(
            {
                "engine": "openhouse",
                "version": server.VERSION,
                "kinds": KINDS,
                "room_types": ROOM_TYPES,
                "styles": STYLES,
                "spaces": SPACES,
                "declutter": DECLUTTER,
                "qualities": QUALITIES,
                "maps": MAP_PURPOSES,
                "tracer": self._settings.tracer,
                "cores": self._settings.cores,
                "slots": len(self._runners),
                "queue": queue,
                "body_limit": self._settings.body_limit,
                "time_limit": self._settings.time_limit,
            }
        )

    async def put(self, request: Request) -> Response:
        key = request.path_params["key"]
        if not KEY.fullmatch(key):
            raise Refused(400, "customer_input", "bad_key", "A key is up to 120 letters, digits, '_', '-' and '.'.")
        async with read_parts(request, self._settings.body_limit) as (text, photo, mask):
            order = read_order(text, self._settings.time_limit, self._read)
            check_picture(photo)
            if mask is not None:
                check_picture(mask, "mask")
            job, new = self._jobs.put(key, order, photo, mask)
        return JSONResponse(job.body(), 202 if new or job.state in ("queued", "running") else 200)

    async def get(self, request: Request) -> Response:
        job = self._jobs.get(request.path_params["key"])
        until_end = request.query_params.get("until") == "end"
        await self._jobs.wait(job, _seconds(request.query_params.get("wait")), until_end=until_end)
        return JSONResponse(job.body())

    async def delete(self, request: Request) -> Response:
        job = self._jobs.get(request.path_params["key"])
        if self._jobs.cancel(job):
            for runner in self._runners:
                await asyncio.to_thread(runner.stop_if_running, job)
        return JSONResponse(job.body())

    async def picture(self, request: Request) -> Response:
        job, role = self._jobs.get(request.path_params["key"]), request.path_params["role"]
        for made in job.pictures:
            if made["role"] == role:
                return FileResponse(job.folder / f"{role}.png", media_type="image/png")
        raise Refused(404, "transient", "no_such_picture", f"The job has no picture {role!r}; it is {job.state}.")


def _seconds(text: str | None) -> float:
    """The query's `wait`: bounded, 0 when it is absent."""
    try:
        seconds = float(text or 0)
    except ValueError as error:
        raise Refused(400, "customer_input", "bad_wait", "wait must be a number of seconds.") from error
    return min(max(seconds, 0.0), LONGEST_WAIT) if math.isfinite(seconds) else 0.0
