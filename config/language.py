"""Pages speak the visitor's language; the documented APIs and the admin speak English, whoever asks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from billing.models import User

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
        """Say which language it is, on pages; and remember it for the mails of whoever looks at them."""
        if request.path.startswith(_ENGLISH):
            return response
        user = getattr(request, "_cached_user", None)  # who was looked up already: a page for everybody asks for nobody
        if isinstance(user, User) and user.language != (language := translation.get_language() or "en"):
            User.objects.filter(pk=user.pk).update(language=language)
        return super().process_response(request, response)
