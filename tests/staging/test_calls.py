"""Calls through the guarded door: whatever the status, an answer; to private places and other hosts, none."""

from __future__ import annotations

import datetime
import email.utils
from typing import Any

import pytest

from staging import network
from staging.network import Answer, Blocked, TooLarge, Unreachable
from tests.staging.test_network import LOOPBACK, Server, at, loopback_is_public, server

__all__ = ["loopback_is_public", "server"]
TOKEN = {"Authorization": "Bearer secret"}


def call(url: str, **options: Any) -> Answer:
    return network.call(url, headers=TOKEN, **{"max_bytes": 1000, "timeout": 3, **options})


def test_an_answer_that_says_no_is_an_answer(server: Server, loopback_is_public: None) -> None:
    port = server.server_port
    assert call(f"http://ok.test:{port}/gone", resolve=at(LOOPBACK)).status == 410
    found = call(f"http://ok.test:{port}/photo", resolve=at(LOOPBACK))
    assert (found.status, found.body, found.headers["content-type"]) == (200, b"PHOTO", "image/jpeg")


def test_a_redirect_does_not_take_the_token_along(server: Server, loopback_is_public: None) -> None:
    port = server.server_port
    assert call(f"http://ok.test:{port}/to/http://other.test:{port}/", resolve=at(LOOPBACK)).status == 302
    assert len(server.seen) == 1


def test_private_places_are_not_called(server: Server) -> None:
    for name in ("localhost", "127.0.0.1"):
        with pytest.raises(Blocked):
            call(f"http://{name}:{server.server_port}/photo")
    assert server.seen == []


@pytest.mark.parametrize(("path", "error"), [("endless", TooLarge), ("silent", Unreachable), ("packed", Unreachable)])
def test_bad_manners_end(path: str, error: type[Exception], server: Server, loopback_is_public: None) -> None:
    with pytest.raises(error):
        call(f"http://ok.test:{server.server_port}/{path}", resolve=at(LOOPBACK), timeout=0.7)


def test_retry_after_in_seconds_and_as_a_date() -> None:
    assert Answer(429, {"retry-after": "12"}, b"").retry_after == 12
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=30)
    dated = Answer(429, {"retry-after": email.utils.format_datetime(soon, usegmt=True)}, b"").retry_after
    assert dated is not None
    assert 25 < dated <= 30
    for said in ("", "soon", "-3", "9" * 40):
        assert Answer(429, {"retry-after": said}, b"").retry_after is None
