"""The layer between the server and the app: takes bodies in, does slow work, holds answers until renders have ended.

A held request costs an awaited socket and a few kilobytes: thousands wait at once beside a fixed pool of threads.
What passes between this layer and a view is told in staging.exchange.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import takewhile
from typing import Any

import structlog
from django.db import close_old_connections

from config import bodies, errors
from config.bodies import Body, ClientGone, Receive, Scope, Send
from config.pool import Answer, Pool, nothing
from config.waiters import Waiters
from staging.exchange import KEY, Asked, Busy, Exchange, Outcome, Told, Work

# What logs say of a request whose client went away.
CLIENT_GONE = 499
# So many last answers are said by one query.
PORTION = 100

log = structlog.get_logger("openhouse.holding")


class Lanes:
    """Slow work in threads of its own, one pool a lane, each with a limit to what may queue up."""

    def __init__(self, threads: Mapping[str, int], *, queue: int) -> None:
        self.executors = {lane: ThreadPoolExecutor(count, thread_name_prefix=lane) for lane, count in threads.items()}
        self.waiting = dict.fromkeys(threads, 0)
        self.queue = queue

    async def do(self, work: Work) -> Outcome:
        """Run the work; what it raises is part of the outcome."""
        if self.waiting[work.lane] >= self.queue:
            return Outcome(error=Busy())
        self.waiting[work.lane] += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.executors[work.lane], _outcome, work.run)
        finally:
            self.waiting[work.lane] -= 1

    def shut_down(self) -> None:
        """Take no more work."""
        for executor in self.executors.values():
            executor.shutdown(wait=False, cancel_futures=True)


def _outcome(run: Callable[[], object]) -> Outcome:
    # These threads are not the request's: Django's signals do not tend to their database connections.
    close_old_connections()
    try:
        return Outcome(value=run())
    except Exception as error:
        return Outcome(error=error)
    finally:
        close_old_connections()


class Endings:
    """Last answers to callers who waited, many in one query: when a thousand renders end at once, a thread for each
    would cost the process more than the answers do."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._waiting: list[tuple[Asked, asyncio.Future[Told]]] = []
        self._task: asyncio.Task[None] | None = None

    async def of(self, asked: Asked) -> Told:
        """What is to be said to this one; None leaves it to the view."""
        future: asyncio.Future[Told] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, future))
        if self._task is None:
            self._task = asyncio.create_task(self._tell())
        return await future

    async def _tell(self) -> None:
        """Answer until nobody waits; who comes meanwhile is of the next portion."""
        try:
            while self._waiting:
                kind = type(self._waiting[0][0])
                portion = list(takewhile(lambda one: type(one[0]) is kind, self._waiting[:PORTION]))  # noqa: B023 - used here
                self._waiting = self._waiting[len(portion) :]
                try:
                    told = await self.pool.do(partial(kind.tell, [asked for asked, _ in portion]))
                except Exception:
                    log.exception("endings_untold")
                    told = [None] * len(portion)
                for (_, future), said in zip(portion, told, strict=True):
                    if not future.done():
                        future.set_result(said)
        finally:
            self._task = None


class Holding:
    """The ASGI application for HTTP requests."""

    def __init__(self, pool: Pool, waiters: Waiters, lanes: Lanes, *, body_limit: int, wait_seconds: float) -> None:
        self.pool = pool
        self.waiters = waiters
        self.lanes = lanes
        self.endings = Endings(pool)
        self.body_limit = body_limit
        self.wait_seconds = wait_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            body = await bodies.take_in(scope, receive, limit=self.body_limit)
        except ClientGone:
            return
        if body.too_large and not errors.speaks_json(scope["path"]):
            await errors.send(send, scope["path"], errors.body_too_large(scope["path"]))
            return
        try:
            answer = await self._answer(scope, receive, body)
        except Exception:
            log.exception("crash", path=scope["path"])
            await errors.send(send, scope["path"], errors.crash(scope["path"]))
            return
        if answer is not None:
            await self.pool.send(answer, send)

    async def _answer(self, scope: Scope, receive: Receive, body: Body) -> Answer | None:
        """The app's answer, after all that it waits for; None when nobody waits any more."""
        exchange = Exchange(body_too_large=body.too_large)
        try:
            answer = await self._passes(scope, body, exchange)
        finally:
            body.close()
        return answer if exchange.hold is None else await self._held(scope, receive, exchange, answer)

    async def _passes(self, scope: Scope, body: Body, exchange: Exchange) -> Answer:
        """Run the view, doing what it asks for in between, until it asks for no more work."""
        close = nothing
        while True:
            answer = await self.pool.answer(scope, body, {KEY: exchange}, before=close)
            work, exchange.work = exchange.work, None
            if work is None:
                return answer
            try:
                exchange.outcomes[work.name] = await self.lanes.do(work)
            except BaseException:
                await self.pool.close(answer)
                raise
            body.file.seek(0)
            # Not before: closing a request closes its uploaded files, which the work reads. In the next pass's thread.
            close = answer.close

    async def _held(self, scope: Scope, receive: Receive, exchange: Exchange, late: Answer) -> Answer | None:
        """The view's last answer once the render has ended, `late` after the wait, None when nobody waits any more."""
        hold = exchange.hold
        assert hold is not None
        # Thousands wait at once: what the request has used is let go of, but for the bytes of the late answer.
        await self.pool.close(late)
        late.close = nothing
        exchange.outcomes.clear()
        with self.waiters.waiting(hold.render_id) as ended:
            gone = asyncio.create_task(_gone(receive))
            try:
                both: set[asyncio.Future[Any]] = {ended, gone}
                await asyncio.wait(both, timeout=self.wait_seconds, return_when=asyncio.FIRST_COMPLETED)
            finally:
                gone.cancel()
            if ended.done() and ended.result():
                if (found := await self.endings.of(hold.asked)) is not None:
                    _tell(exchange, *found)
                    return _with_body(late, *found)
                last = Exchange(ended=hold.render_id, kept=exchange.kept)
                return await self.pool.answer(scope, bodies.empty(), {KEY: last})
            if gone.done():
                # The render goes on; the client may poll for it.
                _tell(exchange, CLIENT_GONE, b"")
                return None
        late.status = hold.status
        _tell(exchange, hold.status, late.body if isinstance(late.body, bytes) else b"")
        return late


def _with_body(answer: Answer, status: int, body: bytes) -> Answer:
    """The answer with another status and body under the same headers."""
    headers = [(name, value) for name, value in answer.headers if name != b"content-length"]
    return Answer(status, [*headers, (b"content-length", b"%d" % len(body))], body, answer.close)


def _tell(exchange: Exchange, status: int, body: bytes) -> None:
    """Let the view know how a request ended that it gave no last answer to."""
    if exchange.unanswered is not None:
        exchange.unanswered(status, body)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
