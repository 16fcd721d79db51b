"""Django's cache in the Redis that all processes share, which may be away: then nothing is remembered, and all goes on.

allauth counts failed logins here, which has to hold over all web processes. What a visitor is told may not depend on
whether Redis answers, so an error counts as "not there".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import redis
import structlog
from django.core.cache.backends.redis import RedisCache

T = TypeVar("T")

log = structlog.get_logger("openhouse.cache")


class ForgivingRedisCache(RedisCache):
    """Redis as a cache; away, it is empty and takes nothing."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or the default."""
        return _or(default, lambda: super(ForgivingRedisCache, self).get(key, default, version))

    def set(self, key: Any, value: Any, *arguments: Any, **more: Any) -> None:
        """Remember the value."""
        _or(None, lambda: super(ForgivingRedisCache, self).set(key, value, *arguments, **more))

    def add(self, key: Any, value: Any, *arguments: Any, **more: Any) -> bool:
        """Remember the value unless there is one; True when away, as the only one who asks."""
        return bool(_or(True, lambda: super(ForgivingRedisCache, self).add(key, value, *arguments, **more)))

    def touch(self, key: Any, *arguments: Any, **more: Any) -> bool:
        """Keep it longer."""
        return bool(_or(False, lambda: super(ForgivingRedisCache, self).touch(key, *arguments, **more)))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget it."""
        return bool(_or(False, lambda: super(ForgivingRedisCache, self).delete(key, version)))

    def has_key(self, key: Any, version: int | None = None) -> bool:
        """Whether it is there."""
        return bool(_or(False, lambda: super(ForgivingRedisCache, self).has_key(key, version)))

    def clear(self) -> None:
        """Never: the same Redis holds the queue."""
        raise NotImplementedError("the cache shares its Redis with the queue; delete what you mean by its key")


def _or(otherwise: T, ask: Callable[[], T]) -> T:
    try:
        return ask()
    except (redis.RedisError, OSError) as error:
        log.warning("cache_away", error=type(error).__name__)
        return otherwise
