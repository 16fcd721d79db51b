"""Redesign, staging, sketches, house fronts and 4K: every kind of conversion, and what it costs."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from billing import ledger
from billing.models import Account
from staging import variations
from staging.models import Alteration, Conversion, Output, Render, Role, Run
from tests.staging.api.conversions.conftest import Caller, opened, uploaded, work_off
from tests.staging.stand_in import EVERY_KIND, StandIn


@pytest.fixture(autouse=True)
def every_kind(settings: Any, engine: StandIn) -> None:
    """An engine that serves every kind of job."""
    for name, value in EVERY_KIND.items():
        setattr(settings, name, value)


REDESIGN = {"staging": None}
SKETCH = {"staging": "false", "sketch": "true"}
INSIDE, OUTSIDE = {"space": "interior"}, {"space": "Exterior", "room_type": "house front"}


@pytest.mark.parametrize(
    ("fields", "told", "role", "price"),
    [
        (REDESIGN, ("redesign", "living", "interior"), Role.REDESIGNED, 1),
        ({"staging": "false", "sketch": "false"}, ("redesign", "living", "interior"), Role.REDESIGNED, 1),
        (REDESIGN | OUTSIDE, ("redesign", None, "exterior"), Role.REDESIGNED, 1),
        (INSIDE, ("staging", "living", "interior"), Role.STAGED, 2),
        ({"room_type": "kids_room"}, ("staging", "kids_room", "interior"), Role.STAGED, 2),
        (OUTSIDE, ("staging", "outdoor", "interior"), Role.STAGED, 2),
        (SKETCH, ("sketch", "living", "interior"), Role.RENDERED, 2),
        (SKETCH | OUTSIDE, ("sketch", None, "exterior"), Role.RENDERED, 2),
    ],
)
def test_each_kind_is_made_and_charged(
    fields: dict[str, Any],
    told: tuple[str, ...],
    role: Role,
    price: int,
    caller: Caller,
    engine: StandIn,
    account: Account,
) -> None:
    answer = caller.create(**fields)
    assert (answer.status_code, answer.json()["credits_used"]) == (200, price)
    work_off()
    (job,) = engine.jobs.values()
    assert tuple(job.told["brief"][name] for name in ("kind", "room_type", "space")) == told
    assert Output.objects.get(order=0).role == role
    (file,) = caller.results().json()["files"]
    picture = opened(caller.file(file["url"])[1])
    assert (picture.format, picture.size) == ("JPEG", (1920, 1280))
    assert picture.getpixel((960, 900))[0] > 150 > picture.getpixel((960, 900))[1]
    assert ledger.balance(account) == 10 - price


@pytest.mark.parametrize(
    ("fields", "declutter"), [(REDESIGN, "auto"), (REDESIGN | OUTSIDE, "off"), (INSIDE, "off"), (SKETCH, "off")]
)
def test_a_room_is_emptied_before_it_is_redesigned(
    fields: dict[str, Any], declutter: str, caller: Caller, engine: StandIn
) -> None:
    caller.create(**fields)
    work_off()
    (job,) = engine.jobs.values()
    assert job.told["brief"]["declutter"] == declutter


def disclosed() -> list[str]:
    """What the record says was done to the latest redesign."""
    output = Output.objects.filter(role=Role.REDESIGNED).latest("pk")
    kinds: list[str] = Alteration.objects.get(output_uuid=output.uuid).kinds
    return kinds


def test_what_was_taken_out_before_a_redesign_is_disclosed(caller: Caller, engine: StandIn) -> None:
    caller.create(**REDESIGN)
    work_off()
    assert "Decluttered - Item Removed" in disclosed()
    # The conversion answers with what was asked for alone.
    assert len(caller.results().json()["files"]) == 1


def test_another_version_of_a_redesign_is_made_of_the_emptied_room(caller: Caller, engine: StandIn) -> None:
    caller.create(**REDESIGN)
    work_off()
    render = Render.objects.get()
    variations.request(render, render.brief)
    work_off()
    _first, again = engine.jobs.values()
    assert again.told["brief"]["declutter"] == "off"
    emptied = Output.objects.get(role=Role.EMPTIED)
    assert Image.open(io.BytesIO(again.photo)).tobytes() == Image.open(emptied.master).convert("RGB").tobytes()
    assert "Decluttered - Item Removed" in disclosed()


def test_nothing_is_said_to_be_taken_out_of_an_empty_room(caller: Caller, engine: StandIn) -> None:
    engine.switches.furnished = False
    caller.create(**REDESIGN)
    work_off()
    assert "Decluttered - Item Removed" not in disclosed()
    assert not Output.objects.filter(role=Role.EMPTIED).exists()


def test_rooms_are_redesigned_as_they_are_where_no_engine_empties_them(
    caller: Caller, engine: StandIn, settings: Any
) -> None:
    settings.ENGINE_KINDS = [kind for kind in settings.ENGINE_KINDS if kind != "declutter"]
    caller.create(**REDESIGN)
    work_off()
    (job,) = engine.jobs.values()
    assert job.told["brief"]["declutter"] == "off"


@pytest.mark.parametrize(("fields", "price"), [(REDESIGN, 2), (INSIDE, 4), (SKETCH, 4)])
def test_a_price_is_a_files_price_however_many_renders(
    fields: dict[str, Any], price: int, caller: Caller, engine: StandIn, account: Account
) -> None:
    answer = caller.create(files=[uploaded(1), uploaded(2)], renders="4", **fields)
    assert (answer.json()["credits_used"], answer.json()["credits_left"]) == (price, 10 - price)
    work_off()
    assert len(caller.results().json()["files"]) == 8
    assert len({run.brief.seed for run in Run.objects.all()}) == 8
    assert ledger.balance(account) == 10 - price


@pytest.mark.parametrize("fields", [REDESIGN, SKETCH])
def test_upscale_gives_a_long_edge_of_3840(fields: dict[str, Any], caller: Caller, engine: StandIn) -> None:
    assert caller.create(upscale="true", **fields).status_code == 200
    work_off()
    (file,) = caller.results().json()["files"]
    assert opened(caller.file(file["url"])[1]).size == (3840, 2560)


def test_pro_rules_hold_for_every_kind(caller: Caller, account: Account, said: Callable[..., None]) -> None:
    account.plan.max_renders, account.plan.allows_4k = 1, False
    account.plan.save()
    for kind in (REDESIGN, INSIDE, SKETCH):
        said(caller.create(renders="2", **kind), 403, "plan_required")
        said(caller.create(upscale="true", **kind), 403, "plan_required")
    assert not Conversion.objects.exists()
    assert caller.create(staging=None).status_code == 200
