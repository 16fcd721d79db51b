"""Structured logs: one JSON line an event, with the request's id: a render can be followed through all processes."""

from __future__ import annotations

import logging
import logging.config
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse

# Health probes come every few seconds and say nothing new.
SILENT_PATHS = frozenset({"/healthz", "/readyz"})

# Whoever holds these parts of a path can act as somebody else.
SECRET_ARGUMENTS = frozenset({"key", "uidb36"})


def configure(options: dict[str, Any]) -> None:
    """Set up structlog and the standard library's logging alike.

    `options`: {"level": str, "format": "json" | "console"}.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: Any = (
        structlog.dev.ConsoleRenderer() if options["format"] == "console" else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "structured": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
            "root": {"handlers": ["stderr"], "level": options["level"]},
            "loggers": {
                # One line a request is ours to write; theirs would be a second.
                "uvicorn.access": {"handlers": [], "propagate": False},
                "django.server": {"handlers": [], "propagate": False},
                # Expected 4xx answers are in the request line already.
                "django.request": {"level": "ERROR"},
                "httpx": {"level": "WARNING"},
                "rq.worker": {"level": "WARNING"},
            },
        }
    )


class RequestLogMiddleware:
    """Give every request an id (the caller's `X-Request-Id` when it is a plain one) and log one line for its answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.log = structlog.get_logger("openhouse.http")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        given = request.headers.get("X-Request-Id", "")
        request_id = given if 0 < len(given) <= 64 and given.replace("-", "").isalnum() else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        if request.path not in SILENT_PATHS:
            self.log.info(
                "request",
                method=request.method,
                path=_loggable(request),
                status=response.status_code,
                ms=round((time.perf_counter() - started) * 1000, 1),
            )
        return response


def _loggable(request: HttpRequest) -> str:
    """The request's path, or its route where the path itself is a secret (password reset, e-mail confirmation)."""
    match = request.resolver_match
    if match is not None and SECRET_ARGUMENTS & match.kwargs.keys():
        return "/" + match.route
    return request.path
