"""The `Backend` over several ComfyUI nodes: each makes one picture at a time, ours is to choose which.

A handle is "NODE:PROMPT". The prompt's id is made from the idempotency key, so that a repeated submit is recognised on
whichever node has it; ComfyUI itself runs the same id twice. All that is needed to collect the pictures lies on the
node with them, so any process may do it.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import math
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import httpx
from PIL import Image

from staging.backends.base import BackendError, Failed, FailureClass, Job, Picture, Pictures, Progress, Unknown
from staging.backends.comfyui import answers, choosing, collecting, planning
from staging.backends.comfyui.answers import Ended
from staging.backends.comfyui.catalogue import Catalogue
from staging.backends.comfyui.client import TROUBLE, UNREACHABLE, Client, Refused, session
from staging.backends.comfyui.node import Event, Node, Note
from staging.backends.comfyui.planning import Choice, Maps, Plan

Mapper = Callable[[Job, str, str], Awaitable[Maps]]

POLL_SECONDS: Final = 1.0
BUSY_SECONDS: Final = 2.0
ASIDE_SECONDS: Final = 15.0
# After so long at work, progress has come two thirds of its way: nobody tells how long a picture takes.
_TYPICAL_SECONDS: Final = 20.0
_IDS: Final = uuid.UUID("7a3c0f0e-9d0d-4c55-8a57-5a2f6c1f0b11")
_AWAY: Final = frozenset({"node_unreachable", "node_timeout", "node_connection_lost"})
_FAULTS: Final = frozenset({"model_unusable", "node_out_of_memory"})


@contextlib.asynccontextmanager
async def connect(
    nodes: Collection[Node],
    catalogue: Catalogue,
    mapper: Mapper,
    *,
    defaults: Mapping[str, str] | None = None,
    give_up: float = 5.0,
    learned: list[Note] | None = None,
) -> AsyncIterator[ComfyUI]:
    """A client of the nodes for one event loop.

    `mapper` asks the engine for maps: of a job, for a purpose, under a key. `defaults` are models by kind of job where
    the caller names none. After `give_up` seconds a node that cannot be reached has lost its jobs, if there is another.
    What is learned of the nodes is added to `learned`.
    """
    async with session() as http:
        yield ComfyUI(
            http,
            nodes,
            catalogue=catalogue,
            mapper=mapper,
            defaults=defaults or {},
            give_up=give_up,
            learned=learned if learned is not None else [],
        )


class ComfyUI:
    """A `Backend` of ComfyUI nodes."""

    name = "comfyui"

    def __init__(
        self,
        http: httpx.AsyncClient,
        nodes: Collection[Node],
        *,
        catalogue: Catalogue,
        mapper: Mapper,
        defaults: Mapping[str, str],
        give_up: float,
        learned: list[Note],
    ) -> None:
        self._clients = {node.id: Client(http, node) for node in nodes}
        self._nodes = tuple(nodes)
        self._catalogue = catalogue
        self._mapper = mapper
        self._defaults = defaults
        self._give_up = give_up
        self.learned = learned
        self._running_since: dict[str, float] = {}

    async def capabilities(self) -> dict[str, Any]:
        """The kinds of jobs and the models for which some node has everything."""
        served = {
            kind: [
                model
                for model in self._catalogue.models
                if choosing.first_served(self._nodes, self._catalogue.serving(kind, model))
            ]
            for kind in planning.ROLES
        }
        return {"kinds": [kind for kind, models in served.items() if models], "models": served}

    async def submit(self, job: Job, key: str) -> str:
        """Hand the job to the best node; the same key again is the same job. Raises BackendError."""
        prompt_id = str(uuid.uuid5(_IDS, key))
        waiting = await self._look_for(prompt_id)
        if isinstance(waiting, str):
            return waiting
        choice, wanted = await self._choice(job, waiting)
        maps = await self._maps(job, choice, key)
        if "declutter" in maps and not _marks(maps["declutter"]):
            choice = choice.of_an_empty_room(job.brief.get("declutter", "off"))
        plan = planning.plan(self._catalogue, choice, job, maps)
        refused = Failed(FailureClass.TRANSIENT, "node_busy", "The rendering machine is busy.", BUSY_SECONDS)
        for node in wanted:
            try:
                return await self._give(self._clients[node.id], plan, prompt_id, choice)
            except BackendError as error:
                refused = error.failed
                if refused.code in {"node_timeout", "node_connection_lost"}:
                    # It may have taken the job all the same: only this node may be asked again.
                    break
        raise BackendError(refused)

    async def poll(self, handle: str, wait: float = 0.0) -> Progress | Pictures | Failed | Unknown:
        """Where the job stands, at once or when it has ended within `wait` seconds. Raises BackendError."""
        node, prompt_id = _parted(handle)
        client = self._clients.get(node)
        if client is None:
            return Unknown()
        until = time.monotonic() + wait
        while True:
            try:
                standing = await self._standing(client, prompt_id)
            except BackendError as error:
                self._note(node, Event.AWAY, error.failed.code)
                if self._is_given_up(client.node):
                    return Unknown()
                raise
            left = until - time.monotonic()
            if not isinstance(standing, Progress) or left <= 0:
                return standing
            await asyncio.sleep(min(POLL_SECONDS, left))

    async def fetch(self, handle: str, job: Callable[[], Job], listed: Pictures) -> Pictures:
        """The finished pictures, laid into the job's photo. Raises BackendError."""
        node, prompt_id = _parted(handle)
        client = self._clients.get(node)
        ended = await self._ended(client, prompt_id) if client else None
        if client is None or not isinstance(ended, Ended) or ended.failed:
            raise BackendError(Failed(FailureClass.TRANSIENT, "pictures_gone", TROUBLE))
        try:
            made = await collecting.collect(client, ended, job())
        except Refused as refused:
            raise BackendError(Failed(FailureClass.TRANSIENT, "pictures_gone", TROUBLE)) from refused
        except BackendError as error:
            if error.failed.failure == FailureClass.NOTHING_USABLE:
                # Not a number comes from the card or its drivers: the next picture there would be black too.
                self._note(node, Event.FAULTY, f"its picture was refused: {error.failed.code}")
            raise
        self._note(node, Event.SEEN)
        return made

    async def cancel(self, handle: str) -> None:
        """Stop the job; one that is unknown or done is no error. Raises BackendError when the node is away."""
        node, prompt_id = _parted(handle)
        client = self._clients.get(node)
        if client is not None:
            with contextlib.suppress(Refused):
                await client.stop(prompt_id)

    async def forget(self, handle: str) -> None:
        """Delete what the node keeps of a job: history, and the photo, which can only be written over."""
        node, prompt_id = _parted(handle)
        client = self._clients.get(node)
        if client is None:
            return
        with contextlib.suppress(Refused):
            ended = await self._ended(client, prompt_id)
            for name in ended.record.get("names", {}).values() if isinstance(ended, Ended) else ():
                await client.upload(str(name), _NOTHING)
            await client.forget(prompt_id)

    async def _look_for(self, prompt_id: str) -> str | dict[int, int]:
        """The handle where some node has this prompt; else how many prompts wait on each node that answers.

        Raises BackendError where none does.
        """

        async def look(client: Client) -> int | bool | Failed:
            try:
                running, pending = await client.queue()
                if prompt_id in running or prompt_id in pending or await client.history(prompt_id) is not None:
                    return True
            except BackendError as error:
                self._note(client.node.id, Event.AWAY, error.failed.code)
                return error.failed
            except Refused as refused:
                self._note(client.node.id, Event.AWAY, str(refused))
                return answers.of_refused(refused)
            return len(running) + len(pending)

        looked = await asyncio.gather(*(look(client) for client in self._clients.values()))
        found = dict(zip(self._clients, looked, strict=True))
        for node, seen in found.items():
            if seen is True:
                return f"{node}:{prompt_id}"
        waiting = {node: seen for node, seen in found.items() if not isinstance(seen, Failed)}
        failures = [seen for seen in looked if isinstance(seen, Failed)]
        if failures and not waiting:
            # One that may pass before one that does not: it is tried again.
            raise BackendError(min(failures, key=lambda failed: failed.failure != FailureClass.TRANSIENT))
        return waiting

    async def _choice(self, job: Job, waiting: Mapping[int, int]) -> tuple[Choice, list[Node]]:
        """The workflows, and the nodes to try. Raises BackendError."""
        brief = job.brief
        model = str(brief.get("model") or self._defaults.get(brief["kind"], ""))
        with Image.open(io.BytesIO(job.photo)) as photo:
            side = max(photo.size)
        choice = planning.choose(self._catalogue, self._nodes, brief, model, side)
        able = [node for node in self._nodes if choosing.can(node, choice.all)]
        taking = [node for node in able if node.takes]
        if not taking:
            text = "The rendering machines are being looked after."
            raise BackendError(Failed(FailureClass.TRANSIENT, "nodes_set_aside", text, ASIDE_SECONDS))
        if not any(node.id in waiting for node in taking):
            raise BackendError(Failed(FailureClass.TRANSIENT, "node_unreachable", UNREACHABLE))
        wanted = choosing.in_order(taking, waiting, choice.main.main)
        if not wanted:
            text = "The rendering machines are busy."
            raise BackendError(Failed(FailureClass.TRANSIENT, "node_busy", text, BUSY_SECONDS))
        return choice, wanted

    async def _maps(self, job: Job, choice: Choice, key: str) -> dict[str, Maps]:
        """The engine's maps by purpose. Raises BackendError; a room that it cannot read only where maps are a must."""
        found: dict[str, Maps] = {}
        for purpose, needed in planning.needed_maps(choice, job.brief).items():
            try:
                found[purpose] = await self._mapper(job, purpose, f"{key}-{purpose}")
            except BackendError as error:
                if needed or error.failed.failure != FailureClass.CUSTOMER_INPUT:
                    raise
        return found

    async def _give(self, client: Client, plan: Plan, prompt_id: str, choice: Choice) -> str:
        """Upload the pictures and queue the graph; the handle. Raises BackendError."""
        node = client.node.id
        try:
            names = {
                role: await client.upload(f"openhouse-{prompt_id}-{role}.png", data)
                for role, data in plan.uploads.items()
            }
            record = {**plan.record, "names": names}
            told = await client.prompt(plan.with_names(names), prompt_id, "openhouse", record)
        except Refused as refused:
            failed = answers.of_refused(refused)
            self._note_refusal(node, failed, answers.in_words(refused.said) or str(refused))
            raise BackendError(failed) from refused
        except BackendError as error:
            self._note(node, Event.AWAY, error.failed.code)
            raise
        if told.get("node_errors"):
            # A part of the graph runs all the same, and the picture is not among it.
            with contextlib.suppress(Refused):
                await client.stop(prompt_id)
                await client.forget(prompt_id)
            failed = answers.of_validation(told)
            self._note_refusal(node, failed, answers.in_words(told))
            raise BackendError(failed)
        if choice.main.main:
            self._note(node, Event.LOADED, choice.main.main)
        return f"{node}:{prompt_id}"

    async def _standing(self, client: Client, prompt_id: str) -> Progress | Pictures | Failed | Unknown:
        node = client.node.id
        ended = await self._ended(client, prompt_id)
        if not isinstance(ended, Ended):
            return ended
        self._running_since.pop(prompt_id, None)
        if ended.stopped:
            # Not by us, or nobody would ask: as good as lost.
            return Unknown()
        if ended.failed:
            event = Event.FAULTY if ended.failed.code in _FAULTS else Event.SEEN
            self._note(node, event, ended.failed.code)
            return ended.failed
        outputs = ended.record.get("outputs") or {}
        if not outputs or any(not ended.images.get(end) for end in outputs.values()):
            return Failed(FailureClass.NOTHING_USABLE, "missing_picture", collecting.NOT_GOOD)
        roles = [*outputs, "mask", *(["removed"] if "emptied" in outputs and len(outputs) > 1 else [])]
        return Pictures(tuple(Picture(role, b"") for role in roles))

    async def _ended(self, client: Client, prompt_id: str) -> Ended | Progress | Unknown:
        """How the prompt ended, or that it has not. Raises BackendError."""
        try:
            if client.node.jobs_api:
                job = await client.job(prompt_id)
                if job is None:
                    return Unknown()
                if job.get("status") == "pending":
                    return Progress(0.02, "waiting for a GPU")
                return self._progress(prompt_id) if job.get("status") == "in_progress" else answers.of_job(job)
            # The queue first: what is not in it was in the history before, if ever it was here.
            running, pending = await client.queue()
            if prompt_id in pending:
                return Progress(0.02, "waiting for a GPU")
            if prompt_id in running:
                return self._progress(prompt_id)
            entry = await client.history(prompt_id)
        except Refused as refused:
            raise BackendError(answers.of_refused(refused)) from refused
        return Unknown() if entry is None else answers.of_history(entry)

    def _progress(self, prompt_id: str) -> Progress:
        since = self._running_since.setdefault(prompt_id, time.monotonic())
        return Progress(0.05 + 0.9 * (1 - math.exp((since - time.monotonic()) / _TYPICAL_SECONDS)), "rendering")

    def _is_given_up(self, node: Node) -> bool:
        if node.away_since is None or len(self._nodes) < 2:
            return False
        return (datetime.now(UTC) - node.away_since).total_seconds() >= self._give_up

    def _note_refusal(self, node: int, failed: Failed, text: str) -> None:
        self._note(node, Event.CHANGED if failed.failure == FailureClass.MISCONFIGURED else Event.SEEN, text)

    def _note(self, node: int, event: Event, text: str = "") -> None:
        self.learned.append(Note(node, event, text))


def _nothing() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG")
    return buffer.getvalue()


# What a photo is written over with; ComfyUI cannot delete what was uploaded.
_NOTHING: Final = _nothing()


def _parted(handle: str) -> tuple[int, str]:
    node, _, prompt_id = handle.partition(":")
    return int(node), prompt_id


def _marks(maps: Maps) -> bool:
    """Whether the mask is white anywhere."""
    with Image.open(io.BytesIO(maps.pictures["mask"])) as mask:
        return mask.convert("L").getbbox() is not None
