"""Request bodies are taken in whole before the app sees them: a slow sender holds an awaited socket, and no thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# Above this a body goes to disk.
MEMORY_BYTES = 2**20
# A sender that is silent for so long has gone.
SILENCE_SECONDS = 60.0


class ClientGone(Exception):
    """The client went away, or fell silent, in mid-request."""


@dataclass
class Body:
    """A body in a file, at its start. `too_large`: it went over the limit and was thrown away."""

    file: SpooledTemporaryFile[bytes]
    size: int
    too_large: bool = False

    def close(self) -> None:
        """Free the memory or the file."""
        self.file.close()


def empty() -> Body:
    """A body of no bytes."""
    return Body(SpooledTemporaryFile(max_size=MEMORY_BYTES), 0)


async def take_in(scope: Scope, receive: Receive, *, limit: int) -> Body:
    """Read the whole body of at most `limit` bytes. Raises ClientGone.

    A larger one is not kept: the rest of it is the server's to discard, and the answer says why.
    """
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > limit:
        return Body(empty().file, 0, too_large=True)
    body = empty()
    try:
        while True:
            message = await _next(receive)
            chunk = message.get("body", b"")
            body.size += len(chunk)
            if body.size > limit:
                body.close()
                return Body(empty().file, 0, too_large=True)
            body.file.write(chunk)
            if not message.get("more_body"):
                break
    except BaseException:
        body.close()
        raise
    body.file.seek(0)
    return body


async def _next(receive: Receive) -> Message:
    try:
        async with asyncio.timeout(SILENCE_SECONDS):
            message = await receive()
    except TimeoutError:
        raise ClientGone from None
    if message["type"] != "http.request":
        raise ClientGone
    return message
