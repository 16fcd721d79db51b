"""How this API says what went wrong: the one place where errors of the house become answers of this contract.

The error body is `{"detail": TEXT, "error": TEXT, "code": SLUG}`, and `"errors": {field: [TEXT]}` for wrong fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from django.conf import settings
from django.db import OperationalError
from django.http import HttpResponse
from rest_framework import exceptions

from staging import conversions, credits, exchange, offers, renders, sources, throttling
from staging.api.bodies import json_answer

log = structlog.get_logger("openhouse.api.conversions")

RETRY_SECONDS = 5


class ApiError(Exception):
    """An error that this API itself finds in a request. `fields`: what is wrong with which."""

    def __init__(self, status: int, code: str, text: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text
        self.fields = dict(fields or {})


def invalid_request(text: str) -> ApiError:
    """A request that cannot be meant so, or asks for what is not served yet."""
    return ApiError(400, "invalid_request", text)


def plan_required(text: str) -> ApiError:
    """The plan of the account does not include this."""
    return ApiError(403, "plan_required", text)


def body_too_large() -> ApiError:
    """The whole request is over the limit."""
    return ApiError(413, "image_too_large", f"The request is over {settings.BODY_MAX_BYTES // 2**20} MB")


def unavailable() -> ApiError:
    """Nothing was taken in, nothing is charged."""
    return ApiError(503, "unavailable", "The service cannot take work now; please try again in a moment")


def answer_of(error: ApiError) -> HttpResponse:
    """The answer that says this error."""
    content: dict[str, object] = {"detail": error.text, "error": error.text, "code": error.code}
    if error.fields:
        content["errors"] = {name: [text] for name, text in error.fields.items()}
    retry = {"Retry-After": str(RETRY_SECONDS)} if error.status in {429, 503} else None
    return json_answer(content, status=error.status, headers=retry)


def translate(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """The answer to an exception in a view (DRF's exception handler); None makes it a 500, its traceback in the log."""
    if isinstance(error, exchange.Aside):
        return exchange.passing()
    if isinstance(error, conversions.ConversionNotFound):
        # So that a loop on `finished` ends.
        text = "Conversion not found"
        body = {"finished": True, "files": [], "error": text, "detail": text, "code": "not_found"}
        return json_answer(body, status=404)
    if isinstance(error, throttling.Throttled):
        answer = answer_of(ApiError(429, "rate_limited", str(error)))
        answer["Retry-After"] = str(error.retry_after)
        return answer
    if isinstance(error, exceptions.APIException):
        return _of_the_framework(error)
    found = error if isinstance(error, ApiError) else _of_the_house(error)
    return None if found is None else answer_of(found)


def _of_the_house(error: Exception) -> ApiError | None:
    found = None
    match error:
        case sources.ImageTooLarge():
            found = ApiError(413, "image_too_large", str(error))
        case sources.StorageFull():
            found = ApiError(403, "storage_full", str(error))
        case sources.DecodersBusy() | exchange.Busy():
            found = unavailable()
        case sources.InvalidImage():
            found = ApiError(400, "invalid_image", str(error), fields={"files": str(error)})
        case offers.NotOffered():
            found = invalid_request(f"{error} Nothing was charged.")
        case renders.TooManyInFlight():
            found = ApiError(429, "concurrency_limit", str(error))
        case credits.InsufficientCredits():
            text = f"Not enough credits: {error.needed} needed, {error.balance} left"
            found = ApiError(402, "insufficient_credits", text)
        case OperationalError():
            log.error("database_unavailable", error=str(error))
            found = unavailable()
    return found


def _of_the_framework(error: exceptions.APIException) -> HttpResponse:
    match error:
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            answer = answer_of(ApiError(401, "invalid_api_key", "Invalid API key"))
            answer["WWW-Authenticate"] = "Token"
            return answer
        case exceptions.PermissionDenied() if error.get_codes() == "key_scope":
            return answer_of(ApiError(403, "key_scope", str(error.detail)))
        case exceptions.PermissionDenied():
            return answer_of(plan_required("API access is part of the Pro plans; the plan of this account has none"))
        case exceptions.MethodNotAllowed():
            return answer_of(ApiError(405, "method_not_allowed", str(error.detail)))
        case _:
            return answer_of(invalid_request(str(error.detail)))
