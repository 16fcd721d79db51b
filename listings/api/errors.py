"""The one translator from what can go wrong to what this API says of it: status, code and text.

The error body is `{"error": TEXT, "message": TEXT, "code": SLUG}`, and `errors` by field where fields are wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from django.db import OperationalError
from django.http import HttpResponse
from rest_framework import exceptions

from listings import deliveries, photos, records, reviews
from listings.rules import NoCaptionFits
from staging import credits, exchange, idempotency, offers, renders, sources, throttling, webhooks
from staging.api.bodies import json_answer

log = structlog.get_logger("openhouse.api.listings")

RETRY_SECONDS = 5


class ApiError(Exception):
    """An error that this API itself finds in a request; `fields` tells what is wrong with each."""

    def __init__(self, status: int, code: str, text: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text
        self.fields = dict(fields or {})


def not_found(what: str = "There is nothing at this address") -> ApiError:
    """What is not there, and what is another account's."""
    return ApiError(404, "not_found", what)


def invalid(fields: Mapping[str, str]) -> ApiError:
    """Fields that cannot be meant so."""
    text = "; ".join(f"{name}: {said}" for name, said in fields.items())
    return ApiError(400, "invalid_field", text, fields)


def answer_of(error: ApiError) -> HttpResponse:
    """The answer that says this error."""
    body: dict[str, Any] = {"error": error.text, "message": error.text, "code": error.code}
    if error.fields:
        body["errors"] = error.fields
    retry = {"Retry-After": str(RETRY_SECONDS)} if error.status in {429, 503} else None
    return json_answer(body, status=error.status, headers=retry)


def translate(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """The answer to an exception in a view (DRF's exception handler); None makes it a 500, its traceback in the log."""
    if isinstance(error, exchange.Aside):
        return exchange.passing()
    if isinstance(error, throttling.Throttled):
        answer = answer_of(ApiError(429, "rate_limited", str(error)))
        answer["Retry-After"] = str(error.retry_after)
        return answer
    if isinstance(error, exceptions.APIException):
        return _of_the_framework(error)
    if isinstance(error, ApiError):
        return answer_of(error)
    for kind, say in _SAID.items():
        if isinstance(error, kind):
            return answer_of(say(error))
    return None


def _of_the_framework(error: exceptions.APIException) -> HttpResponse:
    match error:
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            answer = answer_of(ApiError(401, "invalid_api_key", "Invalid API key"))
            answer["WWW-Authenticate"] = "Api-Key"
            return answer
        case exceptions.PermissionDenied() if error.get_codes() == "key_scope":
            return answer_of(ApiError(403, "key_scope", str(error.detail)))
        case exceptions.PermissionDenied():
            return answer_of(ApiError(403, "plan_without_api", "The plan of this account has no API access"))
        case exceptions.MethodNotAllowed():
            return answer_of(ApiError(405, "method_not_allowed", str(error.detail)))
        case _:
            return answer_of(ApiError(400, "invalid_request", str(error.detail)))


def _unavailable(error: Exception) -> ApiError:
    if isinstance(error, OperationalError):
        log.error("database_unavailable", error=str(error))
    return ApiError(503, "unavailable", "The service cannot take work now; please try again in a moment")


def _plain(status: int, code: str, text: str = "") -> Callable[[Any], ApiError]:
    return lambda error: ApiError(status, code, text or str(error))


def _too_few(error: credits.InsufficientCredits) -> ApiError:
    return ApiError(402, "insufficient_credits", f"Not enough credits: {error.needed} needed, {error.balance} left")


# The first that fits: a kind before its own base.
_SAID: dict[type[Exception], Callable[[Any], ApiError]] = {
    sources.ImageTooLarge: _plain(413, "image_too_large"),
    sources.DecodersBusy: _unavailable,
    sources.StorageFull: _plain(403, "storage_full"),
    sources.InvalidImage: _plain(400, "invalid_image"),
    records.ListingNotFound: _plain(404, "not_found", "There is no such listing"),
    photos.PhotoNotFound: _plain(404, "not_found", "There is no such photo"),
    renders.RenderNotFound: _plain(404, "not_found", "There is no such picture"),
    deliveries.NoSuchDelivery: _plain(404, "not_found", "There is no such delivery"),
    records.Ambiguous: _plain(409, "ambiguous_listing"),
    records.Exists: _plain(409, "listing_exists", "A listing of this ListingKey is there already"),
    records.Stale: _plain(409, "conflict", "Somebody else has just changed this listing"),
    photos.Stale: _plain(409, "conflict", "Somebody else has just changed this photo"),
    photos.Reordered: _plain(409, "conflict", "MediaKeys must name each of the listing's photos once"),
    deliveries.NothingApproved: _plain(409, "nothing_approved", "No picture is approved yet"),
    reviews.NotReady: _plain(409, "not_ready", "There is no picture yet"),
    reviews.AnotherApproved: _plain(409, "another_approved", "Another picture of this render is approved"),
    reviews.NotRefused: _plain(409, "not_refused", "No picture of this render waits for an override"),
    reviews.NoReason: _plain(400, "invalid_field"),
    NoCaptionFits: _plain(503, "unavailable"),
    credits.InsufficientCredits: _too_few,
    idempotency.IdempotencyConflict: _plain(409, "idempotency_conflict"),
    offers.NotOffered: _plain(400, "not_offered"),
    webhooks.Blocked: _plain(400, "invalid_field"),
    webhooks.TooManySubscriptions: _plain(409, "too_many_webhooks"),
    exchange.Busy: _unavailable,
    OperationalError: _unavailable,
}
