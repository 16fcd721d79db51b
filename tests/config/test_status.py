"""Anybody sees how the site stands, in words and without signing in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Account
from config import health
from staging import sources
from staging.models import Render, Run
from tests.staging import pictures


def stand(monkeypatch: pytest.MonkeyPatch, **broken: bool) -> None:
    """Let the parts named be away, and the others be there."""

    def away() -> None:
        raise ConnectionError

    parts: dict[str, Any] = {name: away if broken.get(name) else (lambda: None) for name in health.ready.parts}
    monkeypatch.setattr(health, "ready", health.Readiness(parts))


@pytest.mark.django_db
def test_it_says_that_everything_works(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    stand(monkeypatch)
    answer = client.get("/status/")
    assert answer.status_code == 200
    assert "Everything works" in answer.content.decode()


@pytest.mark.django_db
def test_it_names_what_does_not(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    stand(monkeypatch, engine=True)
    answer = client.get("/status/")
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "Something does not work" in page
    assert page.count("does not work just now") == 1


def test_it_says_how_long_pictures_wait(account: Account, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    stand(monkeypatch)
    photo = sources.accept(account, raw=pictures.encoded())
    render = Render.objects.create(account=account, photo=photo, brief_json={"kind": "staging"})
    Run.objects.create(render=render, account=account, brief_json={}, queued_at=timezone.now() - timedelta(minutes=20))
    assert "20 minutes" in client.get("/status/").content.decode()
