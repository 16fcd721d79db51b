"""The room's lines over its photo, corrected by dragging, and the picture made again in the room that was meant."""

from __future__ import annotations

import json
import uuid

import pytest
from django.test import Client
from django.utils.html import escape

from billing import ledger
from billing.models import Account, User
from listings import batches, photos, records, reviews
from listings.models import StagedPhoto
from staging import rooms, sources
from staging.briefs import RoomType, Style
from staging.models import Output, Run
from tests.listings.conftest import fail, finish, signed_in
from tests.staging.pictures import encoded


@pytest.fixture
def staged(account: Account, owner: User) -> StagedPhoto:
    """A photo of a listing, asked to be staged."""
    listing = records.create(account, unparsed_address="12 Elm Street")
    photo, _ = photos.add(listing, sources.accept(account, raw=encoded()), user=owner)
    (made,) = batches.stage(listing, [(photo, RoomType.LIVING)], style=Style.MODERN, batch=uuid.uuid4(), user=owner)
    return made


def path(staged: StagedPhoto, tail: str = "") -> str:
    return f"/listings/{staged.listing_photo.listing_id}/renders/{staged.render.public_id}/room/{tail}"


def corners(staged: StagedPhoto, **moved: tuple[float, float]) -> dict[str, object]:
    """The corners that the page shows, some of them dragged."""
    near = rooms.room_of({}, staged.render.photo)
    return {**rooms.shown(near)["corners"], **moved}


def assert_shows(browser: Client, staged: StagedPhoto, record: dict[str, object]) -> None:
    """The editor opens with the room of this record."""
    shown = rooms.shown(rooms.room_of(record, staged.render.photo))
    assert escape(json.dumps(shown)) in browser.get(path(staged)).content.decode()


def test_dragging_shows_the_room_that_has_these_corners(browser: Client, staged: StagedPhoto) -> None:
    finish(staged.render)
    assert "data-shown" in browser.get(path(staged)).content.decode()
    there = corners(staged)
    u, v = there["back_left"]  # type: ignore[misc]
    answer = browser.post(path(staged, "fit/"), json.dumps({**there, "back_left": (u - 12, v)}), "application/json")
    shown = answer.json()
    assert shown["corners"]["back_left"][0] == pytest.approx(u - 12, abs=4)
    assert len(shown["floor"]) == 3
    assert len(shown["grid"]) > 4
    swapped = {**there, "back_left": there["back_right"], "back_right": there["back_left"]}
    refused = browser.post(path(staged, "fit/"), json.dumps(swapped), "application/json")
    assert (refused.status_code, refused.json()["code"]) == (422, "no_such_room")
    assert browser.post(path(staged, "fit/"), "{", "application/json").status_code == 422
    assert Run.objects.count() == 1


def test_applying_makes_the_picture_again_in_the_corrected_room(
    browser: Client, staged: StagedPhoto, owner: User, account: Account
) -> None:
    finish(staged.render)
    reviews.reject(staged, owner, "The sofa floats")
    browser.post(path(staged), {"corners": json.dumps(corners(staged))})
    run = Run.objects.get(kind=Run.Kind.VARIATION)
    assert run.scene_json["room"]["status"] == "auto"
    assert "arrangement" not in run.scene_json
    staged.refresh_from_db()
    assert staged.verdict == "pending"
    assert ledger.balance(account) == 8


def test_the_editor_opens_for_a_room_that_could_not_be_read(
    browser: Client, staged: StagedPhoto, account: Account
) -> None:
    fail(staged.render, "The room in this photo could not be read.")
    Run.objects.update(error_code="room_unreadable")
    review = browser.get(path(staged).removesuffix("room/"))
    assert (review.status_code, review.headers["Location"]) == (302, path(staged))
    assert_shows(browser, staged, {})
    u, v = corners(staged)["back_left"]  # type: ignore[misc]
    there = corners(staged, back_left=(u - 12, v))
    unsure = rooms.corrected(rooms.room_of({}, staged.render.photo), there)
    Run.objects.update(record={"room": unsure})
    assert_shows(browser, staged, {"room": unsure})
    Run.objects.update(record={"room": {"box": {}}})
    assert_shows(browser, staged, {})
    browser.post(path(staged), {"corners": json.dumps(corners(staged))})
    again = StagedPhoto.objects.exclude(pk=staged.pk).get()
    assert again.render.runs.get().scene_json["room"]["status"] == "auto"
    assert (again.render.brief, again.listing_photo) == (staged.render.brief, staged.listing_photo)


def test_a_doubtful_room_opens_its_lines_once_by_itself(browser: Client, staged: StagedPhoto) -> None:
    finish(staged.render)
    review = path(staged).removesuffix("room/")
    assert "Please check the room" not in browser.get(review).content.decode()
    Output.objects.update(record={"room": {**rooms.room_of({}, staged.render.photo), "status": "check"}})
    lines = browser.get(review, follow=True)
    assert lines.redirect_chain == [(path(staged), 302)]
    assert "The lines are right" in lines.content.decode()
    assert "Please check the room" in browser.get(review).content.decode()


def test_a_stranger_corrects_nothing(staged: StagedPhoto, stranger: User) -> None:
    finish(staged.render)
    browser = signed_in(stranger)
    assert browser.post(path(staged), {"corners": json.dumps(corners(staged))}).status_code == 404
    assert Run.objects.count() == 1
