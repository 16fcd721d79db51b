"""Clients that cost little beside what they measure: coroutines over plain sockets."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

CREATE = "/v1/render/create?room_type=living&style=modern"


@dataclass
class Client:
    """Speaks HTTP/1.1 over sockets of its own."""

    port: int
    key: str

    async def call(self, method: str, path: str, body: bytes = b"", kind: str = "image/jpeg") -> tuple[int, bytes]:
        """One request on a connection of its own."""
        connection = await self.open()
        try:
            return await self.on(connection, method, path, body, kind)
        finally:
            connection[1].close()

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def on(
        self,
        connection: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        method: str,
        path: str,
        body: bytes = b"",
        kind: str = "image/jpeg",
    ) -> tuple[int, bytes]:
        """One request on an open connection."""
        reader, writer = connection
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Api-Key {self.key}\r\n"
        writer.write(f"{head}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        head_bytes = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head_bytes.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return int(head_bytes.split(b" ", 2)[1]), await reader.readexactly(length)


async def poll_times(client: Client, render_id: str, count: int, pause: float = 0.02) -> list[float]:
    """Seconds that each of `count` polls took, paced."""
    connection, times = await client.open(), []
    for _ in range(count):
        started = time.perf_counter()
        status, _ = await client.on(connection, "GET", f"/v1/render?render_id={render_id}")
        times.append(time.perf_counter() - started)
        assert status == 200
        await asyncio.sleep(pause)
    connection[1].close()
    return times


async def requests_a_second(
    client: Client, render_id: str, path: str = "/v1/render", seconds: float = 6.0, connections: int = 8
) -> float:
    """Polls answered a second, asked for without a pause on a few connections."""
    until, done = time.perf_counter() + seconds, 0

    async def ask() -> None:
        nonlocal done
        connection = await client.open()
        while time.perf_counter() < until:
            status, _ = await client.on(connection, "GET", f"{path}?render_id={render_id}")
            assert status == 200
            done += 1
        connection[1].close()

    await asyncio.gather(*(ask() for _ in range(connections)))
    return done / seconds
