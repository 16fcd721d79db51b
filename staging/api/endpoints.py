"""What every endpoint of both documented APIs shares: who may call, and how it is spoken to."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from billing import access
from billing.authentication import ApiKeyAuthentication, Caller
from billing.models import ApiKey
from staging import calls, exchange, throttling
from staging.api.bodies import AlwaysJson, ObjectParser, UntypedParser, json_answer

_RENDER_ID = re.compile(r'render_?id(?:": "|=)([A-Za-z0-9]{20})', re.IGNORECASE)


def caller_of(request: Request) -> Caller:
    """Who calls: the account and the key that the request was let in by."""
    caller = request.user
    assert isinstance(caller, Caller)
    return caller


class PlanHasApi(BasePermission):
    """The plan of the key's account has API access."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether it has."""
        return access.may_use_api(caller_of(request).account)


class KeyAllows(BasePermission):
    """The key's scope covers what is asked for: a key that may only read starts nothing."""

    code = "key_scope"

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether it does."""
        reads = request.method in SAFE_METHODS or getattr(view, "only_reads", False)
        if reads:
            needed = ApiKey.Scope.READ
        # What the address does not know is answered by 405, whatever the key.
        elif request.method in getattr(view, "admin_methods", ()) and hasattr(view, str(request.method).lower()):
            needed = ApiKey.Scope.ADMIN
        else:
            needed = ApiKey.Scope.RENDER
        key = caller_of(request).key
        self.message = too_narrow(key, needed)
        return key.allows(needed)


def too_narrow(key: ApiKey, needed: str) -> str:
    """What a caller is told whose key may not do something."""
    return f"This key may not do this: its scope is too narrow ({key.scope}; this needs {needed})"


def require_scope(request: Request, needed: str) -> None:
    """Raise PermissionDenied (`key_scope`) unless the caller's key allows this: for what a body alone decides."""
    key = caller_of(request).key
    if not key.allows(needed):
        raise PermissionDenied(too_narrow(key, needed), code=KeyAllows.code)


class KeyedEndpoint(APIView):
    """An endpoint for the holders of a key; each API adds its translator of errors."""

    authentication_classes = (ApiKeyAuthentication,)
    permission_classes = (PlanHasApi, KeyAllows)
    parser_classes = (ObjectParser, FormParser, MultiPartParser, UntypedParser)
    content_negotiation_class = AlwaysJson
    # A key of scope `read` may read, one of scope `render` change things, but for methods that take one of `admin`;
    # `only_reads`: this POST changes nothing.
    admin_methods: frozenset[str] = frozenset()
    only_reads = False
    # Whether photos come in here, which takes a while.
    takes_photos = False

    def check_throttles(self, request: Request) -> None:
        """Count the call, once for all of its passes, and take a place where a body is taken in. Raises Throttled."""
        kept, caller = exchange.kept(request), caller_of(request)
        if "standing" not in kept:
            kept["standing"] = standing = throttling.count(caller.key.pk, caller.account.plan.slug, caller.account.pk)
            if standing is not None and not standing.allowed:
                raise throttling.too_often(standing)
        if self.takes_photos and "place" not in kept:
            kept["place"] = (caller.account.pk, throttling.take_place(caller.account.pk))

    def finalize_response(self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any) -> Any:
        """Say how the key stands; with the last pass that takes a body in, the place is free again."""
        kept = exchange.kept(request)
        if kept.get("standing") is not None:
            self.headers.update(kept["standing"].headers)
        if "place" in kept and not exchange.will_go_on(request):
            throttling.give_back(*kept.pop("place"))
            kept["place"] = (0, "")
        return super().finalize_response(request, response, *args, **kwargs)  # type: ignore[arg-type]

    def perform_authentication(self, request: Request) -> None:
        """Find out who calls, and remember it for later passes and the account's log of calls.

        Raises NotAuthenticated.
        """
        kept = exchange.kept(request)
        if "let_in" in kept:
            request.user = kept["let_in"]
            return
        super().perform_authentication(request)
        kept["let_in"] = caller = caller_of(request)
        kept["caller"] = (caller.account.pk, caller.key.prefix)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer; a browser's preflight (OPTIONS) carries no credentials and is told what any origin may send."""
        if request.method == "OPTIONS":
            return json_answer({})
        exchange.kept(request).setdefault("started", time.perf_counter())
        try:
            response = super().dispatch(request, *args, **kwargs)
        except Exception:
            _note(request, 500, None)
            raise
        if exchange.is_held(request):
            # What is held on to is the note, not the request: thousands wait at once.
            kept = exchange.kept(request)
            kept.pop("let_in", None)
            account_id, call = kept["caller"][0], _call(request, response.status_code, response)
            exchange.when_unanswered(request, partial(_note_held, account_id, call, kept["started"]))
        elif not exchange.will_go_on(request):
            _note(request, response.status_code, response)
        return response


def _note(request: HttpRequest, status: int, response: HttpResponseBase | None) -> None:
    """Remember the call for its account's people, when it is known whose it is."""
    kept = exchange.kept(request)
    if "caller" in kept:
        calls.note(kept["caller"][0], _call(request, status, response))


def _note_held(account_id: int, call: calls.Call, started: float, status: int, body: bytes) -> None:
    """Remember a call whose answer was held, now that it is known."""
    told = calls.without_keys(body.decode(errors="replace"))[: calls.BODY_LENGTH] if status >= 400 else ""
    ms = round((time.perf_counter() - started) * 1000)
    calls.note(account_id, replace(call, at=int(time.time() * 1000), status=status, ms=ms, body=told))


def _call(request: HttpRequest, status: int, response: HttpResponseBase | None) -> calls.Call:
    kept = exchange.kept(request)
    body = response.content.decode(errors="replace") if isinstance(response, HttpResponse) else ""
    render = _RENDER_ID.search(body) or _RENDER_ID.search(request.META.get("QUERY_STRING", ""))
    return calls.of(
        request,
        status=status,
        started=kept["started"],
        key=kept["caller"][1],
        body=body if status >= 400 else "",
        render_id=render[1] if render else "",
        detail=response.headers.get("X-Error-Detail", "") if response is not None else "",
    )
