"""Probes: the process, and what it stands on."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from django.test import Client

from config import health
from tests import serving
from tests.serving import Web


def test_a_process_that_answers_is_alive(web: Web) -> None:
    answer = serving.get(f"{web.url}/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})
    assert httpx.head(f"{web.url}/healthz/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_readiness_names_the_part_that_is_away(web: Web) -> None:
    answer = serving.get(f"{web.url}/readyz")
    parts = answer.json()
    assert answer.status_code == 503
    assert parts["status"] == "not ready"
    assert parts["database"]["ok"]
    assert parts["queue"]["ok"]
    assert parts["engine"]["ok"] is False
    assert "127.0.0.1" not in answer.text


def test_readiness_is_asked_of_the_parts_once_a_second_at_most() -> None:
    asked = []
    readiness = health.Readiness({"part": lambda: asked.append(1)})
    assert [readiness()[0] for _ in range(5)] == [200] * 5
    assert len(asked) == 1


def test_probes_answer_under_a_plain_wsgi_server_too(db: None, monkeypatch: Any) -> None:
    assert Client().get("/healthz").json() == {"status": "alive"}
    monkeypatch.setattr(health, "ready", health.Readiness({"database": lambda: None}))
    assert Client().get("/readyz/").status_code == 200
