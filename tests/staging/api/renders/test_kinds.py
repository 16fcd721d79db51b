"""Decluttering, staging of emptied rooms, and 4K: every kind of picture that create can be asked for."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from pytest_httpserver import HTTPServer

from billing import ledger
from billing.models import Account
from staging import jobs, renders
from staging.engine.modes import vocabulary
from staging.models import Output, Render, Role, Run
from tests.staging import pictures
from tests.staging.api.renders.conftest import Caller, uploaded
from tests.staging.runs import work_while_waiting
from tests.staging.stand_in import EVERY_KIND, StandIn

GREY, RED = (128, 130, 120), (180, 40, 30)


@pytest.fixture(autouse=True)
def every_kind(settings: Any, engine: StandIn) -> None:
    """An engine that serves every kind of job."""
    for name, value in EVERY_KIND.items():
        setattr(settings, name, value)


def made(caller: Caller, **arguments: Any) -> dict[str, Any]:
    """What create answers once the picture is there, as after a wait."""
    asked = caller.create(file=uploaded(pictures.encoded()), **arguments)
    assert asked.status_code == 200, asked.content
    work(asked.json()["render_id"])
    body: dict[str, Any] = caller.get("/v1/render", render_id=asked.json()["render_id"]).json()
    return body


def work(render_id: str) -> None:
    jobs.start_next()
    jobs.look_after(renders.latest_run(Render.objects.get(public_id=render_id)).pk)


def waited(monkeypatch: pytest.MonkeyPatch, caller: Caller, **arguments: Any) -> dict[str, Any]:
    """What create answers when the caller waits."""
    work_while_waiting(monkeypatch, lambda: work(Render.objects.latest("pk").public_id))
    answer = caller.create(wait_for_completion="true", **arguments)
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def opened(url: str) -> Image.Image:
    path = url.removeprefix("http://testserver")
    return Image.open(io.BytesIO(b"".join(Client().get(path).streaming_content)))


def endings(urls: list[str]) -> list[str]:
    """What follows the pictures' own names."""
    return [re.sub(r".*/[0-9a-f-]{36}", "", url.partition("?")[0]) for url in urls]


BOTH = ["-u1_0.png", "_furniture_removed_0.png"]


@pytest.mark.parametrize("mode", ["on", "auto", "ON"])
def test_a_furnished_room_is_emptied_and_staged_for_the_price_of_staging(
    mode: str, caller: Caller, account: Account
) -> None:
    body = made(caller, declutter_mode=mode)
    assert endings(body["outputs"]) == BOTH
    # The emptied picture carries the staged one's values.
    assert (body["outputs_styles"], body["outputs_room_types"]) == (["modern"] * 2, ["living"] * 2)
    staged, emptied = (opened(url).convert("RGB") for url in body["outputs"])
    assert staged.size == emptied.size == (1920, 1280)
    assert (emptied.getpixel((300, 600)), staged.getpixel((300, 600))) == (GREY, GREY)
    assert (staged.getpixel((1200, 1000)), emptied.getpixel((1200, 1000)) == RED) == (RED, False)
    assert ledger.balance(account) == 8


def test_auto_leaves_a_room_without_furniture_as_it_is(caller: Caller, engine: StandIn, account: Account) -> None:
    engine.switches.furnished = False
    body = made(caller, declutter_mode="auto")
    assert endings(body["outputs"]) == BOTH[:1]
    assert body["outputs_styles"] == ["modern"]
    assert ledger.balance(account) == 8


@pytest.mark.parametrize("mode", ["on", "auto"])
def test_a_room_is_emptied_and_no_more(mode: str, caller: Caller, engine: StandIn, account: Account) -> None:
    body = made(caller, declutter_mode=mode, add_furniture="false", room_type=None, style=None)
    assert endings(body["outputs"]) == BOTH[1:]
    assert (body["outputs_styles"], body["outputs_room_types"]) == ([""], [""])
    (job,) = engine.jobs.values()
    assert (job.told["brief"]["kind"], job.told["brief"]["declutter"]) == ("declutter", "on")
    assert ledger.balance(account) == 9


def test_what_would_be_staged_says_nothing_of_an_emptied_room(caller: Caller) -> None:
    body = made(caller, declutter_mode="on", add_furniture="0", room_type="dungeon", style="gothic")
    assert body["outputs_styles"] == [""]


