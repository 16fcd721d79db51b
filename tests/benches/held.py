"""Thousands of requests that wait: memory, wake-ups, what they do to others, and what happens when most end at once."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from tests.benches.callers import CREATE, Client, poll_times, requests_a_second
from tests.benches.place import Row, megabytes, ms, quantile

HELD, ENDED_AT_ONCE, PACED = 2000, 1600, 300
PACE_SECONDS = 0.03
WAVE, WARM = 250, 300
POLLS = 400


async def held(web: Any, client: Client, photo: bytes, ends: Ends) -> list[Row]:
    """The rows about requests that wait."""
    _, body = await client.call("POST", f"{CREATE}&wait_for_completion=0", photo)
    polled = json.loads(body)["render_id"]
    # A warm process: its pools of threads and what they import are no cost of waiting.
    await asyncio.gather(*(client.call("POST", f"{CREATE}&wait_for_completion=0", photo) for _ in range(WARM)))
    await requests_a_second(client, polled, seconds=2.0)
    alone = await poll_times(client, polled, POLLS)
    before = megabytes(web.pid)
    answers: dict[str, tuple[float, int]] = {}
    waiting: list[asyncio.Task[None]] = []
    while len(waiting) < HELD:
        # In waves: what is asked for in one moment waits to be decoded, and only a thousand may.
        waiting += [asyncio.create_task(_wait(client, photo, answers)) for _ in range(min(WAVE, HELD - len(waiting)))]
        ids = await asyncio.wait_for(ends.begun(len(waiting), besides={polled}), 120)
    await asyncio.sleep(3.0)
    after = megabytes(web.pid)
    beside = await poll_times(client, polled, POLLS)
    wakes = []
    for render_id in ids[:PACED]:
        moment = await ends.end([render_id])
        while render_id not in answers:
            await asyncio.sleep(0.0005)
        wakes.append(answers[render_id][0] - moment)
        await asyncio.sleep(PACE_SECONDS)
    moment = await ends.end(ids[PACED : PACED + ENDED_AT_ONCE])
    while len(answers) < PACED + ENDED_AT_ONCE:
        await asyncio.sleep(0.001)
    last = max(answers[one][0] for one in ids[PACED : PACED + ENDED_AT_ONCE]) - moment
    # Those without a caller too, or the workers of the next figure would do them first.
    await ends.end(ids[PACED + ENDED_AT_ONCE :] + (await asyncio.to_thread(ends._waiting))[: WARM + 1])
    await asyncio.gather(*waiting)
    return [
        (f"memory added by {HELD} held creates", f"{after - before:.0f} MB"),
        (f"wake-up of a held create, p50 / p99 of {PACED}, paced", f"{ms(wakes, 50)} / {ms(wakes, 99)} ms"),
        (f"GET /v1/render p99 beside {HELD} held / alone", f"{quantile(beside, 99) / quantile(alone, 99):.2f}"),
        ("the same, ms here", f"{ms(beside, 99)} / {ms(alone, 99)}"),
        (f"{ENDED_AT_ONCE} renders end at once, all answered after", f"{last:.2f} s"),
    ]


async def _wait(client: Client, photo: bytes, answers: dict[str, tuple[float, int]]) -> None:
    status, body = await client.call("POST", CREATE, photo)
    answers[json.loads(body)["render_id"]] = (time.time(), status)


class Ends:
    """Ends renders as a worker does, in threads: their rows first, then the message."""

    async def begun(self, count: int, besides: set[str]) -> list[str]:
        """The ids of `count` renders, once they are all there."""
        while True:
            ids = await asyncio.to_thread(self._waiting)
            if len(ids) >= count + WARM + len(besides):
                return ids[-count:]
            await asyncio.sleep(0.3)

    @staticmethod
    def _waiting() -> list[str]:
        from staging.models import Render  # noqa: PLC0415

        return list(Render.objects.order_by("pk").values_list("public_id", flat=True))

    async def end(self, ids: list[str]) -> float:
        """End them; when the first message went out, by the clock."""
        return await asyncio.to_thread(self._end, ids)

    @staticmethod
    def _end(ids: list[str]) -> float:
        from django.utils import timezone  # noqa: PLC0415

        from staging import wakeups  # noqa: PLC0415
        from staging.models import Run, State  # noqa: PLC0415

        for start in range(0, len(ids), 500):
            Run.objects.filter(render__public_id__in=ids[start : start + 500]).update(
                state=State.FAILED, finished_at=timezone.now(), error_code="x", error_message="The bench ended it."
            )
        moment = time.time()
        for render_id in ids:
            wakeups.publish(wakeups.FINISHED, render_id)
        return moment
