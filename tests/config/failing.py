"""A view that fails with everything in its hands that nobody else may see, for tests/config/test_sentry.py."""

from __future__ import annotations

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def fail(request: HttpRequest) -> HttpResponse:
    """Break."""
    api_key, photo = request.headers["Authorization"], request.body
    raise RuntimeError(f"could not use {api_key} for {len(photo)} bytes")


urlpatterns: list[Any] = [path("fail", fail)]


def main(key: str) -> None:
    """Start as any of our processes does, and have the view fail."""
    import django  # noqa: PLC0415

    django.setup()
    from django.test import Client, override_settings  # noqa: PLC0415

    # Ours too, for the links of the page that says so; they can be loaded only now.
    urlpatterns.append(path("", include("config.urls")))
    with override_settings(ROOT_URLCONF=__name__):
        client = Client(raise_request_exception=False)
        client.cookies["sessionid"] = "cookie-of-somebody"
        headers = {"Authorization": f"Api-Key {key}", "X-Request-Id": "request-7"}
        answer = client.post(
            "/fail?expires=1&signature=signature-of-a-file", b"\x89PNG-photo", "image/png", headers=headers
        )
    print(answer.status_code)


if __name__ == "__main__":
    main(sys.argv[1])
