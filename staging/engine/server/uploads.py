"""Taking a request's body in: bounded in size, spooled to disk, never held whole in memory."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from staging.engine.server.refusals import Refused


async def _bounded(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    """The body's pieces; Refused with 413 beyond `limit` bytes.

    A body that is only somewhat too long is read to its end first: a client that is still writing
    when the connection closes sees a broken pipe instead of the answer.
    """
    taken = 0
    async for piece in request.stream():
        taken += len(piece)
        if taken <= limit:
            yield piece
        elif taken > 4 * limit:
            break
    if taken > limit:
        raise Refused(413, "customer_input", "body_too_large", f"The body is over {limit:,} bytes.")


@asynccontextmanager
async def read_parts(request: Request, limit: int) -> AsyncIterator[tuple[str | bytes, Path, Path | None]]:
    """The part `job` (text), and `photo` and `mask`, if any, as files that are gone afterwards. Raises Refused."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Refused(400, "customer_input", "bad_job", "The body must be multipart/form-data with 'job' and 'photo'.")
    parser = MultiPartParser(
        request.headers, _bounded(request, limit), max_files=3, max_fields=4, max_part_size=max(limit, 1)
    )
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise Refused(400, "customer_input", "bad_job", f"The body cannot be read: {error.message}") from error
    try:
        job, photo, mask = form.get("job"), form.get("photo"), form.get("mask")
        if job is None or not isinstance(photo, UploadFile):
            raise Refused(400, "customer_input", "bad_job", "The body needs a part 'job' and a file part 'photo'.")
        text: str | bytes = await job.read() if isinstance(job, UploadFile) else job
        with tempfile.TemporaryDirectory(prefix="job-") as folder:
            await _spool(photo, Path(folder) / "photo")
            if isinstance(mask, UploadFile):
                await _spool(mask, Path(folder) / "mask")
            yield text, Path(folder) / "photo", Path(folder) / "mask" if isinstance(mask, UploadFile) else None
    finally:
        await form.close()


async def _spool(part: UploadFile, path: Path) -> None:
    with path.open("wb") as spool:
        while piece := await part.read(1 << 20):
            spool.write(piece)
