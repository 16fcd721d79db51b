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

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer; a browser's preflight (OPTIONS) carries no credentials and is told what any origin may send."""
        return json_answer({}) if request.method == "OPTIONS" else super().dispatch(request, *args, **kwargs)
