"""Which backend serves which run. With none configured, the embedded engine's server serves all."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from django.conf import settings

from staging.backends import engine_http
from staging.backends.base import Backend
from staging.briefs import Brief

ENGINE = "engine"


def backend_for(_brief: Brief) -> str:
    """The name of the backend that serves this brief."""
    return ENGINE


@contextlib.asynccontextmanager
async def connect(name: str) -> AsyncIterator[Backend]:
    """A client of the backend of this name, for one event loop."""
    if name != ENGINE:
        raise LookupError(f"no backend is called {name!r}")
    async with engine_http.connect(settings.ENGINE_URL, settings.ENGINE_TOKEN) as backend:
        yield backend
