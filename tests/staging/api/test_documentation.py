"""The OpenAPI document and the page that shows it."""

from __future__ import annotations

import json
import os
import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from drf_spectacular.validation import validate_schema

from staging import briefs
from staging.api.renders.document import STYLE_ALIASES
from staging.briefs import RoomType, Style
from tests import needs
from tests.staging.api.renders.conftest import Caller


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    answer = Client().get("/api/docs/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.content)
    return found


def test_it_is_a_valid_document_of_both_apis(document: dict[str, Any]) -> None:
    validate_schema(document)
    assert document["openapi"].startswith("3.1")
    operations = {f"{method} {path}" for path, item in document["paths"].items() for method in item}
    assert operations >= {
        "get /v1/ping",
        "get /v1/options",
        "get /v1/render",
        "post /v1/render/create",
        "post /v1/render/create-variation",
        "post /interior/",
        "post /api/conversion/",
        "post /results/",
        "get /results/",
        "get /results/{name}",
        "get /renders/{render_id}/outputs/{name}",
    }
    assert not any(path.startswith(("/studio", "/admin", "/listings")) for path in document["paths"])


def test_names_and_codes_are_those_of_the_code(document: dict[str, Any]) -> None:
    create = document["paths"]["/v1/render/create"]["post"]
    body = create["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert (body["room_type"]["enum"], body["style"]["enum"]) == (
        list(RoomType),
        [*Style, *STYLE_ALIASES],
    )
    assert {briefs.style(alias) for alias in STYLE_ALIASES} == set(briefs.STYLE_ALIASES.values())
    assert "image_url" in body
    codes = create["responses"]["400"]["content"]["application/json"]["schema"]["properties"]["code"]["enum"]
    assert {"invalid_image", "invalid_declutter_mode"} <= set(codes)
    assert {"apiKey": []} in create["security"]
    assert {parameter["name"] for parameter in create["parameters"]} >= {"Idempotency-Key", "declutter_mode", "seed"}


def test_what_has_no_body_is_said_to_have_none(document: dict[str, Any]) -> None:
    answers = [operation["responses"] for item in document["paths"].values() for operation in item.values()]
    same = [told["304"] for told in answers if "304" in told]
    assert same
    assert [told for told in same if told.get("content") or not told["description"]] == []


def test_it_comes_as_yaml_too(db: None) -> None:
    answer = Client().get("/api/docs/openapi.yaml")
    assert answer.status_code == 200
    assert answer.content.startswith(b"openapi: 3.1")


@pytest.mark.parametrize("path", ["/api/docs", "/api/docs/"])
def test_the_page_is_strict_and_takes_nothing_from_outside(path: str, db: None) -> None:
    answer = Client().get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/html; charset=utf-8")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    page = answer.content.decode()
    assert not re.search(r"<script(?! src=)|<style|\son\w+=|https?://", page)
    for address in re.findall(r'(?:src|href)="([^"]+)"', page):
        if address.startswith("/static/"):
            assert finders.find(address.removeprefix("/static/")), address
        else:
            assert Client().get(f"/api/docs{address}" if address.startswith("?") else address).status_code == 200
    script = Client().get("/api/docs?script=").content.decode()
    assert '"validatorUrl": null' in script
    assert "/api/docs/openapi.json" in script


def test_answers_are_as_it_says(document: dict[str, Any], caller: Caller) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    created = caller.create().json()
    seen = {
        ("get", "/v1/ping"): caller.get("/v1/ping"),
        ("get", "/v1/options"): caller.get("/v1/options"),
        ("get", "/v1/render"): caller.get("/v1/render", **created),
        ("post", "/v1/render/create"): caller.create(style="gothic"),
        ("post", "/v1/render/create-variation"): caller.post("/v1/render/create-variation", created),
        ("get", "/results/"): caller.get("/results/", conversion="none"),
    }
    for (method, path), answer in seen.items():
        told = document["paths"][path][method]["responses"][str(answer.status_code)]
        schema = told["content"]["application/json"]["schema"]
        jsonschema.validate(answer.json(), {**schema, "components": document["components"]})


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_browser_shows_every_operation_and_asks_no_other_host(
    live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser

    # Playwright's loop runs in this thread; Django would refuse to speak to the database beside it.
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needs.chromium(), args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(60_000)
        complaints: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{live_server.url}/api/docs")
        page.get_by_text("/v1/render/create-variation").first.wait_for()
        page.get_by_text("/interior/").first.click()
        page.get_by_text("the room, or the house front").first.wait_for()
        if folder := os.environ.get("SCREENSHOTS"):
            page.screenshot(path=f"{folder}/api-docs.png", full_page=True)
        browser.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
