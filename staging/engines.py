"""The engine servers at ENGINE_URL, which may be several, and which of them could not be reached lately.

That is remembered in the cache that all processes share, and for ENGINE_SET_ASIDE_SECONDS: then the server is tried
again. Without the cache every server is taken to be there, and one that is not costs a refused connection.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import structlog
from django.conf import settings
from django.core.cache import cache

from staging.backends import engines

log = structlog.get_logger("openhouse.engines")


def urls() -> list[str]:
    """The addresses, as the operator lists them (separated by commas)."""
    return [url.strip().rstrip("/") for url in settings.ENGINE_URL.split(",") if url.strip()]


def taking() -> int:
    """How many servers are given jobs now; at least one, since all that are away are tried all the same."""
    found = urls()
    return 1 if len(found) < 2 else max(1, len(found) - len(Notes(found).away()))


class Notes:
    """`engines.Notes` in the shared cache."""

    def __init__(self, servers: list[str]) -> None:
        self._keys = {engines.name_of(url): f"engine-away:{engines.name_of(url)}" for url in servers}
        # Alone, a server is asked whatever was noted of it.
        self._alone = len(self._keys) < 2
        self._noted: set[str] = set()

    def away(self) -> Mapping[str, float]:
        """The servers that were not reached lately, and for how many seconds by now."""
        if self._alone:
            return {}
        now, found = time.time(), cache.get_many(self._keys.values())
        since = {name: found[key] for name, key in self._keys.items() if key in found}
        self._noted |= set(since)
        return {name: max(0.0, now - at) for name, at in since.items()}

    def missed(self, server: str) -> None:
        """Note it with the time of the first miss, and set the server aside from now on."""
        if self._alone:
            return
        if cache.add(self._keys[server], time.time(), settings.ENGINE_SET_ASIDE_SECONDS):
            log.warning("engine_set_aside", server=server)
        else:
            cache.touch(self._keys[server], settings.ENGINE_SET_ASIDE_SECONDS)
        self._noted.add(server)

    def seen(self, server: str) -> None:
        """Forget that it was away, where that is known here; asking the cache at every answer would cost more."""
        if server in self._noted:
            cache.delete(self._keys[server])
            self._noted.discard(server)
            log.info("engine_back", server=server)
