"""Asking for a picture."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest

from billing import ledger
from billing.models import Account
from staging.briefs import RoomType, Style
from staging.models import Photo, Render, Run, Source, State
from tests.staging.api.renders.conftest import BRIEF, Caller, picture, uploaded


def the_brief() -> Any:
    return Render.objects.get().brief


def test_a_form_with_a_file_answers_at_once_with_nothing_but_the_id(caller: Caller, account: Account) -> None:
    answer = caller.create()
    assert answer.status_code == 200
    assert list(answer.json()) == ["render_id"]
    assert re.fullmatch("[A-Za-z0-9]{20}", answer.json()["render_id"])
    render = Render.objects.get()
    assert (render.public_id, render.account, render.source) == (answer.json()["render_id"], account, Source.API)
    assert (render.brief.room_type, render.brief.style, render.brief.seed) == (RoomType.LIVING, Style.MODERN, 0)
    assert Run.objects.get().state == State.QUEUED
    assert ledger.balance(account) == 8


def test_a_data_url_in_a_json_body_does_the_same(caller: Caller) -> None:
    url = "data:image/jpeg;base64," + base64.b64encode(picture()).decode()
    answer = caller.post("/v1/render/create", {"image_url": url, **BRIEF, "wait_for_completion": False, "seed": 7})
    assert answer.status_code == 200
    assert the_brief().seed == 7


def test_a_raw_body_takes_its_arguments_from_the_query(caller: Caller) -> None:
    for media_type in ("image/png", "application/octet-stream"):
        answer = caller.client.post(
            "/v1/render/create",
            picture(format="PNG"),
            content_type=media_type,
            headers=caller.headers,
            query_params={**BRIEF, "wait_for_completion": "0"},
        )
        assert answer.status_code == 200, answer.content
    assert Photo.objects.get().format == "PNG"


def test_a_file_may_come_with_its_arguments_in_the_query(caller: Caller) -> None:
    answer = caller.form(
        "/v1/render/create", {"file": uploaded(), "other": uploaded()}, **BRIEF, waitForCompletion="no"
    )
    assert answer.status_code == 200


def test_camel_case_aliases_and_free_spelling_are_understood(caller: Caller) -> None:
    assert caller.create(room_type=None, style="Mid-Century Modern", roomType="Home Office").status_code == 200
    assert (the_brief().room_type, the_brief().style) == (RoomType.HOME_OFFICE, Style.MIDCENTURY)


def test_the_body_wins_over_the_query(caller: Caller) -> None:
    url = "data:image/jpeg;base64," + base64.b64encode(picture()).decode()
    body = {"image_url": url, "style": "coastal", "wait_for_completion": False}
    assert caller.post("/v1/render/create", body, room_type="bed", style="luxury").status_code == 200
    assert (the_brief().room_type, the_brief().style) == (RoomType.BED, Style.COASTAL)


@pytest.mark.parametrize(("word", "label"), [("true", True), ("1", True), ("false", False), (None, False)])
def test_the_label_is_asked_for_or_left_out(word: str | None, label: bool, caller: Caller) -> None:
    assert caller.create(add_virtually_staged_watermark=word).status_code == 200
    assert the_brief().label is label


def test_an_address_for_webhooks_is_kept_with_the_run(caller: Caller) -> None:
    assert caller.create(webhookUrl="https://partner.example/hook").status_code == 200
    assert Run.objects.get().webhook_url == "https://partner.example/hook"


@pytest.mark.parametrize("no", ["false", "False", "0", "no", "OFF"])
def test_the_word_false_is_false(no: str, caller: Caller) -> None:
    assert list(caller.create(wait_for_completion=no).json()) == ["render_id"]


def test_unknown_arguments_and_default_values_are_accepted(caller: Caller) -> None:
    answer = caller.create(
        declutter_mode="off",
        resolution="FULL-HD",
        add_virtually_staged_watermark="false",
        add_furniture="true",
        declutter_mask_url="https://example.com/ignored.png",
        colour="blue",
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        ({"room_type": "garage"}, "invalid_room_type", "Invalid room_type. Must be one of: living, bed, kitchen"),
        ({"room_type": None}, "invalid_room_type", "Invalid room_type. Must be one of: living"),
        ({"style": "gothic"}, "invalid_style", "Invalid style. Must be one of: modern, scandinavian"),
        ({"style": ""}, "invalid_style", "Invalid style. Must be one of:"),
        ({"declutter_mode": "true"}, "invalid_declutter_mode", "Invalid declutter_mode. Must be one of: on, off, auto"),
        ({"resolution": "8k"}, "invalid_resolution", "Invalid resolution. Must be one of: full-hd, 4k"),
        ({"wait_for_completion": "maybe"}, "invalid_request", "Invalid wait_for_completion. Must be one of:"),
        ({"seed": "-1"}, "invalid_request", "Invalid seed"),
        ({"seed": "2147483648"}, "invalid_request", "Invalid seed"),
        ({"add_virtually_staged_watermark": "perhaps"}, "invalid_request", "Invalid add_virtually_staged_watermark"),
        ({"add_furniture": "false"}, "invalid_request", "add_furniture"),
        ({"webhook_url": "ftp://partner.example/hook"}, "invalid_request", "Invalid webhook_url"),
        ({"webhook_url": "https://me:secret@partner.example/hook"}, "invalid_request", "Invalid webhook_url"),
        ({"webhook_url": "https://partner.example/" + "x" * 2000}, "invalid_request", "Invalid webhook_url"),
    ],
)
def test_an_argument_that_is_none_of_its_choices_is_refused(
    arguments: dict[str, str], code: str, text: str, caller: Caller, said: Callable[..., None], account: Account
) -> None:
    said(caller.create(**arguments), 400, code, text)
    assert not Render.objects.exists()
    assert ledger.balance(account) == 10


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (
            {"room_type": "kitchen"},
            "invalid_room_type",
            "kitchen is not built yet. Available now: living, bed",
        ),
        ({"declutter_mode": "on"}, "invalid_declutter_mode", "Decluttering is not built yet"),
        ({"declutter_mode": "Auto"}, "invalid_declutter_mode", "Decluttering is not built yet"),
        ({"declutter_mode": "on", "add_furniture": "no"}, "invalid_declutter_mode", "Decluttering is not built yet"),
    ],
)
def test_what_the_backend_does_not_serve_is_refused_in_clear_words(
    arguments: dict[str, str], code: str, text: str, caller: Caller, said: Callable[..., None], settings: Any
) -> None:
    settings.ENGINE_KINDS, settings.ENGINE_ROOM_TYPES = ["staging"], ["bed", "living"]
    said(caller.create(**arguments), 400, code, text)
    assert not Render.objects.exists()


def test_a_boolean_declutter_mode_is_refused(caller: Caller, said: Callable[..., None]) -> None:
    url = "data:image/jpeg;base64," + base64.b64encode(picture()).decode()
    answer = caller.post("/v1/render/create", {"image_url": url, **BRIEF, "declutter_mode": True})
    said(answer, 400, "invalid_declutter_mode", "Invalid declutter_mode. Must be one of: on, off, auto")


def test_without_credits_nothing_is_made(caller: Caller, account: Account, said: Callable[..., None]) -> None:
    ledger.adjust(account, -9, reference="test", actor=None, note="spend")
    said(caller.create(), 402, "insufficient_credits", "2 needed, 1 left")
    assert not Render.objects.exists()
    assert ledger.balance(account) == 1


def test_one_render_too_many_in_flight_is_asked_to_come_back(
    caller: Caller, account: Account, settings: Any, said: Callable[..., None]
) -> None:
    settings.RENDERS_IN_FLIGHT = 2
    assert [caller.create().status_code for _ in range(2)] == [200, 200]
    answer = caller.create()
    said(answer, 429, "concurrency_limit")
    assert int(answer["Retry-After"]) > 0
    assert Render.objects.count() == 2
    assert ledger.balance(account) == 6


def test_a_wait_that_runs_out_names_the_render_which_goes_on(
    caller: Caller, settings: Any, said: Callable[..., None]
) -> None:
    settings.WAIT_MAX_SECONDS = 0.01
    answer = caller.create(wait_for_completion="true")
    said(answer, 504, "wait_timeout")
    assert answer.json()["render_id"] == Render.objects.get().public_id
    assert answer.json()["status"] == "rendering"
    assert Run.objects.get().state == State.QUEUED
