"""What can go wrong in the engine, in words that a person understands.

The class of an error decides charge, retry and route further up, so there are only as many classes as
there are different consequences (backends.md: customer input, misconfigured, transient, nothing usable).
"""

from typing import Any


class EngineError(Exception):
    """Base of all errors of the engine.

    `code` is a stable slug for programs; the message is a sentence for people. `record` is what the job had learnt
    before it failed, in plain JSON types: "room", the likeliest reading of it, where there is one.
    """

    kind = "nothing_usable"

    def __init__(self, code: str, message: str, record: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.record: dict[str, Any] = record or {}


class UnusablePhoto(EngineError):
    """The photo cannot be staged as asked (no readable room, no floor, too small): the customer can mend it."""

    kind = "customer_input"


class NothingUsable(EngineError):
    """The engine made a picture, and a gate refused it."""

    kind = "nothing_usable"


class Misconfigured(EngineError):
    """The machine lacks what the engine needs (a tracer variant, a library)."""

    kind = "misconfigured"


class OutOfTime(EngineError):
    """The job's time limit ran out, or its child process died; another try may succeed."""

    kind = "transient"
