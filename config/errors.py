"""Answers to what no view answers (unknown paths, crashes), in the dialect of the path: each API has its own."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import defaults

from config.bodies import Send
from staging.api.bodies import json_answer
from staging.api.conversions import errors as conversions_errors
from staging.api.renders import errors as renders_errors

RENDERS = ("/v1/", "/v2/")
LISTINGS = ("/api/v2/",)
CONVERSIONS = ("/interior/", "/api/conversion/", "/results/")


@dataclass(frozen=True)
class Trouble:
    """An answer that is an error: its status, slug and a sentence for people."""

    status: int
    code: str
    text: str
    body: dict[str, object]


def _under(path: str, prefixes: tuple[str, ...]) -> bool:
    return f"{path}/".startswith(prefixes)


def speaks_json(path: str) -> bool:
    """Whether the path belongs to one of the documented APIs."""
    return _under(path, RENDERS + LISTINGS + CONVERSIONS)


def trouble(path: str, status: int, code: str, text: str) -> Trouble:
    """An error in the dialect of the path."""
    dialect = conversions_errors.DIALECT if _under(path, CONVERSIONS) else renders_errors.DIALECT
    return Trouble(status, code, text, dialect.body(text=text, code=code))


def body_too_large(path: str) -> Trouble:
    """The body is over BODY_MAX_BYTES."""
    return trouble(path, 413, "image_too_large", f"The request is over {settings.BODY_MAX_BYTES // 2**20} MB")


def crash(path: str) -> Trouble:
    """Something went wrong that no view could say."""
    return trouble(path, 500, "server_error", "Something went wrong on our side")


async def send(send_message: Send, path: str, error: Trouble) -> None:
    """Send an error outside of the app: as JSON under the APIs, else as a page."""
    if speaks_json(path):
        body, kind = json.dumps(error.body).encode(), b"application/json"
    else:
        body, kind = render_to_string(f"{error.status}.html").encode(), b"text/html; charset=utf-8"
    headers = [
        (b"content-type", kind),
        (b"content-length", b"%d" % len(body)),
        (b"content-security-policy", b"default-src 'self'"),
        (b"access-control-allow-origin", b"*"),
    ]
    await send_message({"type": "http.response.start", "status": error.status, "headers": headers})
    await send_message({"type": "http.response.body", "body": body})


def _json(error: Trouble) -> HttpResponse:
    return json_answer(error.body, status=error.status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 for what Django itself refuses: a foreign host name, too many fields."""
    if speaks_json(request.path):
        return _json(trouble(request.path, 400, "invalid_request", "This request cannot be understood"))
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 for what Django itself refuses."""
    if speaks_json(request.path):
        return _json(trouble(request.path, 403, "forbidden", "You may not do this"))
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 for a path that is nobody's, and for pages of things that are not there."""
    if speaks_json(request.path):
        return _json(trouble(request.path, 404, "not_found", "There is nothing at this address"))
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 for a crash; the log has the traceback under the same request id."""
    if speaks_json(request.path):
        return _json(crash(request.path))
    return render(request, "500.html", status=500)
