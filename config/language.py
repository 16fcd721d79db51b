"""Pages speak the visitor's language; the documented APIs and the admin speak English, whoever asks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

# Partners' clients compare messages; a browser's Accept-Language must not change them.
_ENGLISH = ("/v1/", "/v2/", "/api/", "/interior", "/results", "/admin/", "/healthz", "/readyz")


class PageLanguageMiddleware(LocaleMiddleware):
    """The language of the cookie, else of the browser, for pages alone."""

    def process_request(self, request: HttpRequest) -> None:
        """Choose the language."""
        if request.path.startswith(_ENGLISH):
            translation.activate("en")
        else:
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Say which language it is, on pages."""
        if request.path.startswith(_ENGLISH):
            return response
        return super().process_response(request, response)
