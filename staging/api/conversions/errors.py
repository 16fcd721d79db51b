"""What this API alone says of what can go wrong; all else is said as in every API (staging.api.errors).

The error body is `{"detail": TEXT, "error": TEXT, "code": SLUG}`, and `"errors": {field: [TEXT]}` for wrong fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from django.conf import settings
from django.http import HttpResponse

from staging import conversions, offers, sources
from staging.api.bodies import json_answer
from staging.api.errors import SIZE_AND_BUSY, ApiError, Dialect, Say, by_kind, invalid_request

__all__ = [
    "DIALECT",
    "ApiError",
    "answer_of",
    "body_too_large",
    "invalid_request",
    "plan_required",
    "translate",
    "wrong_fields",
]


def wrong_fields(code: str, text: str, fields: Mapping[str, str]) -> ApiError:
    """Fields that cannot be meant so: what is wrong with which."""
    return ApiError(400, code, text, more={"errors": {name: [said] for name, said in fields.items()}})


def plan_required(text: str) -> ApiError:
    """The plan of the account does not include this."""
    return ApiError(403, "plan_required", text)


def body_too_large() -> ApiError:
    """The whole request is over the limit."""
    return ApiError(413, "image_too_large", f"The request is over {settings.BODY_MAX_BYTES // 2**20} MB")


def _not_found(error: Exception) -> HttpResponse:
    """Says that it is finished, so that a loop on `finished` ends."""
    text = "Conversion not found"
    body = {"finished": True, "files": [], "error": text, "detail": text, "code": "not_found"}
    return json_answer(body, status=404)


_SAID: dict[type[Exception], Say] = {
    conversions.ConversionNotFound: _not_found,
    **SIZE_AND_BUSY,
    sources.InvalidImage: lambda error: wrong_fields("invalid_image", str(error), {"files": str(error)}),
    offers.NotOffered: lambda error: invalid_request(f"{error} Nothing was charged."),
}


DIALECT = Dialect(
    names=("detail", "error"),
    scheme="Token",
    no_api=("plan_required", "API access is part of the Pro plans; the plan of this account has none"),
    own=partial(by_kind, _SAID),
)
answer_of = DIALECT.answer
translate = DIALECT.translate
