"""What a hundred accounts do: partners ask, poll and fetch by both APIs, agents look at their pages."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx

PAGES = ("/listings/", "/studio/renders/", "/account/", "/studio/", "/billing/statement/")
BRIEF = {"room_type": "living", "style": "modern", "wait_for_completion": "false"}


@dataclass
class Somebody:
    """One account: its key, a session in the dashboard, and what it has asked for."""

    key: str
    session: str
    renders: list[str] = field(default_factory=list)
    conversions: list[str] = field(default_factory=list)

    @property
    def keyed(self) -> dict[str, str]:
        return {"Authorization": f"Api-Key {self.key}"}


@dataclass
class Tally:
    """Seconds that every kind of request took, and those that were answered wrongly."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: dict[str, int] = field(default_factory=lambda: defaultdict(int))


class Traffic:
    """Callers at a site; each waits for its answer before it asks for the next thing."""

    def __init__(self, url: str, bare: str, people: list[Somebody], photo: bytes, seed: int) -> None:
        self.url, self.bare, self.people, self.photo = url, bare, people, photo
        self.dice = random.Random(seed)
        self.tally = Tally()
        self.actions: list[tuple[float, str, Callable[[Somebody], Awaitable[int]]]] = [
            (4, "POST /v1/render/create", self._create),
            (1, "POST /v1/render/create, held", self._wait),
            (40, "GET /v1/render", self._poll),
            (2, "POST /interior/", self._convert),
            (10, "GET /results/", self._results),
            (6, "a picture", self._picture),
            (15, "a page of the dashboard", self._page),
            (10, "the bare view", self._bare),
        ]

    async def run(self, seconds: float, callers: int, pause: float) -> Tally:
        """Let `callers` act for so long, each with a pause of about `pause` seconds after every answer."""
        limits = httpx.Limits(max_connections=callers + 10, max_keepalive_connections=callers)
        async with httpx.AsyncClient(base_url=self.url, timeout=60, limits=limits) as self.client:
            until = time.monotonic() + seconds
            await asyncio.gather(*(self._act(until, pause) for _ in range(callers)))
        return self.tally

    async def _act(self, until: float, pause: float) -> None:
        weights = [weight for weight, _, _ in self.actions]
        while time.monotonic() < until:
            await asyncio.sleep(self.dice.uniform(0, 2 * pause))
            ((_, name, action),) = self.dice.choices(self.actions, weights)
            began = time.perf_counter()
            try:
                status = await action(self.dice.choice(self.people))
            except httpx.HTTPError:
                status = 0
            if status == -1:
                continue
            self.tally.seconds[name].append(time.perf_counter() - began)
            if status != 200:
                self.tally.wrong[f"{name}: {status or 'broken off'}"] += 1

    async def _create(self, who: Somebody, **more: str) -> int:
        headers = {**who.keyed, "Content-Type": "image/jpeg"}
        answer = await self.client.post("/v1/render/create", params=BRIEF | more, content=self.photo, headers=headers)
        if answer.status_code == 200:
            who.renders.append(answer.json()["render_id"])
        return answer.status_code

    async def _wait(self, who: Somebody) -> int:
        return await self._create(who, wait_for_completion="true")

    async def _poll(self, who: Somebody) -> int:
        if not who.renders:
            return -1
        render = self.dice.choice(who.renders[-3:])
        return (await self.client.get("/v1/render", params={"render_id": render}, headers=who.keyed)).status_code

    async def _convert(self, who: Somebody) -> int:
        name = str(uuid.UUID(int=self.dice.getrandbits(128)))
        fields = {"uuid": name, "style": "modern", "room_type": "living_room", "space": "interior", "staging": "true"}
        file = {"files": ("room.jpg", self.photo, "image/jpeg")}
        answer = await self.client.post("/interior/", data=fields, files=file, headers=who.keyed)
        if answer.status_code == 200:
            who.conversions.append(name)
        return answer.status_code

    async def _results(self, who: Somebody) -> int:
        if not who.conversions:
            return -1
        answer = await self.client.get("/results/", params={"uuid": who.conversions[-1]}, headers=who.keyed)
        return answer.status_code

    async def _picture(self, who: Somebody) -> int:
        if not who.renders:
            return -1
        answer = await self.client.get("/v1/render", params={"render_id": who.renders[0]}, headers=who.keyed)
        outputs = answer.json().get("outputs", [])
        return (await self.client.get(outputs[0])).status_code if outputs else -1

    async def _page(self, who: Somebody) -> int:
        headers = {"Cookie": f"sessionid={who.session}"}
        return (await self.client.get(self.dice.choice(PAGES), headers=headers)).status_code

    async def _bare(self, who: Somebody) -> int:
        return (await self.client.get(self.bare)).status_code
