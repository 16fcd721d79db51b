"""An operator follows a request by its id, and no secret reaches the log."""

import pytest
from django.test import Client, RequestFactory
from django.urls import resolve

from config import logs


@pytest.mark.django_db
def test_every_answer_carries_a_request_id(client: Client) -> None:
    assert len(client.get("/v1/nowhere")["X-Request-Id"]) == 32
    assert client.get("/v1/nowhere", headers={"X-Request-Id": "abc-123"})["X-Request-Id"] == "abc-123"
    assert client.get("/v1/nowhere", headers={"X-Request-Id": 'a" b'})["X-Request-Id"] != 'a" b'


@pytest.mark.parametrize("path", ["/accounts/confirm-email/MQ:secret/", "/accounts/password/reset/key/1-secret/"])
def test_keys_in_paths_stay_out_of_the_log(path: str) -> None:
    request = RequestFactory().get(path)
    request.resolver_match = resolve(path)
    assert "secret" not in logs._loggable(request)


def test_plain_paths_are_logged_as_they_are() -> None:
    request = RequestFactory().get("/v1/render")
    request.resolver_match = None
    assert logs._loggable(request) == "/v1/render"
