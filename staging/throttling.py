"""How often a key may call, and all keys of an account together; and how many requests of one account may be taken in
at once: exact, in Redis.

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

# KEYS: of the key, of its account; ARGV: burst and milliseconds that one call costs, of each. Answers whether it may
# go, calls left to the key, ms until all are back, ms until the next may go, and whether it is the account that has
# none left. The stored value is the time at which the bucket is empty again.
_RATE = """
local now = redis.call('TIME'); now = now[1] * 1000 + now[2] / 1000
local full, wait, room = {}, {}, {}
for i = 1, 2 do
  local cost = tonumber(ARGV[2 * i]); room[i] = tonumber(ARGV[2 * i - 1]) * cost
  full[i] = tonumber(redis.call('GET', KEYS[i]) or now); if full[i] < now then full[i] = now end
  wait[i] = full[i] + cost - room[i] - now
end
if wait[1] > 0 or wait[2] > 0 then
  local by_account = wait[2] > wait[1]; local i = by_account and 2 or 1
  return {0, 0, math.ceil(full[i] - now), math.ceil(wait[i]), by_account and 1 or 0}
end
for i = 1, 2 do
  full[i] = full[i] + tonumber(ARGV[2 * i])
  redis.call('SET', KEYS[i], string.format('%.3f', full[i]), 'PX', math.ceil(full[i] - now) + 1)
end
return {1, math.floor((now - full[1] + room[1]) / tonumber(ARGV[2])), math.ceil(full[1] - now), 0, 0}"""

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
    # Refused because all keys of the account together call too often.
    by_account: bool = False

    @property
    def headers(self) -> dict[str, str]:
        """What every answer says of it."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }


def count(key_id: int, plan: str, account_id: int) -> Standing | None:
    """Count one call of a key of an account on a plan. None while Redis is away."""
    rate, burst = settings.API_RATES.get(plan) or settings.API_RATES["default"]
    together, at_once = settings.ACCOUNT_RATES.get(plan) or settings.ACCOUNT_RATES["default"]
    places = [f"{_PREFIX}:key:{key_id}", f"{_PREFIX}:account:{account_id}"]
    answer = _ask(_RATE, places, burst, 1000.0 / rate, at_once, 1000.0 / together)
    if answer is None:
        return None
    allowed, left, reset_ms, retry_ms, by_account = answer
    retry = max(1, -(-retry_ms // 1000))
    return Standing(bool(allowed), burst, left, -(-reset_ms // 1000), retry, bool(by_account))


def too_often(standing: Standing) -> Throttled:
    """The refusal of a call that was one too many."""
    who = "The keys of this account together call" if standing.by_account else "This key calls"
    text = f"{who} too often; please wait {standing.retry_after} s"
    return Throttled(text, standing.retry_after)


def take_place(account_id: int) -> str:
    """A place among the requests of the account that are being taken in; `give_back` it. Raises Throttled.

    Empty while Redis is away.
    """
    name = uuid.uuid4().hex
    answer = _ask(_PLACE, [_intake(account_id)], settings.API_INTAKE, _PLACE_SECONDS, name)
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


def _ask(script: str, places: list[str], *arguments: object) -> Any:
    """The script's answer; None while Redis is away."""
    if time.monotonic() < _Trouble.until:
        return None
    try:
        return _registered(script)(keys=places, args=list(arguments), client=wakeups.connection())
    except redis.RedisError as error:
        _away(error)
        return None


@lru_cache
def _registered(script: str) -> Any:
    return wakeups.connection().register_script(script)


def _away(error: redis.RedisError) -> None:
    _Trouble.until = time.monotonic() + _AWAY_SECONDS
    log.warning("throttles_off", error=str(error), seconds=_AWAY_SECONDS)
