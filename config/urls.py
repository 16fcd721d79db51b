"""The table of contents."""

from django.contrib import admin
from django.urls import include, path, re_path

from config import health

urlpatterns = [
    re_path(r"^healthz/?$", health.healthz, name="healthz"),
    re_path(r"^readyz/?$", health.readyz, name="readyz"),
    path("", include("staging.api.renders.urls")),
    path("", include("staging.api.conversions.urls")),
    path("", include("staging.api.reading")),
    path("", include("staging.urls")),
    path("", include("listings.urls")),
    path("billing/", include("billing.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
