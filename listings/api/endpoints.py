"""What every endpoint of the Listing API shares: whose listing it is, ETags, and requests that are repeated."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from billing.models import Account
from listings import records
from listings.api import errors
from listings.api.errors import ApiError
from listings.models import Listing
from staging import exchange, idempotency
from staging.api.bodies import CORS, json_answer
from staging.api.endpoints import KeyedEndpoint, caller_of
from staging.idempotency import Claim

CROSS_ORIGIN = {
    "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": f"{CORS['Access-Control-Allow-Headers']}, if-match, if-none-match",
    "Access-Control-Expose-Headers": f"{CORS['Access-Control-Expose-Headers']}, etag",
}
# Signatures of addresses are made anew by every answer and are no part of what the answer says.
_SIGNATURE = re.compile(r"\?expires=[^\"]*")
_TAG = re.compile(r'(?:W/)?("[^"]*")')


class Endpoint(KeyedEndpoint):
    """An endpoint that says its errors in the words of this API. To delete takes a key of scope admin."""

    admin_methods = frozenset({"DELETE"})

    def get_exception_handler(self) -> Callable[..., HttpResponse | None]:
        """This API's translator."""
        return errors.translate

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer; a preflight is told of this API's methods and headers."""
        if request.method == "OPTIONS":
            return json_answer({}, headers=CROSS_ORIGIN)
        return super().dispatch(request, *args, **kwargs)


def account_of(request: Request) -> Account:
    """Whose key it is."""
    return caller_of(request).account


def listing_of(request: Request, key: str) -> Listing:
    """The caller's listing of this ListingKey. Raises ListingNotFound, Ambiguous."""
    system = request.query_params.get("OriginatingSystemName")
    if "\x00" in f"{key}{system}":
        raise records.ListingNotFound(key)
    return records.by_key(account_of(request), key, system=system)


def answer(request: Request, content: Mapping[str, Any]) -> HttpResponse:
    """200 with the content and its ETag; 304 where the caller has it already."""
    tag = tag_of(content)
    headers = {**CROSS_ORIGIN, "ETag": tag, "Cache-Control": "private, no-cache"}
    if request.method == "GET" and _names(request.headers.get("If-None-Match", ""), tag):
        response = HttpResponse(status=304, headers={**CORS, **headers})
        del response["Content-Type"]
        return response
    return json_answer(content, headers=headers)


def require_match(request: Request, present: Callable[[], Mapping[str, Any]]) -> None:
    """Raise ApiError 412 when the caller means another state of it (If-Match) than the `present` one.

    Called with the rows locked that are to be changed: nobody comes between the comparison and the change.
    """
    wanted = request.headers.get("If-Match", "")
    if wanted and not _names(wanted, tag_of(present())):
        raise ApiError(412, "precondition_failed", "It has changed since the state that If-Match names")


def tag_of(content: Mapping[str, Any]) -> str:
    """The ETag of a body: the same for the same things, whenever their addresses were signed."""
    text = _SIGNATURE.sub("", json.dumps(content, sort_keys=True))
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def _names(header: str, tag: str) -> bool:
    return header.strip() == "*" or tag in _TAG.findall(header)


def once(request: Request, path: str, asked: Mapping[str, Any], make: Callable[[], str]) -> str:
    """The name of what `make` makes, or of what an earlier request of the same Idempotency-Key made.

    Raises ApiError, IdempotencyConflict.
    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        return make()
    if len(key) > idempotency.KEY_LENGTH or not key.isprintable():
        text = f"An Idempotency-Key has at most {idempotency.KEY_LENGTH} printable characters"
        raise ApiError(400, "invalid_request", text)
    claim = Claim(account_of(request), f"v2 {path}", key, idempotency.fingerprint({"path": request.path, **asked}))
    return idempotency.once_named(claim, make)


def require_body(request: Request) -> None:
    """Raise ApiError for a body that was too large to be taken in."""
    if exchange.body_too_large(request):
        raise ApiError(413, "image_too_large", f"The request is over {settings.BODY_MAX_BYTES // 2**20} MB")


def absolute(request: HttpRequest | Request, path: str) -> str:
    """The whole address of a path of ours."""
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)
