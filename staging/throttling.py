"""How often a key may call, and how many requests of one account may be taken in at once: exact, in Redis.

The rate is a GCRA: `burst` calls at once, then `rate` a second, without windows that begin anew. Both checks are one
script each, so that no two processes can count past each other. A Redis that is away lets everybody in and is logged.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import redis
import structlog
from django.conf import settings

from staging import wakeups

log = structlog.get_logger("openhouse.throttling")

# KEYS[1]; ARGV: burst, milliseconds that one call costs. Answers whether it may go, calls left, ms until all are back
# and ms until the next may go. The stored value is the time at which the bucket is empty again.
_RATE = """
local now = redis.call('TIME'); now = now[1] * 1000 + now[2] / 1000
local cost = tonumber(ARGV[2]); local room = tonumber(ARGV[1]) * cost
local full = tonumber(redis.call('GET', KEYS[1]) or now); if full < now then full = now end
if full + cost - room > now then return {0, 0, math.ceil(full - now), math.ceil(full + cost - room - now)} end
full = full + cost
redis.call('SET', KEYS[1], string.format('%.3f', full), 'PX', math.ceil(full - now) + 1)
return {1, math.floor((now - full + room) / cost), math.ceil(full - now), 0}"""

# KEYS[1]; ARGV: places, seconds until a place that was never given back is free, name. Answers whether there was one.
_PLACE = """
local now = tonumber(redis.call('TIME')[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[3])
redis.call('EXPIRE', KEYS[1], tonumber(ARGV[2]) + 5)
return 1"""

_PREFIX = "openhouse:throttle"
# A request is taken in within its fetch and decode time-outs, or its process has died.
_PLACE_SECONDS = 120
# For so long after a failure Redis is not asked: no caller waits for its time-outs.
_AWAY_SECONDS = 5.0


class Throttled(Exception):
    """Too many calls. `retry_after` is in whole seconds."""

    def __init__(self, text: str, retry_after: int) -> None:
        super().__init__(text)
        self.retry_after = retry_after


@dataclass(frozen=True)
class Standing:
    """How a key stands after a call: `limit` calls at once, `remaining` of them, all of them after `reset` seconds."""

    allowed: bool
    limit: int
    remaining: int
    reset: int
    retry_after: int

    @property
    def headers(self) -> dict[str, str]:
        """What every answer says of it."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }


def count(key_id: int, plan: str) -> Standing | None:
    """Count one call of a key on a plan. None while Redis is away."""
    rate, burst = settings.API_RATES.get(plan) or settings.API_RATES["default"]
    answer = _ask(_RATE, f"{_PREFIX}:key:{key_id}", burst, 1000.0 / rate)
    if answer is None:
        return None
    allowed, remaining, reset_ms, retry_ms = answer
    return Standing(bool(allowed), burst, remaining, -(-reset_ms // 1000), max(1, -(-retry_ms // 1000)))


def too_often(standing: Standing) -> Throttled:
    """The refusal of a call that was one too many."""
    text = f"This key calls too often; please wait {standing.retry_after} s"
    return Throttled(text, standing.retry_after)


def take_place(account_id: int) -> str:
    """A place among the requests of the account that are being taken in; `give_back` it. Raises Throttled.

    Empty while Redis is away.
    """
    name = uuid.uuid4().hex
    answer = _ask(_PLACE, _intake(account_id), settings.API_INTAKE, _PLACE_SECONDS, name)
    if answer == 0:
        raise Throttled(f"{settings.API_INTAKE} requests of this account are being taken in already", 1)
    return "" if answer is None else name


def give_back(account_id: int, place: str) -> None:
    """End what `take_place` began."""
    if place:
        try:
            wakeups.connection().zrem(_intake(account_id), place)
        except redis.RedisError as error:
            _away(error)


def _intake(account_id: int) -> str:
    return f"{_PREFIX}:intake:{account_id}"


class _Trouble:
    """Until when Redis is taken to be away, by this process's monotonic clock."""

    until = 0.0


def _ask(script: str, key: str, *arguments: object) -> Any:
    """The script's answer; None while Redis is away."""
    if time.monotonic() < _Trouble.until:
        return None
    try:
        return _registered(script)(keys=[key], args=list(arguments), client=wakeups.connection())
    except redis.RedisError as error:
        _away(error)
        return None


@lru_cache
def _registered(script: str) -> Any:
    return wakeups.connection().register_script(script)


def _away(error: redis.RedisError) -> None:
    _Trouble.until = time.monotonic() + _AWAY_SECONDS
    log.warning("throttles_off", error=str(error), seconds=_AWAY_SECONDS)
