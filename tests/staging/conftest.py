"""Fixtures of the staging tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from billing.models import Account
from staging import sources, wakeups
from staging.briefs import Brief, Kind, RoomType, Style
from staging.models import Photo
from tests.staging import pictures
from tests.staging.stand_in import StandIn


@pytest.fixture(autouse=True)
def own_data_folder(settings: Any, tmp_path: Path) -> None:
    """Temporary files of a test lie in its own folder."""
    settings.DATA_DIR = tmp_path / "data"


@pytest.fixture(autouse=True)
def no_queue(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis is away unless a test starts one: what a request does may not depend on it."""
    settings.REDIS_URL = f"unix://{tmp_path}/no-redis.sock"
    monkeypatch.setattr(wakeups, "_connection", None)


@pytest.fixture
def engine(settings: Any) -> Iterator[StandIn]:
    """A stand-in for the engine's server, in threads of this process."""
    with StandIn() as engine:
        settings.ENGINE_URL, settings.ENGINE_TOKEN = engine.url, ""
        yield engine


@pytest.fixture
def brief() -> Brief:
    """A living room, modern."""
    return Brief(kind=Kind.STAGING, room_type=RoomType.LIVING, style=Style.MODERN, seed=7)


@pytest.fixture
def photo(account: Account) -> Photo:
    """A photo of `account`."""
    return sources.accept(account, raw=pictures.encoded())
