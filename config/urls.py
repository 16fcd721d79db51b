"""The table of contents."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.decorators.cache import cache_page
from django.views.generic import RedirectView
from django.views.i18n import JavaScriptCatalog, set_language

from config import health, status

urlpatterns = [
    re_path(r"^healthz/?$", health.healthz, name="healthz"),
    re_path(r"^readyz/?$", health.readyz, name="readyz"),
    path("status/", status.status, name="status"),
    path("", include("staging.api.renders.urls")),
    path("", include("staging.api.conversions.urls")),
    path("", include("listings.api.urls")),
    path("", include("config.api_docs")),
    path("", include("staging.urls")),
    path("", include("listings.urls")),
    path("billing/", include("billing.urls")),
    # Passkeys stand on the page about security; allauth would list them on one of their own.
    path("accounts/2fa/webauthn/", RedirectView.as_view(pattern_name="mfa_index"), name="passkeys"),
    path("accounts/", include("allauth.urls")),
    path("language/", set_language, name="set_language"),
    # What our scripts say, in the page's language.
    path("words.js", cache_page(3600)(JavaScriptCatalog.as_view(packages=["config"])), name="words"),
    path("admin/", admin.site.urls),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
