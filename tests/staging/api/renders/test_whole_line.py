"""From a partner's request to the picture, through every process but the engine itself, which a stand-in plays."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image

from billing import keys, ledger
from billing.models import Account
from tests import serving
from tests.staging.api.renders.conftest import BRIEF, picture
from tests.staging.stack import Stack, stack

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class Line:
    """Every process, and where the web listens."""

    stack: Stack
    url: str


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Iterator[Line]:
    """Worker, follower, scheduler and web."""
    with django_db_blocker.unblock(), stack(tmp_path_factory.mktemp("line")) as found:
        web = serving.Web(found.folder, found.environment)
        try:
            found.start("work", "follow", "schedule")
            web.start()
            yield Line(found, web.url)
        finally:
            web.kill()


class Partner:
    """Calls the API over HTTP."""

    def __init__(self, line: Line, account: Account) -> None:
        self.url = line.url
        self.headers = {"Authorization": f"Api-Key {keys.create(account, 'partner')[1]}"}

    def create(self, **query: str) -> httpx.Response:
        """Ask for a picture."""
        url = f"{self.url}/v1/render/create"
        return httpx.post(
            url, params={**BRIEF, **query}, files={"file": picture(600, 400)}, headers=self.headers, timeout=60
        )

    def poll(self, render_id: str) -> dict[str, Any]:
        """Where a render stands."""
        answer = httpx.get(f"{self.url}/v1/render", params={"render_id": render_id}, headers=self.headers)
        assert answer.status_code == 200
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
def partner(line: Line, account: Account) -> Partner:
    """A partner with a key of `account`."""
    return Partner(line, account)


@pytest.fixture
def engine(line: Line) -> Iterator[Line]:
    """The line with an engine that takes half a second."""
    line.stack.start_engine(seconds=0.5)
    yield line
    line.stack.kill("engine")


def test_a_waiting_caller_gets_the_picture(engine: Line, partner: Partner, account: Account) -> None:
    answer = partner.create()
    assert answer.status_code == 200, engine.stack.logs()
    body = answer.json()
    assert list(body) == ["render_id", "result_image_url", "status", "created_at", "outputs"]
    assert (body["status"], body["outputs"]) == ("done", [body["result_image_url"]])
    assert abs(body["created_at"] / 1000 - time.time()) < 120

    url = urlsplit(body["result_image_url"])
    assert re.fullmatch(rf"/renders/{body['render_id']}/outputs/[0-9a-f-]{{36}}-u1_0\.png", url.path)
    file = httpx.get(body["result_image_url"], headers={"Origin": "https://partner.example"})
    assert (file.status_code, file.headers["content-type"]) == (200, "image/png")
    assert file.headers["access-control-allow-origin"] == "*"
    image = Image.open(io.BytesIO(file.content))
    assert (image.format, image.size) == ("PNG", (1920, 1280))
    assert ledger.balance(account) == 8

    forged = httpx.get(body["result_image_url"][:-1] + ("0" if body["result_image_url"][-1] != "0" else "1"))
    assert (forged.status_code, set(forged.json())) == (403, {"error", "message", "code"})


def test_a_polling_caller_sees_it_grow(engine: Line, partner: Partner) -> None:
    started = time.monotonic()
    asked = partner.create(wait_for_completion="false").json()
    assert list(asked) == ["render_id"]
    assert time.monotonic() - started < 10
    first = partner.poll(asked["render_id"])
    assert (first["status"], first["outputs"]) == ("rendering", [])
    assert (first["outputs_styles"], first["outputs_room_types"]) == (["modern"], ["living"])
    seen = [first["progress"]]

    def done() -> bool:
        seen.append(partner.poll(asked["render_id"])["progress"])
        return partner.poll(asked["render_id"])["status"] == "done"

    serving.wait_until(done, "the picture")
    last = partner.poll(asked["render_id"])
    assert seen == sorted(seen)
    assert last["progress"] == 1
    assert len(last["outputs"]) == len(last["outputs_styles"]) == len(last["outputs_room_types"]) == 1
    again = partner.poll(asked["render_id"])["outputs"][0]
    assert again.partition("?")[0] == last["outputs"][0].partition("?")[0]


def test_another_accounts_render_is_not_there(engine: Line, partner: Partner, stranger_account: Account) -> None:
    render_id = partner.create(wait_for_completion="false").json()["render_id"]
    stranger = Partner(engine, stranger_account)
    for unknown in (render_id, "A" * 20, "short", "%00" * 7):
        answer = httpx.get(f"{stranger.url}/v1/render?render_id={unknown}", headers=stranger.headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "render_not_found")
    answer = httpx.get(f"{stranger.url}/v1/render", headers=stranger.headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "missing_render_id")


def test_a_room_that_cannot_be_read_says_why_and_costs_nothing(line: Line, partner: Partner, account: Account) -> None:
    sentence = "The corners of this room cannot be seen."
    line.stack.start_engine(fail={"class": "customer_input", "code": "room_unreadable", "message": sentence})
    try:
        answer = partner.create()
    finally:
        line.stack.kill("engine")
    assert (answer.status_code, answer.json()["code"]) == (500, "render_failed")
    assert sentence in answer.json()["error"]
    assert partner.poll(answer.json()["render_id"])["status"] == "error"
    assert sentence in partner.poll(answer.json()["render_id"])["message"]
    assert ledger.balance(account) == 10


def test_a_waiting_caller_gets_the_variation(engine: Line, partner: Partner, account: Account) -> None:
    first = partner.create().json()
    answer = httpx.post(
        f"{partner.url}/v1/render/create-variation",
        params={"render_id": first["render_id"]},
        json={"style": "coastal"},
        headers=partner.headers,
        timeout=60,
    )
    assert answer.status_code == 200, engine.stack.logs()
    body, after = answer.json(), partner.poll(first["render_id"])
    assert list(body) == ["render_id", "result_image_url"]
    assert body["render_id"] == first["render_id"]
    assert [url.partition("?")[0] for url in after["outputs"]] == [
        url.partition("?")[0] for url in (first["result_image_url"], body["result_image_url"])
    ]
    assert after["outputs_styles"] == ["modern", "coastal"]
    assert httpx.get(body["result_image_url"]).status_code == 200
    assert ledger.balance(account) == 8
