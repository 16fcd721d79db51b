"""The bodies of this API's successes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from billing.authentication import Caller
from staging import credits, files
from staging.api.renders.errors import about
from staging.briefs import RoomType, Style
from staging.models import Role
from staging.renders import RenderStatus


def ping(caller: Caller) -> dict[str, Any]:
    """Who calls, and how many credits the period has and had."""
    used = credits.settled_in_period(caller.account)
    left = credits.balance(caller.account)
    return {
        "userObj": {"email": caller.email, "uid": caller.uid},
        "photoLimit": used + left,
        "photosUsedThisPeriod": used,
        "credits": left,
    }


def options() -> dict[str, Any]:
    """The names that create takes."""
    return {"styles": list(Style), "roomTypes": list(RoomType)}


def render(status: RenderStatus, request: HttpRequest) -> dict[str, Any]:
    """Where a render stands."""
    found: dict[str, Any] = {
        "render_id": status.public_id,
        "status": "queued" if status.queued else status.status,
        "created_at": status.created_at_ms,
        "outputs": _urls(status, request),
        "progress": round(status.progress, 3),
        "outputs_styles": list(status.styles),
        "outputs_room_types": list(status.room_types),
    }
    if status.error is not None:
        found |= {"error": status.error.message, "message": status.error.message}
    return found


def varied(status: RenderStatus, request: HttpRequest) -> dict[str, Any]:
    """What create-variation answers after its wait. Raises ApiError when the variation failed."""
    outputs = _urls_when_done(status, request)
    return {"render_id": status.public_id, "result_image_url": outputs[-1]}


def finished(status: RenderStatus, request: HttpRequest) -> dict[str, Any]:
    """What create answers after its wait. Raises ApiError when the render failed."""
    outputs = _urls_when_done(status, request)
    emptied = [url for output, url in zip(status.outputs, outputs, strict=True) if output.role == Role.EMPTIED]
    return {
        "render_id": status.public_id,
        "result_image_url": outputs[0],
        **({"removal_output": emptied[0]} if emptied else {}),
        "status": status.status,
        "created_at": status.created_at_ms,
        "outputs": outputs,
    }


def after_create(render: dict[str, Any]) -> dict[str, Any]:
    """What `finished` says, from a render as GET shows it."""
    outputs = render["outputs"]
    emptied = [url for url in outputs if files.is_emptied(url)]
    return {
        "render_id": render["render_id"],
        "result_image_url": outputs[0],
        **({"removal_output": emptied[0]} if emptied else {}),
        **{name: render[name] for name in ("status", "created_at", "outputs")},
    }


def after_variation(render: dict[str, Any]) -> dict[str, Any]:
    """What `varied` says, from a render as GET shows it."""
    return {"render_id": render["render_id"], "result_image_url": render["outputs"][-1]}


def _urls_when_done(status: RenderStatus, request: HttpRequest) -> list[str]:
    if status.error is not None:
        raise about(status.public_id, 500, "render_failed", status.error.message, state=status.status)
    return _urls(status, request)


def _urls(status: RenderStatus, request: HttpRequest) -> list[str]:
    """Absolute addresses of the outputs, signed anew."""
    return [_absolute(files.output_url(output), request) for output in status.outputs]


def _absolute(path: str, request: HttpRequest) -> str:
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)
