"""The callers: partners' programs that ask for renders, ask again when the line breaks, and wait for their pictures."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx

CREATE = "/v1/render/create"
ASK_AGAIN_SECONDS = 0.3
POLL_SECONDS = 0.5
ANSWER_SECONDS = 20.0


@dataclass
class Call:
    """One render that somebody wants: asked for under one Idempotency-Key until it is accepted, then awaited."""

    number: int
    key: str
    due: float
    render_id: str = ""
    asked_at: float = 0.0
    accepted_at: float = 0.0
    ended_at: float = 0.0
    status: str = ""
    # Why it had to be asked for again, and how often.
    repeats: Counter[str] = field(default_factory=Counter)

    @property
    def idempotency_key(self) -> str:
        return f"chaos-{self.number}"


def plan(seed: int, keys: list[str], count: int, seconds: float) -> list[Call]:
    """`count` calls spread over `seconds`, by the accounts in turn at random."""
    dice = random.Random(f"callers {seed}")
    return [Call(number, dice.choice(keys), dice.uniform(0, seconds)) for number in range(count)]


async def serve(calls: list[Call], url: str, photo: bytes, until: float) -> None:
    """Make all calls and wait for their ends, at most until the clock (time.monotonic) says `until`."""
    began = time.monotonic()
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=20)
    async with httpx.AsyncClient(base_url=url, timeout=ANSWER_SECONDS, limits=limits) as client:

        async def one(call: Call) -> None:
            await asyncio.sleep(max(0.0, began + call.due - time.monotonic()))
            await _ask(client, call, photo, until)
            await _await_end(client, call, until)

        await asyncio.gather(*(one(call) for call in calls))


async def _ask(client: httpx.AsyncClient, call: Call, photo: bytes, until: float) -> None:
    call.asked_at = time.time()
    arguments = {"room_type": "living", "style": "modern", "wait_for_completion": "false"}
    headers = {"Authorization": f"Api-Key {call.key}", "Content-Type": "image/png"}
    headers["Idempotency-Key"] = call.idempotency_key
    while time.monotonic() < until and not call.render_id:
        try:
            answer = await client.post(CREATE, params=arguments, headers=headers, content=photo)
        except httpx.HTTPError:
            answer = None
        if answer is not None and answer.status_code == 200:
            call.render_id, call.accepted_at = answer.json()["render_id"], time.time()
            return
        if answer is not None and answer.status_code < 500 and answer.status_code not in (409, 429):
            raise AssertionError(f"call {call.number} was refused: {answer.status_code} {answer.text}")
        call.repeats[str(answer.status_code) if answer is not None else "broken off"] += 1
        await asyncio.sleep(ASK_AGAIN_SECONDS)


async def _await_end(client: httpx.AsyncClient, call: Call, until: float) -> None:
    while time.monotonic() < until and call.render_id:
        try:
            answer = await client.get(
                "/v1/render", params={"render_id": call.render_id}, headers={"Authorization": f"Api-Key {call.key}"}
            )
            status = answer.json().get("status", "") if answer.status_code == 200 else ""
        except (httpx.HTTPError, ValueError):
            status = ""
        if status in ("done", "error"):
            call.status, call.ended_at = status, time.time()
            return
        await asyncio.sleep(POLL_SECONDS)
