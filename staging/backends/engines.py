"""The `Backend` over several engine servers that serve the same: each job goes to the one with most room.

A handle is "SERVER:KEY", where SERVER is a short name made from the address, so any process finds the job again; with
one server it is the key alone. A server that cannot be reached gets no new jobs for a while, and after `give_up`
seconds has lost those it had, if there is another.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

from staging.backends import engine_http
from staging.backends.base import BackendError, Failed, FailureClass, Job, Pictures, Progress, Unknown
from staging.backends.engine_http import EngineServer

T = TypeVar("T")

# Nobody answers. Where a line breaks somebody was there, who may have taken the job: that server is asked first again.
_AWAY: Final = frozenset({"engine_unreachable", "engine_timeout"})
# The server may have taken the job before the line broke, so no other is asked for it in the same breath.
_MAYBE_TAKEN: Final = frozenset({"engine_timeout", "engine_connection_lost"})
# Where an answer about room takes longer, the server is not asked to take more.
ASK_SECONDS: Final = 3.0


class Notes(Protocol):
    """What all processes know of servers that could not be reached."""

    def away(self) -> Mapping[str, float]:
        """The servers that were not reached lately, and for how many seconds by now."""
        ...

    def missed(self, server: str) -> None:
        """It could not be reached."""
        ...

    def seen(self, server: str) -> None:
        """It answered again."""
        ...


def name_of(url: str) -> str:
    """The short name of a server in handles and notes."""
    return hashlib.sha256(url.encode()).hexdigest()[:10]


@contextlib.asynccontextmanager
async def connect(urls: Sequence[str], token: str, notes: Notes, *, give_up: float) -> AsyncIterator[Engines]:
    """A client of the servers at `urls` for one event loop; all take the same token."""
    async with contextlib.AsyncExitStack() as stack:
        servers = {
            name_of(url): await stack.enter_async_context(engine_http.connect(url, token))
            for url in dict.fromkeys(urls)
        }
        yield Engines(servers, notes, give_up)


class Engines:
    """A `Backend` of engine servers."""

    name = "engine"

    def __init__(self, servers: Mapping[str, EngineServer], notes: Notes, give_up: float) -> None:
        self._servers = dict(servers)
        self._notes = notes
        self._give_up = give_up

    async def capabilities(self) -> dict[str, Any]:
        """What the first server that answers says it serves. Raises BackendError when none does."""
        return await self._any(lambda server: server.capabilities())

    async def maps(self, job: Job, purpose: str, key: str) -> Pictures:
        """A room's maps by the first server that answers. Raises BackendError."""
        return await self._any(lambda server: server.maps(job, purpose, key))

    async def submit(self, job: Job, key: str) -> str:
        """Hand the job to the server with most room; the same key again is the same job. Raises BackendError."""
        if len(self._servers) == 1:
            (alone,) = self._servers
            return await self._with(alone, lambda client: client.submit(job, key))
        asked = self._taking()
        told = await asyncio.gather(*(self._room(server, key) for server in asked))
        rooms = dict(zip(asked, told, strict=True))
        knowing = [server for server, room in rooms.items() if room is True]
        free = {server: room for server, room in rooms.items() if isinstance(room, int)}
        # Among equals the key decides, so that a repeated submit comes to the same one.
        by_room = sorted(free, key=lambda server: (-free[server], name_of(server + key)))
        refused = next((room for room in told if isinstance(room, Failed)), _UNREACHED)
        for server in knowing or by_room:
            try:
                await self._with(server, lambda client: client.submit(job, key))
            except BackendError as error:
                refused = error.failed
                if refused.code in _MAYBE_TAKEN or refused.failure != FailureClass.TRANSIENT:
                    break
            else:
                return f"{server}:{key}"
        raise BackendError(refused)

    async def poll(self, handle: str, wait: float = 0.0) -> Progress | Pictures | Failed | Unknown:
        """Where the job stands; Unknown where its server is given up or is none of ours any more."""
        server, key = await self._parted(handle)
        if server not in self._servers:
            return Unknown()
        try:
            return await self._with(server, lambda client: client.poll(key, wait))
        except BackendError as error:
            if error.failed.code in _AWAY and self._is_given_up(server):
                return Unknown()
            raise

    async def fetch(self, handle: str, job: Callable[[], Job], listed: Pictures) -> Pictures:
        """The finished pictures with their bytes. Raises BackendError."""
        server, key = await self._parted(handle)
        return await self._with(self._known(server), lambda client: client.fetch(key, job, listed))

    async def forget(self, handle: str) -> None:
        """Nothing to do: servers forget finished jobs by themselves."""

    async def cancel(self, handle: str) -> None:
        """Stop the job; one that is unknown or done is no error. Raises BackendError when its server is away."""
        server, key = await self._parted(handle)
        if server in self._servers:
            await self._with(server, lambda client: client.cancel(key))

    # --- servers ----------------------------------------------------------------------------------------------

    def _taking(self) -> list[str]:
        """Servers that are asked to take jobs: those not away lately, or all where all were."""
        away = self._notes.away()
        return [server for server in self._servers if server not in away] or list(self._servers)

    def _is_given_up(self, server: str) -> bool:
        away = self._notes.away()
        return len(self._servers) > 1 and away.get(server, 0.0) >= self._give_up

    def _known(self, server: str) -> str:
        if server not in self._servers:
            raise BackendError(Failed(FailureClass.TRANSIENT, "pictures_gone", engine_http.TROUBLE))
        return server

    async def _room(self, server: str, key: str) -> int | bool | Failed:
        """True where the server has the job already; else how many jobs it could begin at once (less than 0: so many
        wait there); Failed where it does not answer."""

        async def ask(client: EngineServer) -> int | bool:
            async with asyncio.timeout(ASK_SECONDS):
                if not isinstance(await client.poll(key), Unknown):
                    return True
                told = await client.capabilities()
            queue = told.get("queue") or {}
            busy = int(queue.get("running") or 0) + int(queue.get("waiting") or 0)
            return int(told.get("slots") or 1) - busy

        try:
            return await self._with(server, ask)
        except TimeoutError:
            return _UNREACHED
        except BackendError as error:
            # Refusing a token or being in trouble is an answer, which the submit itself should tell.
            return error.failed if error.failed.code in _AWAY else 0

    async def _parted(self, handle: str) -> tuple[str, str]:
        """Server and key of a handle. One without a server is of the time when there was one: it is looked for."""
        server, colon, key = handle.partition(":")
        if colon:
            return server, key
        if len(self._servers) == 1:
            return next(iter(self._servers)), handle
        names = list(self._servers)
        rooms = await asyncio.gather(*(self._room(name, handle) for name in names))
        found = [name for name, room in zip(names, rooms, strict=True) if room is True]
        away = [name for name, room in zip(names, rooms, strict=True) if isinstance(room, Failed)]
        return (*found, *away, "")[0], handle

    async def _any(self, question: Callable[[EngineServer], Awaitable[T]]) -> T:
        failed = BackendError(_UNREACHED)
        for server in self._taking():
            try:
                return await self._with(server, question)
            except BackendError as error:
                failed = error
                if error.failed.failure != FailureClass.TRANSIENT:
                    break
        raise failed

    async def _with(self, server: str, question: Callable[[EngineServer], Awaitable[T]]) -> T:
        """Ask one server, and note whether anybody was there."""
        try:
            answer = await question(self._servers[server])
        except BackendError as error:
            if error.failed.code in _AWAY:
                self._notes.missed(server)
            else:
                self._notes.seen(server)
            raise
        self._notes.seen(server)
        return answer


_UNREACHED: Final = Failed(FailureClass.TRANSIENT, "engine_unreachable", engine_http.UNREACHABLE)
