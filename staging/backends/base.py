"""The contract of a rendering backend: small Protocol, frozen data, four classes of failure.

Settings are passed in when a backend is built, never read inside. All methods are coroutines: the
follower long-polls many jobs from one process, workers run them with `asyncio.run`.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol


class FailureClass(enum.StrEnum):
    """The class alone decides charge, retry and route (backends.md)."""

    CUSTOMER_INPUT = "customer_input"
    MISCONFIGURED = "misconfigured"
    TRANSIENT = "transient"
    NOTHING_USABLE = "nothing_usable"


@dataclass(frozen=True)
class Job:
    """What to make: the oriented sRGB photo as PNG or JPEG bytes, the brief as JSON types, seconds at most.

    `focal_35mm` is the EXIF 35 mm focal length of the original where known; `room` and `arrangement` are
    JSON as made by an earlier job, when the caller wants them kept. `mask` is a PNG of any size, white where things
    are to be removed.
    """

    photo: bytes
    brief: dict[str, Any]
    time_limit: float
    focal_35mm: float | None = None
    room: dict[str, Any] | None = None
    arrangement: dict[str, Any] | None = None
    light: dict[str, Any] | None = None
    mask: bytes | None = None


@dataclass(frozen=True)
class Progress:
    """The job lives: `fraction` 0..1, `stage` is a word for people ("reading the room", "tracing", ...)."""

    fraction: float
    stage: str = ""


@dataclass(frozen=True)
class Picture:
    """One finished picture as PNG bytes. `role` says what it shows; the server's contract lists them.

    `sha256` is what the backend says of its bytes, in hex; empty where it says nothing.
    """

    role: str
    data: bytes
    sha256: str = ""


@dataclass(frozen=True)
class Pictures:
    """The job is done. `record` is what the backend says of the making: room, arrangement, gates, timings, `engine` and
    `version`. `generative: true` in it says that a model drew the picture's pixels anew: such a picture may come
    without a mask, and is judged by likeness (staging.structure) where others must keep the photo's pixels.
    """

    pictures: tuple[Picture, ...]
    record: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Failed:
    """The job ended without a picture. `code` is a slug, `message` a sentence for people, `retry_after` seconds.

    `record` is what the backend had learnt before: "room", the likeliest reading of one that it could not read.
    """

    failure: FailureClass
    code: str
    message: str
    retry_after: float | None = None
    record: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Unknown:
    """The backend denies knowing this job (it restarted, or never got it): it may be submitted again."""


class BackendError(Exception):
    """`submit` was refused or the backend could not be reached."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.message)
        self.failed = failed


class Backend(Protocol):
    """What every rendering backend can do."""

    name: str

    async def capabilities(self) -> dict[str, Any]:
        """What it serves (kinds, room types, styles, qualities), and on what (tracer variant, cores)."""
        ...

    async def submit(self, job: Job, key: str) -> str:
        """Hand the job over, answer its handle. The same key again is the same job. Raises BackendError."""
        ...

    async def poll(self, handle: str, wait: float = 0.0) -> Progress | Pictures | Failed | Unknown:
        """Where the job stands; with `wait` > 0 answer as soon as it has ended, at most that many seconds later.

        Done is answered with `Pictures` without their bytes (`data=b""`); `fetch` brings them.
        Raises BackendError when the backend cannot be reached.
        """
        ...

    async def fetch(self, handle: str, job: Callable[[], Job], listed: Pictures) -> Pictures:
        """The finished pictures with their bytes; `job` tells what was submitted, `listed` is what `poll` answered.

        Raises BackendError, and what `job` raises where it is asked.
        """
        ...

    async def forget(self, handle: str) -> None:
        """The pictures are stored, or nobody wants them: what the backend keeps of the job may go.

        A job that is unknown is no error. Raises BackendError when the backend cannot be reached.
        """
        ...

    async def cancel(self, handle: str) -> None:
        """Stop the job if it still runs; a job that is unknown or done is no error."""
        ...
