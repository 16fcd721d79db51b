"""The editors by mouse, keyboard and finger; photos in pieces over a bad line, and in another order."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from billing.models import Account, User
from listings import batches, photos, records
from listings.models import Listing, StagedPhoto, Upload
from staging import rooms, sources
from staging.briefs import RoomType, Style
from staging.models import Output
from tests.browser.conftest import DESKTOP, PHONE, House, Opened, log_in, look
from tests.browser.fingers import Fingers, middle
from tests.browser.ordering import (
    drag_into_order,
    drag_while_pictures_are_made,
    more_photos,
    touch_into_order,
    touch_past_the_edge,
)
from tests.conftest import PASSWORD
from tests.listings.conftest import finish
from tests.listings.test_scene_editor import SOFA
from tests.staging.pictures import encoded, room

MADE = 120_000  # milliseconds in which a picture is made


@pytest.fixture
def staged(house: House, account: Account, owner: User) -> StagedPhoto:
    """A staged photo whose record tells a room with a sofa."""
    listing = records.create(account, unparsed_address="12 Elm Street")
    photo, _ = photos.add(listing, sources.accept(account, raw=encoded(room())), user=owner, file_name="living.png")
    (made,) = batches.stage(listing, [(photo, RoomType.LIVING)], style=Style.MODERN, batch=uuid.uuid4(), user=owner)
    finish(made.render)
    arrangement = {"room_type": "living", "style": "modern", "seed": 1, "pieces": [SOFA]}
    Output.objects.update(record={"room": rooms.room_of({}, made.render.photo), "arrangement": arrangement})
    house.start(real_engine=False)
    return made


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_editing_by_mouse_keyboard_and_finger(
    house: House, opened: Opened, staged: StagedPhoto, owner: User, tmp_path: Path
) -> None:
    listing = staged.listing_photo.listing
    review = f"/listings/{listing.pk}/renders/{staged.render.public_id}/"
    with opened(DESKTOP) as page:
        log_in(page, owner, PASSWORD)
        correct_the_room(page, review)
        move_the_furniture(page, review)
        clear_the_room(page, listing, staged)
        restyle_the_photo(page, listing, staged)
        upload_over_a_bad_line(page, listing, tmp_path)
        drag_into_order(page, listing)
        more_photos(listing, owner)
        drag_while_pictures_are_made(page, listing)
        known = page.context.storage_state()
    with opened(PHONE, storage_state=known) as page:
        touch_the_room(page, review)
        touch_the_furniture(page, review)
        paint_with_a_finger(page, staged)
        touch_into_order(page, listing)
        touch_past_the_edge(page, listing)


def at(page: Any, selector: str) -> tuple[float, float]:
    """The middle of an element."""
    box = page.locator(selector).first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Any, start: tuple[float, float], dx: float, dy: float) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + dx / 2, start[1] + dy / 2)
    page.mouse.move(start[0] + dx, start[1] + dy)
    page.mouse.up()


def correct_the_room(page: Any, review: str) -> None:
    page.goto(review + "room/")
    size = page.locator(".said").inner_text()
    corner = page.get_by_role("button", name="Floor, far left corner")
    corner.focus()
    with page.expect_response("**/room/fit/*"):
        page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_function("old => document.querySelector('.said').textContent !== old", arg=size)
    page.get_by_role("button", name="Undo").click()
    page.wait_for_function("old => document.querySelector('.said').textContent === old", arg=size)
    with page.expect_response("**/room/fit/*"):
        drag(page, at(page, "[aria-label='Floor, far right corner']"), 40, 6)
    look(page, "room-editor")
    page.get_by_role("button", name="As it was read").click()
    page.wait_for_function("old => document.querySelector('.said').textContent === old", arg=size)


def move_the_furniture(page: Any, review: str) -> None:
    page.goto(review + "scene/")
    page.get_by_role("button", name="Sofa").first.focus()
    with page.expect_response("**/scene/change/*"):
        page.keyboard.press("Shift+ArrowRight")
    for key in ("e", "q"):
        with page.expect_response("**/scene/change/*"):
            page.keyboard.press(key)
    with page.expect_response("**/scene/change/*"):
        page.get_by_label("Style").select_option("luxury")
    # The draft comes by itself; where other tests start their processes on the same cores, the worker is not up yet.
    page.get_by_text("This is a draft.").wait_for(timeout=MADE)
    page.get_by_label("Add a piece").select_option("armchair")
    with page.expect_response("**/scene/change/*"):
        page.get_by_role("button", name="Add", exact=True).click()
    page.locator(".pieces >> text=Armchair").wait_for()
    with page.expect_response("**/scene/change/*"):
        drag(page, at(page, ".handle-point.selected"), -90, 40)
    look(page, "scene-editor")
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    page.locator(".pieces >> text=Armchair").wait_for(state="detached")
    page.get_by_role("button", name="Make the picture").click()
    page.get_by_text("version 2 of 2").wait_for(timeout=MADE)
    # Leaving lost nothing: the page had not to stay open for the picture to be made.
    look(page, "versions")


def clear_the_room(page: Any, listing: Listing, staged: StagedPhoto) -> None:
    page.goto(f"/listings/{listing.pk}/photos/{staged.listing_photo.media_key}/clear/")
    assert [page.locator(hint).is_visible() for hint in (".by-keys", ".by-touch")] == [True, False]
    drag(page, at(page, "canvas"), 80, 10)
    page.get_by_text("What is pink will go away.").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Nothing is painted yet").wait_for()
    page.locator("canvas").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Lasso").click()
    page.get_by_role("button", name="Zoom in").click()
    # The page may have moved to show what was focused or pressed: each stroke begins where the picture is now.
    drag(page, at(page, ".zoom-window"), 60, 60)
    page.get_by_role("button", name="Eraser").click()
    drag(page, at(page, ".zoom-window"), 20, 0)
    assert page.evaluate("document.querySelector('mask-painter').strokes.length") == 3
    look(page, "mask-painter")
    page.get_by_role("button", name="Clear it").click()
    page.get_by_role("heading", name="12 Elm Street").wait_for()
    assert StagedPhoto.objects.latest("pk").render.brief.mask


def restyle_the_photo(page: Any, listing: Listing, staged: StagedPhoto) -> None:
    """By keyboard, from a room to an evening: which room it is and the style are asked for only where they matter."""
    page.goto(f"/listings/{listing.pk}/photos/{staged.listing_photo.media_key}/restyle/")
    for keys, named, styled in (([], True, True), (["ArrowDown"], False, True), (["ArrowDown"], False, False)):
        page.locator('[name="what"]:checked').focus()
        for key in keys:
            page.keyboard.press(key)
        assert [page.locator(part).is_visible() for part in (".of-room", ".of-style")] == [named, styled]
    look(page, "restyle")
    page.get_by_role("button", name="Make the picture").click()
    page.get_by_role("heading", name="12 Elm Street").wait_for()
    brief = StagedPhoto.objects.latest("pk").render.brief
    assert (brief.dusk, brief.style, brief.room_type) == (True, None, None)


def upload_over_a_bad_line(page: Any, listing: Listing, folder: Path) -> None:
    """A file of two pieces; the line breaks in the second one, twice. The first one is not sent again."""
    noise = np.frombuffer(os.urandom(1300 * 1200 * 3), np.uint8).reshape(1200, 1300, 3)
    Image.fromarray(noise).save(folder / "kitchen.png", compress_level=0)
    broken, sent = [], []

    def line(route: Any) -> None:
        offset = route.request.url.rpartition("=")[2]
        sent.append(offset)
        if offset != "0" and len(broken) < 2:
            broken.append(offset)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.goto(f"/listings/{listing.pk}/")
    page.route("**/uploads/*/?offset=*", line)
    before = page.locator("ol.photos > li").count()
    page.set_input_files("#photos-input", [folder / "kitchen.png"])
    page.get_by_text("Waiting for the connection").wait_for()
    page.locator("ol.photos > li").nth(before).wait_for()
    page.unroute("**/uploads/*/?offset=*")
    assert (sent.count("0"), len(broken)) == (1, 2)
    assert not Upload.objects.exists()


def touch_the_room(page: Any, review: str) -> None:
    page.goto(review + "room/")
    size, corner = page.locator(".said").inner_text(), "[aria-label='Floor, far left corner']"
    x, y = middle(page, corner)
    with page.expect_response("**/room/fit/*"):
        # A finger hides the corner that it drags: a loupe shows it.
        Fingers(page).drag((x, y), (x + 30, y + 6), midway=page.locator(".loupe").wait_for)
    page.wait_for_function("old => document.querySelector('.said').textContent !== old", arg=size)
    assert page.locator(corner).bounding_box()["x"] > x
    look(page, "room-editor")


def touch_the_furniture(page: Any, review: str) -> None:
    page.goto(review + "scene/?version=1")
    x, y = middle(page, "[aria-label='Sofa']")
    before = page.locator("[name=arrangement]").input_value()
    with page.expect_response("**/scene/change/*"):
        Fingers(page).drag((x, y), (x - 24, y + 8))
    page.wait_for_function("old => document.querySelector('[name=arrangement]').value !== old", arg=before)
    # What was dragged is chosen, and its tools are there to be tapped.
    with page.expect_response("**/scene/change/*"):
        page.get_by_role("button", name="Turn left").tap()
    look(page, "scene-editor")


def paint_with_a_finger(page: Any, staged: StagedPhoto) -> None:
    page.goto(f"/listings/{staged.listing_photo.listing_id}/photos/{staged.listing_photo.media_key}/clear/")
    strokes = "document.querySelector('mask-painter').strokes.map((one) => one.tool)"
    assert [page.locator(hint).is_visible() for hint in (".by-keys", ".by-touch")] == [False, True]
    x, y = middle(page, "canvas")
    fingers = Fingers(page)
    fingers.drag((x - 40, y), (x + 40, y + 10))
    page.get_by_text("What is pink will go away.").wait_for()
    page.get_by_role("button", name="Lasso").tap()
    page.locator("[data-tool=lasso][aria-pressed=true]").wait_for()
    x, y = middle(page, "canvas")
    scrolled = page.evaluate("scrollY")
    fingers.drag((x - 30, y - 20), (x + 30, y + 20), steps=8)
    assert page.evaluate(strokes) == ["brush", "lasso"]
    # Painting did not scroll the page; two fingers zoom and paint nothing.
    assert page.evaluate("scrollY") == scrolled
    fingers.pinch((x, y), 20, 60)
    assert page.evaluate(strokes) == ["brush", "lasso"]
    assert page.evaluate("document.querySelector('mask-painter').zoom") > 1.5
    look(page, "mask-painter")
