"""A person edits a scene: drafts that leave the render alone, then the picture, for no credit."""

from __future__ import annotations

from typing import Any

import pytest

from billing import ledger
from billing.models import Account
from staging import editing, jobs, renders, variations
from staging.briefs import Brief
from staging.models import Photo, Render, Run, State
from tests.staging.runs import go
from tests.staging.stand_in import StandIn

pytestmark = pytest.mark.django_db

READ = {"box": {"x0": -2.0}, "status": "check"}
FOUND = {"pieces": [{"id": "sofa", "x": 0.0}]}
MOVED = {"pieces": [{"id": "sofa", "x": 1.0}]}


@pytest.fixture
def render(account: Account, photo: Photo, brief: Brief, engine: StandIn) -> Render:
    """A render that is done, with a scene on record."""
    engine.switches.room, engine.switches.arrangement = READ, FOUND
    made = renders.request(account, photo, brief)
    go(made)
    return made


def told(engine: StandIn) -> dict[str, Any]:
    """The last job that the engine was given."""
    return list(engine.jobs.values())[-1].told


def work(run: Run) -> Run:
    """What worker and follower do for one run."""
    jobs.start_next()
    jobs.look_after(run.pk)
    run.refresh_from_db()
    return run


def test_a_draft_shows_the_edit_and_leaves_the_render_as_it_was(render: Render, engine: StandIn) -> None:
    before = renders.status(render)
    draft = editing.preview(render, {"arrangement": MOVED})
    assert renders.status(render) == before
    assert work(draft).state == State.DONE
    assert (told(engine)["arrangement"], told(engine)["room"]) == (MOVED, READ)
    assert told(engine)["brief"]["quality"] == "draft"
    assert renders.status(render) == before
    assert editing.picture_of(render) == before.outputs[0]
    found = editing.preview_run(render, draft.number)
    assert found is not None
    assert found.outputs.count() == 2
    assert ledger.balance(render.account) == 8


def test_a_newer_draft_takes_the_older_ones_place(render: Render) -> None:
    older = editing.preview(render, {"arrangement": FOUND})
    newer = editing.preview(render, {"arrangement": MOVED})
    older.refresh_from_db()
    assert (older.state, newer.state) == (State.CANCELLED, State.QUEUED)


def test_the_finished_edit_is_the_renders_next_output(render: Render, engine: StandIn) -> None:
    draft = editing.preview(render, {"arrangement": FOUND})
    work(editing.finish(render, {"room": {**READ, "status": "auto"}, "arrangement": MOVED}))
    draft.refresh_from_db()
    assert draft.state == State.CANCELLED
    assert told(engine)["room"]["status"] == "auto"
    assert told(engine)["brief"]["quality"] == "standard"
    status = renders.status(render)
    assert len(status.outputs) == 2
    latest = editing.picture_of(render)
    assert latest == status.outputs[1]
    assert editing.scene_of(latest)["arrangement"] == MOVED
    assert ledger.balance(render.account) == 8


def test_what_is_under_way_is_not_edited(render: Render) -> None:
    editing.finish(render, {"arrangement": MOVED})
    with pytest.raises(variations.RenderNotDone):
        editing.preview(render, {"arrangement": FOUND})


def test_a_render_whose_room_was_corrected_first_is_made_in_that_room(
    account: Account, photo: Photo, brief: Brief, engine: StandIn
) -> None:
    go(renders.request(account, photo, brief, scene={"room": READ}))
    assert told(engine)["room"] == READ


@pytest.mark.parametrize("wrong", [None, [], {}, {"sofa": {}}, {"room": "x"}, {"room": {"x": "y" * 300_000}}])
def test_what_is_no_scene_is_refused(wrong: object) -> None:
    with pytest.raises(editing.BadScene):
        editing.checked(wrong)
