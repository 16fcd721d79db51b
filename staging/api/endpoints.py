"""What every endpoint of both documented APIs shares: who may call, and how it is spoken to."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from billing import access
from billing.authentication import ApiKeyAuthentication, Caller
from staging import exchange, throttling
from staging.api.bodies import AlwaysJson, ObjectParser, UntypedParser, json_answer


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


class KeyedEndpoint(APIView):
    """An endpoint for the holders of a key; each API adds its translator of errors."""

    authentication_classes = (ApiKeyAuthentication,)
    permission_classes = (PlanHasApi,)
    parser_classes = (ObjectParser, FormParser, MultiPartParser, UntypedParser)
    content_negotiation_class = AlwaysJson
    # Whether photos come in here, which takes a while.
    takes_photos = False

    def check_throttles(self, request: Request) -> None:
        """Count the call, once for all of its passes, and take a place where a body is taken in. Raises Throttled."""
        kept, caller = exchange.kept(request), caller_of(request)
        if "standing" not in kept:
            kept["standing"] = standing = throttling.count(caller.key.pk, caller.account.plan.slug)
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

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer; a browser's preflight (OPTIONS) carries no credentials and is told what any origin may send."""
        return json_answer({}) if request.method == "OPTIONS" else super().dispatch(request, *args, **kwargs)
