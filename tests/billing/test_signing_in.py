"""Whoever guesses passwords is slowed down by all web processes together; whoever knows theirs comes in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from billing.models import User
from tests.conftest import PASSWORD
from tests.serving import redis_server


def shared(settings: Any, url: str) -> None:
    """Count in Redis, as the site does."""
    options = {"socket_connect_timeout": 1, "socket_timeout": 1}
    settings.CACHES = {
        "default": {
            "BACKEND": "config.cache.ForgivingRedisCache",
            "LOCATION": url,
            "KEY_PREFIX": "t",
            "OPTIONS": options,
        }
    }


def sign_in(email: str, password: str) -> tuple[int, str]:
    """A try from a browser of its own."""
    answer = Client().post("/accounts/login/", {"login": email, "password": password})
    return answer.status_code, answer.content.decode()


def test_guesses_at_one_login_are_stopped_and_others_come_in(
    owner: User, team_mate: User, settings: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        shared(settings, url)
        said = [sign_in(owner.email, f"guess number {number}")[1] for number in range(7)]
        assert "Too many failed login attempts" not in said[0]
        assert "Too many failed login attempts" in said[-1]
        # Not even with the right one, now.
        assert sign_in(owner.email, PASSWORD)[0] == 200
        assert sign_in(team_mate.email, PASSWORD)[0] == 302


def test_without_redis_people_still_sign_in(owner: User, settings: Any, tmp_path: Path) -> None:
    shared(settings, f"unix://{tmp_path}/nobody.sock")
    assert sign_in(owner.email, PASSWORD)[0] == 302
    assert cache.get("anything", "nothing") == "nothing"


def test_the_queue_is_never_emptied_as_a_cache(settings: Any, tmp_path: Path) -> None:
    shared(settings, f"unix://{tmp_path}/nobody.sock")
    with pytest.raises(NotImplementedError):
        cache.clear()
