"""A staged picture's furniture, moved, swapped and added over the photo; drafts on the way, the picture at the end."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.test import Client

from billing.models import Account, User
from listings import batches, photos, records
from listings.models import StagedPhoto
from staging import rooms, sources
from staging.briefs import RoomType, Style
from staging.models import Output, Run, State
from tests.listings.conftest import finish, signed_in
from tests.staging.pictures import encoded

SOFA = {
    "id": "sofa-1", "kind": "sofa", "style": "modern", "size": [2.15, 0.92, 0.82], "x": 0.0, "y": 3.4, "z": 0.0,
    "turn": 0.0, "seed": 1, "role": "main", "options": {},
}  # fmt: skip


@pytest.fixture
def staged(account: Account, owner: User) -> StagedPhoto:
    """A staged photo whose record tells a room with a sofa."""
    listing = records.create(account, unparsed_address="12 Elm Street")
    photo, _ = photos.add(listing, sources.accept(account, raw=encoded()), user=owner)
    (made,) = batches.stage(listing, [(photo, RoomType.LIVING)], style=Style.MODERN, batch=uuid.uuid4(), user=owner)
    finish(made.render)
    scene = {
        "room": rooms.room_of({}, made.render.photo),
        "arrangement": {"room_type": "living", "style": "modern", "seed": 1, "pieces": [SOFA]},
    }
    Output.objects.update(record=scene)
    return made


def path(staged: StagedPhoto, tail: str = "") -> str:
    return f"/listings/{staged.listing_photo.listing_id}/renders/{staged.render.public_id}/scene/{tail}"


def post(browser: Client, address: str, **said: Any) -> Any:
    return browser.post(address, json.dumps(said), "application/json")


def shown(browser: Client, staged: StagedPhoto) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(browser.get(path(staged)).context["shown"])
    return found


def test_a_piece_goes_where_the_pointer_points(browser: Client, staged: StagedPhoto) -> None:
    now = shown(browser, staged)
    (sofa,) = now["pieces"]
    to = [sofa["handle"][0] + 25, sofa["handle"][1] + 4]
    wish = {"do": "move", "id": "sofa-1", "at": to}
    told = post(browser, path(staged, "change/"), arrangement=now["arrangement"], wishes=[wish]).json()
    assert told["pieces"][0]["handle"] == pytest.approx(to, abs=0.5)
    assert told["arrangement"]["pieces"][0]["x"] > 0.1
    assert Run.objects.count() == 1


def test_adding_swapping_and_what_does_not_fit(browser: Client, staged: StagedPhoto) -> None:
    now = shown(browser, staged)
    (sofa,) = now["pieces"]
    wishes = [
        {"do": "add", "kind": "armchair", "at": sofa["handle"]},
        {"do": "swap", "id": "sofa-1", "style": "luxury"},
        {"do": "turn", "id": "sofa-1", "turn": 30},
    ]
    told = post(browser, path(staged, "change/"), arrangement=now["arrangement"], wishes=wishes).json()
    assert [(one["kind"], one["style"]) for one in told["pieces"]] == [("sofa", "luxury"), ("armchair", "modern")]
    assert told["pieces"][0]["turn"] == 30
    assert told["problems"]  # the chair stands in the sofa
    for wrong in ({"do": "add", "kind": "throne", "at": [9, 9]}, {"do": "move", "id": "sofa-1", "at": "there"}):
        answer = post(browser, path(staged, "change/"), arrangement=now["arrangement"], wishes=[wrong])
        assert (answer.status_code, answer.json()["code"]) == (422, "impossible")
    assert post(browser, path(staged, "change/"), arrangement={"pieces": [{}]}, wishes=[]).status_code == 422
    assert browser.post(path(staged, "change/"), "[", "application/json").status_code == 422


def test_a_draft_is_followed_and_the_picture_is_made_on_request(browser: Client, staged: StagedPhoto) -> None:
    now = shown(browser, staged)
    address = post(browser, path(staged, "draft/"), arrangement=now["arrangement"]).json()["url"]
    waiting = browser.get(address).json()
    assert (waiting["state"], waiting["picture"]) == ("queued", None)
    draft = Run.objects.get(kind=Run.Kind.PREVIEW)
    assert draft.brief.quality == "draft"
    Run.objects.filter(pk=draft.pk).update(state=State.RUNNING, lease_until="2100-01-01T00:00Z", progress=0.5)
    assert "50 %" in browser.get(address).json()["note"]
    browser.post(path(staged), {"arrangement": json.dumps(now["arrangement"])})
    made = Run.objects.get(kind=Run.Kind.VARIATION)
    assert made.asked_by is not None
    assert made.scene_json["arrangement"]["pieces"][0]["id"] == "sofa-1"
    assert made.scene_json["room"] == Output.objects.get().record["room"]
    assert browser.get(address).json()["state"] == "cancelled"


def test_a_picture_without_a_scene_has_no_editor(browser: Client, staged: StagedPhoto) -> None:
    assert "Move the furniture" in browser.get(path(staged).removesuffix("scene/")).content.decode()
    Output.objects.update(record={})
    assert browser.get(path(staged)).status_code == 404
    assert "Move the furniture" not in browser.get(path(staged).removesuffix("scene/")).content.decode()


def test_a_stranger_moves_nothing(staged: StagedPhoto, stranger: User) -> None:
    browser = signed_in(stranger)
    for tail in ("", "change/", "draft/"):
        assert browser.post(path(staged, tail), "{}", "application/json").status_code == 404
    assert Run.objects.count() == 1
