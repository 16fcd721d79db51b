"""Errors to Sentry, where SENTRY_DSN is set: what failed and where, and nothing that anybody could use.

No bodies (they are photos), no cookies, no variables of frames, no query strings (signatures), and no key or token in
any text. sentry-sdk is an extra: without it, or without a DSN, nothing happens.
"""

from __future__ import annotations

import importlib.util
import re
from typing import Any, Final

import structlog

_REMOVED: Final = "[removed]"
# Our keys, Stripe's keys and secrets, bearer tokens, signatures of addresses, and links that sign somebody in.
_SECRET: Final = re.compile(
    r"oh_[\w-]{16,}|(?:sk|rk|whsec)_\w{8,}|(?i:(?:bearer|api-key|token)\s+)[^\s\"',]+|(?<=signature=)[\w-]+"
    r"|(?<=/password/reset/key/)[^\s\"'/]+|(?<=/confirm-email/)[^\s\"'/]+"
)
_HEADERS: Final = frozenset({"User-Agent", "Content-Type", "Content-Length", "X-Request-Id", "Host"})


def installed() -> bool:
    """Whether the extra is there."""
    return importlib.util.find_spec("sentry_sdk") is not None


def start(dsn: str, *, release: str, environment: str, **more: Any) -> bool:
    """Send this process's errors to `dsn` from now on; False when there is none, or no sentry-sdk."""
    if not dsn or not installed():
        return False
    import sentry_sdk  # noqa: PLC0415 - an extra

    sentry_sdk.init(
        dsn=dsn,
        release=release,
        environment=environment,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        traces_sample_rate=0.0,
        before_send=scrubbed,
        before_breadcrumb=lambda crumb, _hint: _clean(crumb),
        **more,
    )
    return True


def scrubbed(event: Any, _hint: Any = None) -> Any:
    """The event without anything that is nobody's business."""
    request = event.get("request")
    if request:
        for part in ("cookies", "data", "query_string", "env"):
            request.pop(part, None)
        headers = request.get("headers") or {}
        request["headers"] = {name: text for name, text in headers.items() if name in _HEADERS}
    event.pop("user", None)
    # The ids by which the logs can be followed.
    event["tags"] = {**(event.get("tags") or {}), **structlog.contextvars.get_contextvars()}
    return _clean(event)


def _clean(value: Any) -> Any:
    """`value` with secrets in its texts replaced and bytes left out."""
    if isinstance(value, str):
        return _SECRET.sub(_REMOVED, value)
    if isinstance(value, bytes | bytearray | memoryview):
        return _REMOVED
    if isinstance(value, dict):
        return {name: _clean(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    return value
