"""How the engine's server refuses: the one shape of an error."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A request that is answered with an error: HTTP `status`, failure `kind`, `code` and a sentence."""

    def __init__(self, status: int, kind: str, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.code = code
        self.message = message
        self.retry_after = retry_after

    @property
    def body(self) -> dict[str, Any]:
        return {"error": failure(self.kind, self.code, self.message)}


def failure(kind: str, code: str, message: str) -> dict[str, str]:
    """The one shape of an error, in refusals and in failed jobs alike."""
    return {"class": kind, "code": code, "message": message}


def refused(code: str, message: str) -> Refused:
    """A refusal of what the caller says, status 400."""
    return Refused(400, "customer_input", code, message)
