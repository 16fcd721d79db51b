"""Signed addresses of pictures. The two APIs have tables of their own."""

from __future__ import annotations

from django.urls import path

from staging import files

app_name = "staging"

urlpatterns = [
    path("renders/<str:public_id>/outputs/<str:name>", files.output_file, name="output_file"),
    path("photos/<uuid:number>/<str:name>", files.photo_file, name="photo_file"),
]
