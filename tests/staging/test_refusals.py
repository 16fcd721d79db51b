"""A picture that does not keep the room: made once more, then kept back, free, until somebody says why it may go."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from billing.models import Account, ApiKey, User
from staging import alterations, editing, refusals, renders
from staging.alterations import Actor
from staging.briefs import Brief
from staging.models import Alteration, Output, Photo, RefusedOutput, Render, State
from tests.staging.runs import go, kinds, run_of
from tests.staging.stand_in import StandIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def render(account: Account, photo: Photo, brief: Brief, engine: StandIn) -> Render:
    """A render whose every picture changes a pixel outside of its mask."""
    engine.switches.picture = "changed_outside"
    return renders.request(account, photo, brief)


@pytest.fixture
def refused(render: Render) -> Render:
    go(render)
    go(render)
    return render


def test_it_is_made_once_more_with_another_seed(render: Render, engine: StandIn, account: Account) -> None:
    go(render)
    run = run_of(render)
    assert (run.state, run.attempt, run.refusals, run.brief.seed) == (State.QUEUED, 2, 1, render.brief.seed + 1)
    engine.switches.picture = ""
    go(render)
    assert renders.status(render).status == "done"
    assert kinds(account) == ["grant", "hold", "settle"]
    assert Alteration.objects.get().seed == render.brief.seed + 1
    assert Output.objects.filter(verdict="pass").count() == 1


@pytest.mark.parametrize("spoiled", ["changed_outside", "black_mask"])
def test_a_second_one_ends_it_for_nothing_and_names_what_failed(
    render: Render, engine: StandIn, account: Account, spoiled: str
) -> None:
    engine.switches.picture = spoiled
    for _ in range(3):
        go(render)
    assert len(engine.started) == 2
    error = renders.status(render).error
    assert error is not None
    assert error.code == "changed_outside_mask"
    assert error.message == (
        "The picture that we made did not keep the room as it is. "
        "It changed the room where it should not have. Nothing was charged."
    )
    assert kinds(account) == ["grant", "hold", "release"]
    assert not Output.objects.exists()
    assert not Alteration.objects.exists()
    assert set(RefusedOutput.objects.values_list("role", flat=True)) == {"staged", "mask"}


def test_it_goes_out_only_when_somebody_says_why(refused: Render, owner: User) -> None:
    assert editing.picture_of(refused) is None
    seen = refusals.latest(refused)
    assert seen is not None
    with seen.preview.open("rb") as file:
        assert file.read(4) == b"RIFF"
    with pytest.raises(refusals.NoReason):
        refusals.override(refused, Actor(user=owner), "  ")

    output = refusals.override(refused, Actor(user=owner), "The pixel is dust.")

    assert editing.picture_of(refused) == output
    assert (output.uuid, output.verdict) == (seen.uuid, "fail")
    made, overridden = alterations.of_picture(output.uuid)
    assert (made.event, overridden.event) == ("made", "overridden")
    assert (overridden.actor, overridden.note) == (owner, "The pixel is dust.")
    assert overridden.kinds == made.kinds == ["Virtual Staging - Item Addition"]
    assert overridden.figures["changed_outside"] > 0
    assert LogEntry.objects.get().change_message == "Structure check overridden: The pixel is dust."
    assert refusals.latest(refused) is None
    with pytest.raises(refusals.NotRefused):
        refusals.override(refused, Actor(user=owner), "again")


def test_an_override_charges_nothing(refused: Render, owner: User, account: Account) -> None:
    refusals.override(refused, Actor(user=owner), "It is dust.")
    assert kinds(account) == ["grant", "hold", "release"]
    assert run_of(refused).state == State.FAILED


def test_a_key_overrides_by_its_name(refused: Render, account: Account, api_key: str) -> None:
    key = ApiKey.objects.get(account=account)
    output = refusals.override(refused, Actor(key=key), "Jo at Acme: dust on the lens")
    assert alterations.of_picture(output.uuid)[-1].key_prefix == key.prefix


def test_a_generative_backend_may_send_no_mask(account: Account, photo: Photo, brief: Brief, engine: StandIn) -> None:
    render = renders.request(account, photo, brief)
    engine.switches.generative, engine.switches.picture = True, "no_mask"
    go(render)
    go(render)
    told: dict[str, Any] = Output.objects.get(role="staged").figures
    assert 0 < told["mask_share"] < 0.5
    assert {"edges_kept", "openings_lost", "shift", "cast"} <= set(told)
    assert Output.objects.filter(role="mask").exists()
