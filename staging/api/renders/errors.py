"""The one translator from what can go wrong to what this API says of it: status, code and text.

The error body is `{"error": TEXT, "message": TEXT, "code": SLUG}`, and `render_id` and `status` where a render exists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from django.db import OperationalError
from django.http import HttpResponse
from rest_framework import exceptions

from staging import credits, exchange, idempotency, masks, offers, renders, sources, throttling, variations
from staging.api.bodies import json_answer

log = structlog.get_logger("openhouse.api.renders")

RETRY_SECONDS = 5
# The codes of arguments that ask for what is not served here.
_CODES = {"declutter": "invalid_declutter_mode", "room_type": "invalid_room_type"}


class ApiError(Exception):
    """An error that this API itself finds in a request."""

    def __init__(self, status: int, code: str, text: str, *, render_id: str | None = None, state: str | None = None):
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text
        self.render_id = render_id
        self.state = state


def body(*, text: str, code: str, render_id: str | None = None, state: str | None = None) -> dict[str, object]:
    """The error body."""
    found: dict[str, object] = {"error": text, "message": text, "code": code}
    if render_id is not None:
        found |= {"render_id": render_id, "status": state}
    return found


def invalid_request(text: str) -> ApiError:
    """An argument that cannot be meant so, or one that is not served yet."""
    return ApiError(400, "invalid_request", text)


def invalid_choice(name: str, choices: Iterable[str], *, code: str | None = None) -> ApiError:
    """The documented text for an argument that is none of its choices."""
    return ApiError(400, code or f"invalid_{name}", f"Invalid {name}. Must be one of: {', '.join(choices)}")


def wait_timeout(render_id: str) -> ApiError:
    """The wait was longer than a request may be held; the render goes on."""
    text = "The render is still being made. Ask for it with GET /v1/render?render_id=" + render_id
    return ApiError(504, "wait_timeout", text, render_id=render_id, state="rendering")


def unavailable(text: str = "The service cannot take work now; please try again in a moment") -> ApiError:
    """Nothing was taken in, nothing is charged."""
    return ApiError(503, "unavailable", text)


def answer_of(error: ApiError) -> HttpResponse:
    """The answer that says this error."""
    retry = {"Retry-After": str(RETRY_SECONDS)} if error.status in {429, 503} else None
    content = body(text=error.text, code=error.code, render_id=error.render_id, state=error.state)
    return json_answer(content, status=error.status, headers=retry)


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
    if isinstance(error, sources.InvalidImage) and not isinstance(
        error, sources.ImageTooLarge | sources.DecodersBusy | sources.StorageFull
    ):
        # The documented text is these two words; what exactly is wrong goes beside it.
        answer = answer_of(ApiError(400, "invalid_image", "Invalid image"))
        answer["X-Error-Detail"] = str(error).encode("ascii", "replace").decode()
        return answer
    found = error if isinstance(error, ApiError) else _of_the_house(error)
    return None if found is None else answer_of(found)


def _of_the_house(error: Exception) -> ApiError | None:
    found = None
    match error:
        case sources.ImageTooLarge() | sources.StorageFull():
            full = isinstance(error, sources.StorageFull)
            found = ApiError(403 if full else 413, "storage_full" if full else "image_too_large", str(error))
        case renders.RenderNotFound():
            found = ApiError(404, "render_not_found", "Render not found")
        case renders.TooManyInFlight():
            found = ApiError(429, "concurrency_limit", str(error))
        case credits.InsufficientCredits():
            text = f"Not enough credits: {error.needed} needed, {error.balance} left"
            found = ApiError(402, "insufficient_credits", text)
        case idempotency.IdempotencyConflict():
            found = ApiError(409, "idempotency_conflict", str(error))
        case masks.InvalidMask():
            found = invalid_request(f"Invalid declutter_mask_url. {error}")
        case offers.NotOffered():
            found = ApiError(400, _CODES.get(error.part, "invalid_request"), str(error))
        case variations.NothingToVary():
            found = invalid_request(str(error))
        case variations.RenderNotDone():
            found = ApiError(400, "render_not_done", str(error))
        case variations.TooManyVariations():
            found = ApiError(400, "max_variations", str(error))
        case sources.DecodersBusy() | exchange.Busy():
            found = unavailable()
        case OperationalError():
            log.error("database_unavailable", error=str(error))
            found = unavailable()
    return found


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
