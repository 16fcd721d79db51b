"""A render from asking to its pictures, with the engine's stand-in and the steps called as a worker would."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from PIL import Image

from billing import accounts, ledger
from billing.ledger import InsufficientCredits
from billing.models import Account, Entry
from staging import copies, files, jobs, label, pipeline, renders, renditions, turns
from staging.briefs import Brief
from staging.models import Output, Photo, Render, Role, Run, State
from staging.structure import changed_outside
from tests.staging.runs import go, kinds, run_of
from tests.staging.stand_in import StandIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def render(account: Account, photo: Photo, brief: Brief) -> Render:
    return renders.request(account, photo, brief)


@pytest.mark.django_db(transaction=True)
def test_asking_holds_the_price_and_answers_while_the_queue_is_down(account: Account, render: Render) -> None:
    status = renders.status(render)
    assert (status.status, status.progress, status.outputs) == ("rendering", 0.0, ())
    assert (status.styles, status.room_types) == (("modern",), ("living",))
    assert len(render.public_id) == 20
    assert render.public_id.isalnum()
    assert ledger.balance(account) == 8
    assert run_of(render).state == State.QUEUED


def test_a_render_gets_its_pictures_and_is_charged_once(account: Account, render: Render, engine: StandIn) -> None:
    go(render)
    status = renders.status(render)
    assert (status.status, status.progress, status.error) == ("done", 1.0, None)
    assert [output.role for output in status.outputs] == ["staged"]
    assert kinds(account) == ["grant", "hold", "settle"]
    assert ledger.balance(account) == 8
    jobs.look_after(run_of(render).pk)  # the same wake-up once more
    assert Output.objects.filter(run__render=render).count() == 2
    assert kinds(account) == ["grant", "hold", "settle"]
    assert engine.started == [f"{render.public_id}-1-1"]


def test_the_master_is_the_photo_outside_of_the_mask(render: Render, engine: StandIn) -> None:
    go(render)
    staged, mask = Output.objects.filter(run__render=render)
    assert (staged.role, mask.role) == (Role.STAGED, Role.MASK)
    picture, masked = Image.open(staged.master).convert("RGB"), Image.open(mask.master).convert("L")
    original = Image.open(render.photo.picture).convert("RGB")
    assert picture.size == original.size == (480, 320)
    assert changed_outside(original, picture, masked) == 0
    assert changed_outside(original, picture, Image.new("L", masked.size)) > 0
    assert staged.record == {"engine": "stand-in", "seed": 7}


def test_the_delivered_picture_has_the_long_edge_that_was_asked_for(render: Render, engine: StandIn) -> None:
    go(render)
    staged = Output.objects.get(run__render=render, role=Role.STAGED)
    delivered = Image.open(copies.of(staged, "delivered"))
    assert (delivered.format, delivered.size) == ("PNG", (1920, 1280))
    assert (staged.delivered_width, staged.delivered_height) == (1920, 1280)
    assert Image.open(copies.of(staged, "preview")).format == "WEBP"
    assert Image.open(copies.of(staged, "thumbnail")).format == "WEBP"


def test_a_label_is_on_all_that_is_delivered_and_shown_and_never_on_the_master(
    account: Account, photo: Photo, brief: Brief, engine: StandIn
) -> None:
    plain, labelled = (
        renders.request(account, photo, dataclasses.replace(brief, label=asked)) for asked in (False, True)
    )
    for _ in range(2):
        jobs.start_next()
    for render in (plain, labelled):
        jobs.look_after(run_of(render).pk)
    one, other = (Output.objects.get(run__render=render, role=Role.STAGED) for render in (plain, labelled))
    assert one.master.read() == other.master.read()
    unlabelled, with_label = (Image.open(copies.of(found, "delivered")) for found in (one, other))
    assert with_label.tobytes() == label.drawn(unlabelled).tobytes()
    for small in ("preview", "thumbnail"):
        assert copies.of(one, small).read() != copies.of(other, small).read()


def test_the_free_plan_labels_every_picture(account: Account, photo: Photo, brief: Brief, engine: StandIn) -> None:
    accounts.change_plan(account, "free")
    account.refresh_from_db()
    render = renders.request(account, photo, brief, source="dashboard")
    assert render.brief.label
    go(render)
    staged = Output.objects.get(run__render=render, role=Role.STAGED)
    unlabelled = renditions.resampled(Image.open(staged.master), 1920)
    assert Image.open(staged.delivered).tobytes() == label.drawn(unlabelled).tobytes()


def test_no_credits_no_render(account: Account, photo: Photo, brief: Brief) -> None:
    ledger.adjust(account, -9, reference="spent", actor=None, note="spent elsewhere")
    with pytest.raises(InsufficientCredits):
        renders.request(account, photo, brief)
    assert Render.objects.count() == Run.objects.count() == 0
    assert not Entry.objects.filter(kind="hold").exists()


def test_the_51st_api_render_in_flight_is_refused_and_the_dashboards_is_not(
    account: Account, photo: Photo, brief: Brief, settings: Any
) -> None:
    settings.RENDERS_IN_FLIGHT = 2
    for _ in range(2):
        renders.request(account, photo, brief)
    with pytest.raises(renders.TooManyInFlight):
        renders.request(account, photo, brief)
    renders.request(account, photo, brief, source="dashboard")
    assert renders.in_flight(account) == 2
    assert ledger.balance(account) == 4


def test_another_accounts_render_is_not_found(render: Render, stranger_account: Account) -> None:
    with pytest.raises(renders.RenderNotFound):
        renders.get(stranger_account, render.public_id)
    assert renders.get(render.account, render.public_id) == render


def test_another_accounts_photo_cannot_be_used(photo: Photo, brief: Brief, stranger_account: Account) -> None:
    with pytest.raises(ValueError, match="another account"):
        renders.request(stranger_account, photo, brief)


def test_a_cancelled_render_gives_its_credits_back_and_stops_the_job(
    account: Account, render: Render, engine: StandIn
) -> None:
    engine.switches.seconds = 60
    jobs.start_next()
    assert renders.cancel(run_of(render))
    assert not renders.cancel(run_of(render))
    jobs.stop(run_of(render).pk)
    assert engine.cancelled == [f"{render.public_id}-1-1"]
    assert renders.status(render).status == "error"
    assert kinds(account) == ["grant", "hold", "release"]


def test_a_run_cancelled_while_it_was_handed_over_is_stopped(render: Render, engine: StandIn) -> None:
    run = turns.claim()
    assert run is not None
    engine.switches.seconds = 60
    renders.cancel(run_of(render))
    pipeline.submit(run)
    assert engine.cancelled == [run.idempotency_key]


def test_a_photo_that_the_storage_has_lost_fails_the_render_at_once(
    account: Account, render: Render, engine: StandIn
) -> None:
    render.photo.picture.delete(save=False)
    jobs.start_next()
    error = renders.status(render).error
    assert error is not None
    assert error.code == "photo_missing"
    assert ledger.balance(account) == 10


def test_polling_costs_three_queries(
    account: Account, render: Render, engine: StandIn, django_assert_num_queries: Any
) -> None:
    go(render)
    with django_assert_num_queries(3):
        status = renders.status(renders.get(account, render.public_id))
        assert [files.output_url(output) for output in status.outputs]