def test_a_waiting_caller_is_told_of_the_emptied_room(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    body = waited(monkeypatch, caller, declutter_mode="on")
    assert list(body) == ["render_id", "result_image_url", "removal_output", "status", "created_at", "outputs"]
    assert body["outputs"] == [body["result_image_url"], body["removal_output"]]
    assert endings(body["outputs"]) == BOTH
    body = waited(monkeypatch, caller, declutter_mode="on", add_furniture="false")
    assert body["outputs"] == [body["result_image_url"]] == [body["removal_output"]]
    assert "removal_output" not in waited(monkeypatch, caller)


def test_a_variation_is_staged_on_the_emptied_room(caller: Caller, engine: StandIn, account: Account) -> None:
    body = made(caller, declutter_mode="on")
    asked = {"render_id": body["render_id"], "wait_for_completion": False, "style": "coastal"}
    assert caller.post("/v1/render/create-variation", asked).status_code == 200
    work(body["render_id"])
    after = caller.get("/v1/render", render_id=body["render_id"]).json()
    assert endings(after["outputs"]) == [*BOTH, "-u1_0.png"]
    assert after["outputs_styles"] == ["modern", "modern", "coastal"]
    _, second = engine.jobs.values()
    assert second.told["brief"]["declutter"] == "off"
    emptied = Output.objects.get(role=Role.EMPTIED)
    with emptied.master.open("rb") as file:
        assert Image.open(io.BytesIO(second.photo)).tobytes() == Image.open(file).tobytes()
    assert ledger.balance(account) == 8


def test_an_emptied_room_alone_has_no_variations(caller: Caller, account: Account, said: Callable[..., None]) -> None:
    body = made(caller, declutter_mode="on", add_furniture="false")
    for more in ({}, {"roomType": "living", "style": "modern"}):
        asked = {"render_id": body["render_id"], "wait_for_completion": False, **more}
        said(caller.post("/v1/render/create-variation", asked), 400, "invalid_request", "has no variations")
    assert Run.objects.count() == 1
    assert ledger.balance(account) == 9


def test_nothing_to_remove_and_nothing_to_add_is_refused(caller: Caller, said: Callable[..., None]) -> None:
    said(caller.create(add_furniture="false"), 400, "invalid_request", "add_furniture")
    said(caller.create(add_furniture="false", declutter_mode="off"), 400, "invalid_request", "add_furniture")
    assert not Render.objects.exists()


def test_furniture_asks_for_a_room_and_a_style(caller: Caller, said: Callable[..., None]) -> None:
    said(caller.create(declutter_mode="on", room_type=None), 400, "invalid_room_type")
    said(caller.create(declutter_mode="auto", style=None), 400, "invalid_style")


# --- masks ------------------------------------------------------------------------------------------------


def drawn(mode: str = "RGB") -> bytes:
    """A mask as a drawing program saves it: nearly white on nearly black, of another size than the photo."""
    mask = Image.new("L", (60, 40), 9)
    mask.paste(247, (0, 0, 30, 40))
    return pictures.encoded(mask.convert(mode), "PNG")


def told_mask(engine: StandIn) -> Image.Image:
    mask = list(engine.jobs.values())[-1].mask
    assert mask is not None
    return Image.open(io.BytesIO(mask)).convert("L")


def test_a_mask_is_fetched_and_reaches_the_engine_in_black_and_white(
    caller: Caller, engine: StandIn, httpserver: HTTPServer, settings: Any
) -> None:
    settings.FETCH_ALLOW_PRIVATE = True
    httpserver.expect_request("/mask.png").respond_with_data(drawn(), content_type="image/png")
    made(caller, declutter_mode="on", add_furniture="false", declutter_mask_url=httpserver.url_for("/mask.png"))
    mask = told_mask(engine)
    assert (mask.size, sorted(mask.getcolors() or [])) == ((60, 40), [(1200, 0), (1200, 255)])
    assert mask.getpixel((5, 5)) == 255
    assert "mask" not in list(engine.jobs.values())[-1].told["brief"]


def test_a_mask_may_be_a_data_url(caller: Caller, engine: StandIn) -> None:
    url = "data:image/png;base64," + base64.b64encode(drawn("1")).decode()
    made(caller, declutter_mode="auto", declutterMaskUrl=url)
    assert told_mask(engine).size == (60, 40)


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/mask.png", "ftp://example.com/mask.png", "data:image/png;base64,AAAA", "mask.png", "7"]
)
def test_a_mask_that_cannot_be_used_is_refused(url: str, caller: Caller, said: Callable[..., None]) -> None:
    answer = caller.create(declutter_mode="on", declutter_mask_url=url)
    said(answer, 400, "invalid_request", "Invalid declutter_mask_url")
    assert not Render.objects.exists()


def test_a_mask_is_ignored_where_nothing_is_removed(caller: Caller, engine: StandIn) -> None:
    made(caller, declutter_mode="off", declutter_mask_url="ftp://nowhere")
    assert [job.mask for job in engine.jobs.values()] == [None]


def test_another_mask_is_another_request(caller: Caller, said: Callable[..., None]) -> None:
    caller.headers["Idempotency-Key"] = "one"
    urls = ["data:image/png;base64," + base64.b64encode(drawn(mode)).decode() for mode in ("RGB", "1")]
    first = caller.create(declutter_mode="on", declutter_mask_url=urls[0]).json()
    assert caller.create(declutter_mode="on", declutter_mask_url=urls[0]).json() == first
    said(caller.create(declutter_mode="on", declutter_mask_url=urls[1]), 409, "idempotency_conflict")


# --- 4K ---------------------------------------------------------------------------------------------------


def test_4k_has_a_long_edge_of_3840_and_its_furniture_is_rendered_so(caller: Caller, engine: StandIn) -> None:
    body = made(caller, resolution="4K")
    assert opened(body["outputs"][0]).size == (3840, 2560)
    assert [job.told["brief"]["long_edge"] for job in engine.jobs.values()] == [3840]
    assert Output.objects.get(role=Role.STAGED).width == 3840


def test_4k_is_resampled_where_the_backend_knows_the_photos_size_alone(
    caller: Caller, engine: StandIn, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ENGINE_ENLARGES = False
    monkeypatch.setattr(vocabulary, "ENLARGES", False)  # as of a server of another make
    body = made(caller, resolution="4k")
    assert opened(body["outputs"][0]).size == (3840, 2560)
    assert [job.told["brief"]["long_edge"] for job in engine.jobs.values()] == [None]


def test_4k_is_part_of_the_plan(caller: Caller, account: Account, said: Callable[..., None]) -> None:
    account.plan.allows_4k = False
    account.plan.save()
    said(caller.create(resolution="4k"), 403, "plan_without_4k")
    assert caller.create(resolution="full-hd").status_code == 200
