"""What uvicorn runs: health probes, and around the Django app the layer that takes bodies in and holds answers."""

from __future__ import annotations

# Sets Django up, which all that follows needs when it is imported.
from config.wsgi import application as wsgi

# isort: split
import asyncio
import gc
import resource
import signal
from types import FrameType

from django.conf import settings

from config.bodies import Receive, Scope, Send
from config.health import PATHS, Health
from config.holding import Holding, Lanes
from config.metrics import PATH as METRICS_PATH
from config.metrics import Meters, Metrics
from config.pool import Pool
from config.waiters import Waiters
from staging import wakeups
from staging.api import waits
from staging.api.renders import polling

# Eight threads saturate two cores with this app; more only add connections to the database.
APP_THREADS = 8
# Threads that mostly wait: for other people's servers, or for the processes that decode photos.
LANES = {"fetch": 32, "decode": 2 * settings.DECODE_PROCESSES}
LANE_QUEUE = 1000


class Application:
    """The ASGI application. Parts that need a running loop are made when the server starts."""

    def __init__(self) -> None:
        self.health = Health()
        self.pool = Pool(polling.first(wsgi), threads=APP_THREADS)
        self.lanes = Lanes(LANES, queue=LANE_QUEUE)
        self.waiters = Waiters(redis_url=settings.REDIS_URL, channel=wakeups.FINISHED, ended=waits.ended)
        self.http = Holding(
            self.pool,
            self.waiters,
            self.lanes,
            body_limit=settings.BODY_MAX_BYTES,
            wait_seconds=settings.WAIT_MAX_SECONDS,
        )
        self.metrics = Metrics(Meters(), held=self.waiters.count)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection of the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and scope["path"].rstrip("/") in PATHS:
            await self.health({**scope, "path": scope["path"].rstrip("/")}, send)
        elif scope["type"] == "http" and scope["path"].rstrip("/") == METRICS_PATH:
            await self.metrics(scope, send)
        elif scope["type"] == "http":
            await self.metrics.timed(self.http, scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close"})

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                _raise_open_files()
                # What there is now stays: the collector need not look at it again, which would hold up everybody.
                gc.collect()
                gc.freeze()
                self._drain_on_signals()
                self.waiters.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.waiters.stop()
                self.lanes.shut_down()
                self.pool.shut_down()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _drain_on_signals(self) -> None:
        """End every wait when the server is told to stop; the server itself would wait for them, then cut them off."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            before = signal.getsignal(number)

            def stop(number: int, frame: FrameType | None, before: object = before) -> None:
                loop.call_soon_threadsafe(self.waiters.drain)
                if callable(before):
                    before(number, frame)

            signal.signal(number, stop)


def _raise_open_files() -> None:
    """Let this process open as many files as the system allows it: each held request is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


application = Application()
