"""What every API says alike of what can go wrong, in a dialect of its own: one translator for all.

An error body is `{FIRST: TEXT, SECOND: TEXT, "code": SLUG}` with the same text twice, and what an API adds to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import OperationalError
from django.http import HttpResponse
from rest_framework import exceptions

from staging import credits, exchange, idempotency, renders, sources, throttling
from staging.api.bodies import json_answer

log = structlog.get_logger("openhouse.api")

# What an exception becomes; its kind is that of the table's entry.
Say = Callable[[Any], "ApiError | HttpResponse"]

RETRY_SECONDS = 5
_UNAVAILABLE = "The service cannot take work now; please try again in a moment"


class ApiError(Exception):
    """An answer that is an error: its status, slug and text, and what else stands in its body."""

    def __init__(self, status: int, code: str, text: str, *, more: Mapping[str, object] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text
        self.more = dict(more or {})


def invalid_request(text: str) -> ApiError:
    """A request that cannot be meant so, or asks for what is not served."""
    return ApiError(400, "invalid_request", text)


def unavailable() -> ApiError:
    """Nothing was taken in, nothing is charged."""
    return ApiError(503, "unavailable", _UNAVAILABLE)


@dataclass(frozen=True)
class Dialect:
    """How one API says what went wrong.

    `names`: the two fields that hold the text; `scheme`: what a caller without a key is asked for; `no_api`: code and
    text for a plan without access; `own`: what this API says of an exception in other words than all do, or alone.
    """

    names: tuple[str, str]
    scheme: str
    no_api: tuple[str, str]
    own: Callable[[Exception], ApiError | HttpResponse | None]

    def body(self, *, text: str, code: str, more: Mapping[str, object] | None = None) -> dict[str, object]:
        """The error body."""
        return {**dict.fromkeys(self.names, text), "code": code, **(more or {})}

    def answer(self, error: ApiError) -> HttpResponse:
        """The answer that says this error."""
        retry = {"Retry-After": str(RETRY_SECONDS)} if error.status in {429, 503} else None
        content = self.body(text=error.text, code=error.code, more=error.more)
        return json_answer(content, status=error.status, headers=retry)

    def translate(self, error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
        """The answer to an exception in a view (DRF's exception handler); None makes it a 500, in the log."""
        if isinstance(error, exchange.Aside):
            return exchange.passing()
        if isinstance(error, throttling.Throttled):
            answer = self.answer(ApiError(429, "rate_limited", str(error)))
            answer["Retry-After"] = str(error.retry_after)
            return answer
        if isinstance(error, exceptions.APIException):
            return self._of_the_framework(error)
        found = error if isinstance(error, ApiError) else self.own(error) or by_kind(_SAID, error)
        return self.answer(found) if isinstance(found, ApiError) else found

    def _of_the_framework(self, error: exceptions.APIException) -> HttpResponse:
        match error:
            case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
                answer = self.answer(ApiError(401, "invalid_api_key", "Invalid API key"))
                answer["WWW-Authenticate"] = self.scheme
                return answer
            case exceptions.PermissionDenied() if error.get_codes() == "key_scope":
                return self.answer(ApiError(403, "key_scope", str(error.detail)))
            case exceptions.PermissionDenied():
                return self.answer(ApiError(403, *self.no_api))
            case exceptions.MethodNotAllowed():
                return self.answer(ApiError(405, "method_not_allowed", str(error.detail)))
            case _:
                return self.answer(invalid_request(str(error.detail)))


def plain(status: int, code: str, text: str = "") -> Say:
    """Says this text, else what the exception says itself."""
    return lambda error: ApiError(status, code, text or str(error))


def by_kind(table: Mapping[type[Exception], Say], error: Exception) -> ApiError | HttpResponse | None:
    """What the first kind that fits says; a kind stands before its own base."""
    return next((say(error) for kind, say in table.items() if isinstance(error, kind)), None)


def _too_few(error: credits.InsufficientCredits) -> ApiError:
    return ApiError(402, "insufficient_credits", f"Not enough credits: {error.needed} needed, {error.balance} left")


def _database_away(error: OperationalError) -> ApiError:
    log.error("database_unavailable", error=str(error))
    return unavailable()


# What is raised as an image that cannot be used, but is no fault of the picture.
SIZE_AND_BUSY: dict[type[Exception], Say] = {
    sources.ImageTooLarge: plain(413, "image_too_large"),
    sources.StorageFull: plain(403, "storage_full"),
    sources.DecodersBusy: plain(503, "unavailable", _UNAVAILABLE),
}
# What all APIs say in the same words.
_SAID: dict[type[Exception], Say] = {
    **SIZE_AND_BUSY,
    sources.InvalidImage: plain(400, "invalid_image"),
    renders.TooManyInFlight: plain(429, "concurrency_limit"),
    credits.InsufficientCredits: _too_few,
    idempotency.IdempotencyConflict: plain(409, "idempotency_conflict"),
    exchange.Busy: plain(503, "unavailable", _UNAVAILABLE),
    OperationalError: _database_away,
}
