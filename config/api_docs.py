"""The page that shows the OpenAPI document, and the document itself. Nothing of it comes from another host."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp
from django.urls import path, re_path
from django.views.decorators.cache import cache_page
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView, SpectacularYAMLAPIView

from listings.api import document as listings
from staging.api import documents
from staging.api.conversions import document as conversions
from staging.api.renders import document as renders

INTRODUCTION = """
Two documented APIs for the same work: a photo goes in, a picture comes out. Clients of either run unchanged here but
for the host and the key. A third, the Listing API, does what our own pages do: listings, their photos and pictures,
approval, and the delivery for an MLS, in RESO's names. Make a key on your account's page; each key is shown once.

Every answer is JSON. Every success is **200**. Errors say what went wrong in `error`, and which kind of error it is in
`code`. Answers carry `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (seconds); a 429 has `Retry-After`.
Polling one render 40 times a second is normal use. The last 1,000 calls of your account, with the bodies of errors, are
on the [request log](/developers/requests/).

The examples below want two variables:

```
export OPENHOUSE_URL=http://127.0.0.1:8000
export OPENHOUSE_KEY=oh_...
```
"""

_TAGGED = {"ETag": {"description": "Names this state; for If-None-Match and If-Match.", "schema": {"type": "string"}}}
_SELF = "'self'"
# Swagger UI draws its icons from data: URLs, and speaks to this host alone.
_only_ours = csp(
    {
        "default-src": ["'none'"],
        "script-src": [_SELF],
        "style-src": [_SELF],
        "img-src": [_SELF, "data:"],
        "connect-src": [_SELF],
        "font-src": [_SELF],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
)


def only_ours(endpoints: list[Any], **_: Any) -> list[Any]:
    """Leave out what is not part of the three APIs (drf-spectacular's preprocessing hook)."""
    ours = ("/v1/", "/api/v2/", "/interior", "/api/conversion", "/results")
    return [endpoint for endpoint in endpoints if endpoint[0].startswith(ours)]


def finish(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Name operations by their paths, and add what is no view of DRF (drf-spectacular's postprocessing hook)."""
    result["info"]["description"] = INTRODUCTION
    paths = {}
    for address, item in result["paths"].items():
        # The Conversion API's own paths have a trailing slash, those of the others have none; both forms answer.
        plain = address.rstrip("/") if address.startswith(("/v1/", "/api/v2/")) else address
        for method, operation in item.items():
            operation["operationId"] = f"{method}{plain.rstrip('/')}".replace("/", "_").replace("-", "_")
            for answer in operation["responses"].values():
                answer["headers"] = documents.RATE_HEADERS | (_TAGGED if address.startswith("/api/v2/") else {})
            operation["responses"]["401"]["headers"] = documents.CHALLENGE
        paths[plain] = item
    result["paths"] = {**paths, **conversions.FILES, **renders.FILES}
    result["webhooks"] = renders.WEBHOOKS
    result["components"].setdefault("schemas", {}).update(
        renders.COMPONENTS | conversions.COMPONENTS | listings.COMPONENTS
    )
    return result


# Putting the document together takes most of a second of a thread, and it changes with the code alone.
_made_once = cache_page(3600)


class Page(SpectacularSwaggerSplitView):
    """The reader: a page, and by `?script` the script that starts it."""

    template_name = "staging/api_docs.html"
    url_name = "api_docs:json"
    title = "Openhouse API"


urlpatterns = [
    re_path(r"^api/docs/?$", _only_ours(Page.as_view()), name="page"),
    path("api/docs/openapi.json", _made_once(SpectacularJSONAPIView.as_view()), name="json"),
    path("api/docs/openapi.yaml", _made_once(SpectacularYAMLAPIView.as_view()), name="yaml"),
]
app_name = "api_docs"
