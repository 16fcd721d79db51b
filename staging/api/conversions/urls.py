"""The Conversion API's paths. Each endpoint answers with and without a trailing slash, and never redirects."""

from django.urls import re_path

from staging.api.conversions import pictures, views

app_name = "conversions_api"

urlpatterns = [
    re_path(r"^interior/?$", views.Create.as_view(), name="interior"),
    re_path(r"^api/conversion/?$", views.Create.as_view(), name="conversion"),
    re_path(r"^results/?$", views.Results.as_view(), name="results"),
    re_path(r"^(?P<copy>results|originals|thumbs)/(?P<name>[^/]+)$", pictures.picture, name="picture"),
]
