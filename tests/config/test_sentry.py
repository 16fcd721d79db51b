"""An error reaches Sentry with what a developer needs and without what anybody could use, over real HTTP."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import brotli
import pytest
from pytest_httpserver import HTTPServer

from config import sentry
from tests.serving import ROOT

KEY = "oh_" + "k3y" * 12


def fail(tmp_path: Path, dsn: str) -> None:
    """A process of ours whose view breaks."""
    told = {**os.environ, "DATA_DIR": str(tmp_path), "SENTRY_DSN": dsn, "SENTRY_ENVIRONMENT": "rehearsal"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.config.failing", KEY],
        cwd=ROOT,
        env={**told, "DJANGO_SETTINGS_MODULE": "config.settings"},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.strip().endswith("500")


def test_an_error_is_sent_without_keys_cookies_and_pictures(tmp_path: Path, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/1/envelope/", method="POST").respond_with_json({"id": "1"})
    fail(tmp_path, f"http://public@127.0.0.1:{httpserver.port}/1")
    sent = [request for request, _ in httpserver.log]
    packed = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
    told = "".join(packed[one.headers.get("Content-Encoding")](one.data).decode() for one in sent)
    assert "RuntimeError" in told
    assert "could not use [removed]" in told.replace("Api-Key ", "")
    assert "tests/config/failing.py" in told
    assert "rehearsal" in told
    assert "request-7" in told
    for secret in (KEY, "cookie-of-somebody", "signature-of-a-file", "PNG-photo"):
        assert secret not in told, secret


def test_without_an_address_nothing_is_loaded(tmp_path: Path) -> None:
    assert not sentry.start("", release="openhouse", environment="production")


@pytest.mark.parametrize(
    "text",
    [
        f"refused {KEY}",
        "sk_live_abcdefgh12345678 is wrong",
        "Authorization: Bearer abc.def.ghi",
        "GET /files/1.png?expires=12&signature=abc-DEF_1",
        "/accounts/password/reset/key/1-abcdef/",
    ],
)
def test_secrets_in_texts_are_replaced(text: str) -> None:
    event = sentry.scrubbed(
        {"message": text, "extra": {"deep": [(text, b"picture")]}, "user": {"email": "a@example.com"}}
    )
    assert "[removed]" in event["message"]
    left = str(event)
    for secret in (KEY, "abcdefgh12345678", "abc.def.ghi", "abc-DEF_1", "1-abcdef", "picture", "a@example.com"):
        assert secret not in left
