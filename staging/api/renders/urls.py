"""The Render API's paths. Each answers with and without a trailing slash, and never redirects."""

from django.urls import re_path

from staging.api.renders import views

app_name = "renders_api"

urlpatterns = [
    re_path(r"^v1/ping/?$", views.Ping.as_view(), name="ping"),
    re_path(r"^v1/options/?$", views.Options.as_view(), name="options"),
    re_path(r"^v1/render/?$", views.RenderDetail.as_view(), name="render"),
    re_path(r"^v1/render/create/?$", views.Create.as_view(), name="create"),
    re_path(r"^v1/render/create-variation/?$", views.CreateVariation.as_view(), name="create_variation"),
    re_path(r"^v[12](?:/.*)?$", views.unknown, name="unknown"),
]
