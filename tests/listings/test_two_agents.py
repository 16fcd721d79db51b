"""Two agents in two browsers change one listing: neither loses what the other has done, and each is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from billing.models import Account, User
from listings import photos, records
from listings.models import Listing, ListingPhoto
from staging import sources
from tests.listings.conftest import signed_in
from tests.listings.forms import form_of
from tests.listings.test_photos_of_a_listing import jpeg


@pytest.fixture
def listing(account: Account, owner: User) -> Listing:
    """A listing with three photos."""
    made = records.create(account, unparsed_address="12 Elm Street", city="Salem", list_price=450_000)
    for number, name in enumerate(("kitchen.jpg", "IMG_2.jpg", "IMG_3.jpg")):
        photos.add(made, sources.accept(account, raw=jpeg(number)), user=owner, file_name=name)
    return made


@pytest.fixture
def mate(team_mate: User) -> Client:
    """The other agent's browser."""
    return signed_in(team_mate)


def path(photo: ListingPhoto, what: str = "") -> str:
    return f"/listings/{photo.listing_id}/photos/{photo.media_key}/{what}"


def opened(browser: Client, address: str, field: str) -> dict[str, str]:
    """Open the page; its form, not yet touched."""
    return form_of(browser.get(address).content.decode(), field)


def names(listing: Listing) -> list[str]:
    return [photo.file_name for photo in photos.of_listing(listing)]


def test_two_captions_of_one_photo(browser: Client, mate: Client, listing: Listing) -> None:
    photo = photos.of_listing(listing)[0]
    mine, theirs = (opened(one, path(photo), "short_description") for one in (browser, mate))
    assert mate.post(path(photo), theirs | {"short_description": "South light"}).status_code == 302
    late = browser.post(path(photo), mine | {"short_description": "New worktops"})
    page = late.content.decode()
    assert late.status_code == 409
    # Both are on the page, mine in the form too, and theirs is what is saved.
    assert "South light" in page
    form = form_of(page, "short_description")
    assert form["short_description"] == "New worktops"
    photo.refresh_from_db()
    assert photo.short_description == "South light"
    # Having seen both, I may put mine in its place.
    assert browser.post(path(photo), form).status_code == 302
    photo.refresh_from_db()
    assert photo.short_description == "New worktops"


def test_the_room_of_one_and_the_caption_of_the_other(browser: Client, mate: Client, listing: Listing) -> None:
    photo = photos.of_listing(listing)[1]
    mine, theirs = (opened(one, path(photo), "short_description") for one in (browser, mate))
    mate.post(path(photo), theirs | {"room_type": "dining"})
    assert browser.post(path(photo), mine | {"short_description": "By the window"}).status_code == 302
    photo.refresh_from_db()
    assert (photo.room_type, photo.image_of, photo.short_description) == ("dining", "Dining Room", "By the window")


def test_two_rooms_of_one_photo(browser: Client, mate: Client, listing: Listing) -> None:
    photo = photos.of_listing(listing)[1]
    mine, theirs = (opened(one, path(photo), "room_type") for one in (browser, mate))
    mate.post(path(photo), theirs | {"room_type": "dining"})
    late = browser.post(path(photo), mine | {"room_type": "living"})
    assert late.status_code == 409
    assert "Dining room" in late.content.decode()
    assert form_of(late.content.decode(), "room_type")["room_type"] == "living"
    photo.refresh_from_db()
    assert photo.room_type == "dining"


def test_two_primary_photos(browser: Client, mate: Client, listing: Listing) -> None:
    _, second, third = photos.of_listing(listing)
    mine, theirs = opened(browser, path(second), "place"), opened(mate, path(third), "place")
    mate.post(path(third, "move/"), theirs | {"to": "first"})
    late = browser.post(path(second, "move/"), mine | {"to": "first"})
    page = late.content.decode()
    assert late.status_code == 409
    assert "nothing was moved" in page
    assert names(listing) == ["IMG_3.jpg", "kitchen.jpg", "IMG_2.jpg"]
    assert browser.post(path(second, "move/"), form_of(page, "place") | {"to": "first"}).status_code == 302
    assert names(listing) == ["IMG_2.jpg", "IMG_3.jpg", "kitchen.jpg"]


def order(browser: Client, listing: Listing, keys: list[Any], seen: list[Any]) -> Any:
    """Send an order as the page's script does."""
    fields = {name: ",".join(map(str, what)) for name, what in (("keys", keys), ("seen", seen))}
    return browser.post(f"/listings/{listing.pk}/photos/order/", fields, headers={"Accept": "application/json"})


def test_two_orders_of_the_photos(browser: Client, mate: Client, listing: Listing) -> None:
    a, b, c = seen = [photo.media_key for photo in photos.of_listing(listing)]
    assert order(mate, listing, [b, a, c], seen).status_code == 204
    late = order(browser, listing, [a, c, b], seen)
    assert late.status_code == 409
    assert names(listing) == ["IMG_2.jpg", "kitchen.jpg", "IMG_3.jpg"]
    # The page shows both, and its form puts mine in the place of theirs.
    page = late.content.decode()
    assert page.count('alt="kitchen.jpg"') == 2
    form = form_of(page, "keys")
    assert browser.post(f"/listings/{listing.pk}/photos/order/", form).status_code == 302
    assert names(listing) == ["kitchen.jpg", "IMG_3.jpg", "IMG_2.jpg"]


def test_a_photo_that_came_or_went_meanwhile_does_not_spoil_an_order(
    browser: Client, mate: Client, listing: Listing, account: Account
) -> None:
    a, b, c = seen = [photo.media_key for photo in photos.of_listing(listing)]
    photos.add(listing, sources.accept(account, raw=jpeg(7)), user=None, file_name="new.jpg")
    mate.post(path(photos.get(listing, b), "remove/"))
    told = order(browser, listing, [c, b, a], seen)
    assert told.status_code == 200
    assert names(listing) == ["IMG_3.jpg", "kitchen.jpg", "new.jpg"]


def test_two_fields_of_the_details(browser: Client, mate: Client, listing: Listing) -> None:
    edit = f"/listings/{listing.pk}/edit/"
    mine, theirs = (opened(one, edit, "public_remarks") for one in (browser, mate))
    mate.post(edit, theirs | {"public_remarks": "Bright corner lot.\r\nQuiet street."})
    assert browser.post(edit, mine | {"list_price": "460000"}).status_code == 302
    listing.refresh_from_db()
    assert (listing.list_price, listing.public_remarks) == (460_000, "Bright corner lot.\r\nQuiet street.")
    assert listing.city == "Salem"
    # Opened anew and saved untouched: nothing is a change.
    version = listing.version
    browser.post(edit, opened(browser, edit, "public_remarks"))
    listing.refresh_from_db()
    assert listing.version == version
