"""Photos put into order by mouse and by finger: walks that share the site of the editors' (test_editors)."""

from __future__ import annotations

import uuid
from typing import Any

from billing.models import User
from listings import batches, photos
from listings.models import Listing
from staging import sources
from staging.briefs import RoomType, Style
from tests.browser.fingers import Fingers, Point, middle
from tests.staging.pictures import encoded, room

GRIP = "li:nth-child({}) > .about .grip"
SHOT = "li:nth-child({}) > .shot img"


def drag_into_order(page: Any, listing: Listing) -> None:
    items = page.locator("ol.photos > li")
    with page.expect_response("**/photos/order/"):
        items.nth(1).locator("img").first.drag_to(items.nth(0).locator("img").first)
    page.reload()
    assert "Kitchen" in items.first.inner_text()
    assert [one.room_type for one in photos.of_listing(listing)] == ["kitchen", "living"]


def more_photos(listing: Listing, user: User) -> None:
    """So many that they fill more than a screen, and a picture that nobody makes: the page goes on asking for it."""
    for number in range(22):
        photos.add(listing, sources.accept(listing.account, raw=encoded(room(390 + number, 260))), user=user)
    batches.stage(
        listing,
        [(photos.of_listing(listing).last(), RoomType.LIVING)],
        style=Style.MODERN,
        batch=uuid.uuid4(),
        user=user,
    )


def keys(listing: Listing) -> list[str]:
    """The photos as the database orders them."""
    return [photo.media_key for photo in photos.of_listing(listing)]


def touch_into_order(page: Any, listing: Listing) -> None:
    """While the finger holds a photo, the list is fetched anew: the photo stays in hand, and lands where it is put."""
    page.goto(f"/listings/{listing.pk}/")
    before = keys(listing)
    mark(page)
    start = middle(page, GRIP.format(2))
    with page.expect_response("**/photos/order/"):
        Fingers(page).drag(start, in_middle(page, SHOT.format(1)), midway=lambda: outlast_a_swap(page))
    assert keys(listing) == [before[1], before[0], *before[2:]]
    page.wait_for_function("() => !document.querySelector('#photos').dataset.old")


def drag_while_pictures_are_made(page: Any, listing: Listing) -> None:
    """The same with the mouse by the handle, and far down: near the edges the page scrolls."""
    page.goto(f"/listings/{listing.pk}/")
    before = keys(listing)
    mark(page)
    x, y = middle(page, GRIP.format(2))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 20)
    outlast_a_swap(page)
    scrolled = page.evaluate("scrollY")
    page.mouse.move(x, page.viewport_size["height"] - 8, steps=5)
    page.wait_for_function("old => scrollY > old + 200", arg=scrolled)
    with page.expect_response("**/photos/order/"):
        page.mouse.move(x, 450, steps=3)
        page.mouse.up()
    assert_moved_down(before, keys(listing), before[1], least=6)
    # Whoever has let go with the mouse sees the pictures come in again.
    page.wait_for_function("() => !document.querySelector('#photos').dataset.old")


def touch_past_the_edge(page: Any, listing: Listing) -> None:
    """A finger that waits near an edge of the screen makes the page follow, down and up again."""
    page.goto(f"/listings/{listing.pk}/")
    before = keys(listing)
    x, y = middle(page, GRIP.format(1))
    fingers = Fingers(page)
    top, bottom = (x, 40.0), (x, page.viewport_size["height"] - 40.0)

    def there_and_back() -> None:
        page.wait_for_function("old => scrollY > old + 600", arg=page.evaluate("scrollY"))
        fingers.move(top)
        page.wait_for_function("() => scrollY === 0")
        fingers.move(bottom)
        page.wait_for_function("() => scrollY > 900")
        fingers.move((x, 400.0))

    with page.expect_response("**/photos/order/"):
        fingers.drag((x, y), bottom, midway=there_and_back)
    # On a phone a photo fills most of a row of its own.
    assert_moved_down(before, keys(listing), before[0], least=2)


def assert_moved_down(before: list[str], after: list[str], moved: str, *, least: int) -> None:
    """The one photo lies at least a screen further down, the others as they lay."""
    assert after.index(moved) >= least
    assert [key for key in after if key != moved] == [key for key in before if key != moved]


def mark(page: Any) -> None:
    """Mark the list, to see when another one takes its place."""
    page.evaluate("document.querySelector('#photos').dataset.old = 'yes'")


def outlast_a_swap(page: Any) -> None:
    """Wait until the list was fetched anew, and see that the page has kept the one in hand."""
    with page.expect_response("**/progress/"):
        pass
    page.wait_for_timeout(200)
    assert page.locator("#photos[data-old] .held").count() == 1


def in_middle(page: Any, selector: str) -> Point:
    """The middle of an element as it lies now: nothing is scrolled."""
    box = page.locator(selector).first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
