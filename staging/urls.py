"""Signed addresses of pictures, and the pages for partners. The two APIs have tables of their own."""

from __future__ import annotations

from django.urls import path

from staging import developers, files

app_name = "staging"

urlpatterns = [
    path("renders/<str:public_id>/outputs/<str:name>", files.output_file, name="output_file"),
    path("developers/requests/", developers.requests, name="requests"),
    path("developers/webhooks/", developers.webhook_list, name="webhooks"),
    path("developers/webhooks/secret/", developers.webhook_secret, name="webhook_secret"),
    path("developers/webhooks/<uuid:event>/again/", developers.webhook_again, name="webhook_again"),
    path("photos/<uuid:number>/<str:name>", files.photo_file, name="photo_file"),
]
