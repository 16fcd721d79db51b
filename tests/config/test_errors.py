"""What no view answers is said in the dialect of its path."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory

from config import errors


@pytest.mark.parametrize("path", ["/interior/nothing", "/api/conversion/x", "/results/none.png"])
def test_an_unknown_path_of_the_conversion_api_is_its_own_404(path: str, db: None) -> None:
    answer = Client().get(path)
    assert answer.status_code == 404
    assert set(answer.json()) == {"detail", "error", "code"}


def test_an_unknown_page_is_a_page(db: None) -> None:
    answer = Client().get("/nothing-here")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


def test_a_crash_is_said_in_the_dialect_of_its_path() -> None:
    request = RequestFactory().get("/v1/ping")
    answer = errors.server_error(request)
    assert answer.status_code == 500
    assert b'"code": "server_error"' in answer.content
    page = errors.server_error(RequestFactory().get("/studio/"))
    assert (page.status_code, page["Content-Type"]) == (500, "text/html; charset=utf-8")


def test_a_crash_inside_of_the_api_reaches_the_caller_as_json(db: None, monkeypatch: Any, api_key: str) -> None:
    def crash(*arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("staging.api.renders.answers.options", crash)
    client = Client(raise_request_exception=False)
    answer = client.get("/v1/options", headers={"Authorization": f"Api-Key {api_key}"})
    assert (answer.status_code, answer.json()["code"]) == (500, "server_error")


def test_a_foreign_host_name_is_refused_as_json_under_the_api(db: None) -> None:
    answer = Client().get("/v1/ping", headers={"Host": "elsewhere.example"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
