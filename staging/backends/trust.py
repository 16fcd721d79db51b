"""Whose certificates are trusted, read once: reading them again for every client costs more than a request."""

from __future__ import annotations

import functools
import ssl


@functools.cache
def context() -> ssl.SSLContext:
    """The system's trusted certificates."""
    return ssl.create_default_context()
