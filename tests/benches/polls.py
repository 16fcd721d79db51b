"""Our answer to a poll beside the same view written the stock way."""

from __future__ import annotations

import asyncio
import json
import statistics
from collections.abc import Iterator

from tests.benches.callers import CREATE, Client, requests_a_second
from tests.benches.place import Place, Row


def polls(here: Place, client: Client, photo: bytes) -> Iterator[Row]:
    """Our poll beside the stock one, in turns."""
    from tests import serving  # noqa: PLC0415

    stock = serving.Web(here.folder, {**here.environment, "DJANGO_SETTINGS_MODULE": "tests.benches.stock_settings"})
    stock.start()
    try:
        _, body = asyncio.run(client.call("POST", f"{CREATE}&wait_for_completion=0", photo))
        render_id = json.loads(body)["render_id"]
        rates: dict[int, list[float]] = {client.port: [], stock.port: []}
        for port, path in [(client.port, "/v1/render"), (stock.port, "/stock/render")] * 3:
            rates[port].append(asyncio.run(requests_a_second(Client(port, here.key), render_id, path)))
    finally:
        stock.kill()
    ours, theirs = (statistics.median(found) for found in rates.values())
    yield "status polls a second, ours / the stock DRF view", f"{ours / theirs:.1f}"
    yield "the same, here", f"{ours:.0f} / {theirs:.0f}"
