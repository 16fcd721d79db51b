"""What both APIs read and write alike: JSON objects in, JSON out, from pages of any origin."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "authorization, content-type, x-requested-with, idempotency-key, x-api-key",
    "Access-Control-Expose-Headers": "retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, x-request-id",
    "Access-Control-Max-Age": "86400",
}
TRUE = frozenset({"true", "1", "yes", "on"})
FALSE = frozenset({"false", "0", "no", "off"})


def json_answer(
    content: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """JSON that a page of any origin may read."""
    return HttpResponse(
        json.dumps(content), status=status, content_type="application/json", headers={**CORS, **(headers or {})}
    )


class AlwaysJson(DefaultContentNegotiation):
    """Every body is JSON, whatever the caller says it accepts."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The one renderer."""
        return renderers[0], renderers[0].media_type


class ObjectParser(JSONParser):
    """JSON whose outermost value is an object."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, object]:
        """The object. Raises ParseError."""
        try:
            found = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError("The JSON body is nested too deeply") from None
        if not isinstance(found, dict):
            raise ParseError("The JSON body must be an object")
        return found


class UntypedParser(BaseParser):
    """Any other content type: its body holds no arguments, as unknown arguments are ignored."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, object]:
        """Nothing."""
        return {}
