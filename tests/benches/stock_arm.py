"""The arms that `make bench` compares with: the same work written the stock way, on the same server.

* `urlpatterns`: a poll as a Django REST framework tutorial would write it: token authentication that reads its
  row each time, a ModelSerializer with nested serializers, JSONRenderer. Served by
  DJANGO_SETTINGS_MODULE=tests.benches.stock_settings.
* `render`: a render as one RQ job that holds its forked worker and polls the rendering server until it is done.
"""

from __future__ import annotations

import time
from typing import Any

import httpx
from django.conf import settings
from django.http import Http404
from django.urls import path
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.generics import RetrieveAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer

from billing import keys
from billing.authentication import Caller
from billing.models import ApiKey
from staging import files
from staging.models import Output, Render, Run


class TokenAuthentication(BaseAuthentication):
    """DRF's own, on our keys: one row with its user, here its account."""

    def authenticate(self, request: Any) -> tuple[Caller, ApiKey]:
        text = request.headers.get("Authorization", "").partition(" ")[2]
        try:
            key = ApiKey.objects.select_related("account__plan").get(sha256=keys._hash(text), revoked_at__isnull=True)
        except ApiKey.DoesNotExist:
            raise AuthenticationFailed from None
        return Caller(key.account, key), key


class OutputSerializer(serializers.ModelSerializer):
    """One picture."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = Output
        fields = ("uuid", "role", "url")

    def get_url(self, output: Output) -> str:
        return self.context["request"].build_absolute_uri(files.output_url(output))


class RunSerializer(serializers.ModelSerializer):
    """One run with its pictures."""

    outputs = OutputSerializer(many=True)

    class Meta:
        model = Run
        fields = ("state", "progress", "brief_json", "error_message", "outputs")


class RenderSerializer(serializers.ModelSerializer):
    """A render with its runs."""

    runs = RunSerializer(many=True)

    class Meta:
        model = Render
        fields = ("public_id", "created_at", "runs")


class RenderView(RetrieveAPIView):
    """GET /v1/render"""

    authentication_classes = (TokenAuthentication,)
    permission_classes = (IsAuthenticated,)
    renderer_classes = (JSONRenderer,)
    serializer_class = RenderSerializer

    def get_object(self) -> Render:
        account = self.request.user.account
        renders = Render.objects.filter(account=account).prefetch_related("runs__outputs__run__render")
        found = renders.filter(public_id=self.request.query_params.get("render_id", "")).first()
        if found is None:
            raise Http404
        return found


# Another address: the fast answer to polls stands before the table of addresses.
urlpatterns = [path("stock/render", RenderView.as_view())]


def render(photo: str, number: int) -> float:
    """Have the engine at ENGINE_URL make a picture and wait for it; when it was there, by the clock."""
    key = f"stock-{number}"
    with open(photo, "rb") as file:
        parts = {"job": ("job.json", JOB, "application/json"), "photo": ("photo.png", file.read(), "image/png")}
    with httpx.Client(base_url=settings.ENGINE_URL, timeout=60) as client:
        client.put(f"/v1/jobs/{key}", files=parts).raise_for_status()
        while client.get(f"/v1/jobs/{key}").json()["state"] == "running":
            time.sleep(0.5)
        for role in ("staged", "mask"):
            client.get(f"/v1/jobs/{key}/pictures/{role}").raise_for_status()
    return time.time()


JOB = b'{"brief": {"kind": "staging", "seed": 1}, "time_limit": 600}'
