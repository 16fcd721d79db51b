"""Which backend serves which run, and speaking with it.

With no GPU node that can, the embedded engine's server serves all. A node gets what callers ask for by the name of a
model, and the kinds of jobs for which `RENDER_MODELS` names one.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings

from billing.compiled import Compiled
from staging import engines, fleet
from staging.backends import comfyui
from staging.backends.base import Backend, BackendError, Job
from staging.backends.comfyui import choosing, planning
from staging.backends.comfyui.node import Node, Note
from staging.backends.comfyui.planning import Maps
from staging.backends.engines import Engines
from staging.backends.engines import connect as connect_engines
from staging.models import GpuNode, Run

ENGINE = "engine"
COMFYUI = "comfyui"

T = TypeVar("T")


class _Line:
    """A worker's own event loop and its connections to the engine servers, kept from one question to the next.

    To make them anew takes longer than most questions.
    """

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self._open = contextlib.AsyncExitStack()
        self._to: tuple[object, ...] = ()
        self._servers: Engines | None = None

    async def engines(self) -> Engines:
        """The engine servers that the settings name now."""
        to = (*engines.urls(), settings.ENGINE_TOKEN, settings.ENGINE_GIVE_UP_SECONDS)
        if self._servers is None or to != self._to:
            await self._open.aclose()
            self._to, self._servers = to, await self._open.enter_async_context(_engines())
        return self._servers

    def close(self) -> None:
        """Close everything, whatever state it is in."""
        with contextlib.suppress(Exception):
            self.runner.run(self._open.aclose())
        self.runner.close()


_kept: _Line | None = None


@dataclass(frozen=True)
class Table:
    """The routes as they are now. `nodes` are those that are enabled, set aside or not."""

    nodes: tuple[Node, ...]

    def backend_for(self, run: Run) -> str:
        """The name of the backend that serves a run."""
        brief = run.brief
        # What a person arranged is a scene, and only the engine renders scenes.
        if not self.nodes or run.scene_json or run.kind == Run.Kind.PREVIEW:
            return ENGINE
        model = brief.model or settings.RENDER_MODELS.get(brief.kind.value, "")
        try:
            planning.choose(fleet.workflows(), self.nodes, brief.to_dict(), model, 0)
        except BackendError:
            return ENGINE
        return COMFYUI

    def slots(self) -> dict[str, int]:
        """How many runs each backend may have at once."""
        taking = sum(node.takes for node in self.nodes)
        return {ENGINE: settings.ENGINE_SLOTS * engines.taking(), COMFYUI: choosing.IN_FLIGHT * taking}


_ENABLED = Compiled(lambda: GpuNode.objects.filter(enabled=True).order_by("pk"))


def table() -> Table:
    """The routes, read now."""
    return Table(tuple(fleet.as_told(row) for row in _ENABLED.all()))


def ask(name: str, question: Callable[[Backend], Awaitable[T]]) -> T:
    """Ask the backend of this name one thing, and write down what was learned meanwhile. Raises BackendError."""
    nodes = fleet.nodes() if name == COMFYUI else ()
    learned: list[Note] = []

    async def asked(line: _Line | None) -> T:
        if line is not None and name == ENGINE:
            return await question(await line.engines())
        async with connect(name, nodes, learned) as backend:
            return await question(backend)

    try:
        return _run(asked)
    finally:
        fleet.learn(learned)


def _run(asked: Callable[[_Line | None], Coroutine[Any, Any, T]]) -> T:
    """Run it to its end. Workers ask in their main thread, which keeps its line; others open one for the question."""
    global _kept  # noqa: PLW0603 - one line per process is the point
    if threading.current_thread() is not threading.main_thread():
        return asyncio.run(asked(None))
    line = _kept = _kept or _Line()
    try:
        return line.runner.run(asked(line))
    except BackendError:
        raise
    except BaseException:
        # A job's time limit strikes in the middle of things: what goes on in this loop must end with it.
        _kept = None
        line.close()
        raise


@contextlib.asynccontextmanager
async def connect(name: str, nodes: Sequence[Node] = (), learned: list[Note] | None = None) -> AsyncIterator[Backend]:
    """A client of the backend of this name, for one event loop; `nodes` are all of the operator's."""
    if name == ENGINE:
        async with _engines() as servers:
            yield servers
    elif name == COMFYUI:
        async with comfyui.connect(
            nodes,
            fleet.workflows(),
            _maps,
            defaults=settings.RENDER_MODELS,
            give_up=settings.COMFYUI_GIVE_UP_SECONDS,
            learned=learned,
        ) as nodes_backend:
            yield nodes_backend
    else:
        raise LookupError(f"no backend is called {name!r}")


def _engines() -> contextlib.AbstractAsyncContextManager[Engines]:
    found = engines.urls()
    notes = engines.Notes(found)
    return connect_engines(found, settings.ENGINE_TOKEN, notes, give_up=settings.ENGINE_GIVE_UP_SECONDS)


async def _maps(job: Job, purpose: str, key: str) -> Maps:
    """The engine's maps of a job's photo."""
    async with _engines() as servers:
        made = await servers.maps(job, purpose, key)
    return Maps({picture.role: picture.data for picture in made.pictures}, made.record)
