"""Another kind of picture of a listing's photo: a restyled room or front, an evening, a rendered drawing."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from billing import ledger
from billing.models import Account, User
from listings import photos, records
from listings.models import ListingPhoto, StagedPhoto
from staging import sources
from staging.briefs import Brief, Kind
from staging.models import Output, Role
from tests.listings.conftest import fail, finish, signed_in
from tests.staging.pictures import encoded


@pytest.fixture
def photo(account: Account, owner: User) -> ListingPhoto:
    """A photo in a listing of `account`."""
    listing = records.create(account, unparsed_address="12 Elm Street")
    return photos.add(listing, sources.accept(account, raw=encoded()), user=owner)[0]


def path(photo: ListingPhoto) -> str:
    return f"/listings/{photo.listing_id}/photos/{photo.media_key}/restyle/"


def send(browser: Client, photo: ListingPhoto, what: str, **said: str) -> Any:
    fields = {"batch": str(uuid.uuid4()), "what": what, "room_type": "bed", "style": "coastal"}
    return browser.post(path(photo), {**fields, **said})


def asked() -> Brief:
    return StagedPhoto.objects.latest("pk").render.brief


def test_a_room_is_cleared_and_restyled(browser: Client, photo: ListingPhoto, account: Account) -> None:
    assert send(browser, photo, "room").status_code == 302
    brief = asked()
    assert (brief.kind, brief.space, brief.room_type, brief.style) == (Kind.REDESIGN, "interior", "bed", "coastal")
    assert (brief.declutter, brief.dusk) == ("auto", False)
    assert ledger.balance(account) == 9


def test_a_front_and_its_evening_have_no_room(browser: Client, photo: ListingPhoto) -> None:
    send(browser, photo, "front")
    brief = asked()
    assert (brief.kind, brief.space, brief.room_type, brief.style) == (Kind.REDESIGN, "exterior", None, "coastal")
    assert (brief.declutter, brief.dusk) == ("off", False)
    send(browser, photo, "dusk", style="")
    assert (asked().space, asked().style, asked().dusk) == ("exterior", None, True)
    shown = browser.get(f"/listings/{photo.listing_id}/").content.decode()
    assert "House front, coastal" in shown
    assert "At dusk" in shown


def test_drawings_of_rooms_and_of_houses_are_rendered(browser: Client, photo: ListingPhoto, account: Account) -> None:
    send(browser, photo, "room_drawing")
    assert (asked().kind, asked().room_type, asked().space) == (Kind.SKETCH, "bed", "interior")
    send(browser, photo, "house_drawing")
    assert (asked().kind, asked().room_type, asked().space) == (Kind.SKETCH, None, "exterior")
    assert ledger.balance(account) == 6


def test_the_page_has_each_with_its_price_and_thinks_of_what_the_photo_shows(
    browser: Client, photo: ListingPhoto, settings: Any
) -> None:
    page = browser.get(path(photo)).content.decode()
    assert 'value="room" checked' in page
    assert page.count("1 credit<") == 3
    assert page.count("2 credits<") == 2
    assert path(photo) in browser.get(path(photo).removesuffix("restyle/")).content.decode()
    ListingPhoto.objects.update(image_of="Front of Structure")
    assert 'value="front" checked' in browser.get(path(photo)).content.decode()
    settings.ENGINE_KINDS = ["staging", "sketch"]
    drawings = browser.get(path(photo)).content.decode()
    assert 'value="front"' not in drawings
    assert 'value="room_drawing" checked' in drawings
    settings.ENGINE_KINDS = ["staging"]
    assert browser.get(path(photo)).status_code == 404
    assert path(photo) not in browser.get(path(photo).removesuffix("restyle/")).content.decode()


def test_what_is_missing_is_said_and_nothing_is_asked_for(
    browser: Client, photo: ListingPhoto, account: Account
) -> None:
    for what, said, text in (
        ("room", {"room_type": ""}, "Say which room it is."),
        ("front", {"style": ""}, "Choose a style."),
        ("castle", {}, "castle"),
        ("room", {"room_type": "outdoor"}, "outdoor"),
    ):
        answer = send(browser, photo, what, **said)
        assert answer.status_code == 400
        assert text in answer.content.decode()
    ledger.adjust(account, -10, reference="spent", actor=None, note="spent")
    assert "you have 0" in send(browser, photo, "dusk").content.decode()
    assert not StagedPhoto.objects.exists()


def test_the_same_form_twice_asks_once(browser: Client, photo: ListingPhoto) -> None:
    batch = str(uuid.uuid4())
    send(browser, photo, "dusk", batch=batch)
    send(browser, photo, "dusk", batch=batch)
    assert StagedPhoto.objects.count() == 1


def test_a_stranger_restyles_nothing(photo: ListingPhoto, stranger: User) -> None:
    assert send(signed_in(stranger), photo, "dusk").status_code == 404
    assert not StagedPhoto.objects.exists()


def test_a_front_has_no_room_to_be_corrected(browser: Client, photo: ListingPhoto) -> None:
    send(browser, photo, "dusk")
    staged = StagedPhoto.objects.get()
    page = f"/listings/{photo.listing_id}/renders/{staged.render.public_id}/"
    fail(staged.render, "This photo cannot be turned to dusk: it is dark already.")
    failed = browser.get(page).content.decode()
    assert "could not be made" in failed
    assert "Show us the floor" not in failed
    made = finish(staged.render, role=Role.REDESIGNED)
    Output.objects.filter(pk=made.pk).update(verdict="pass", figures={"mask_share": 1.0, "changed_outside": 0})
    done = browser.get(page).content.decode()
    assert "Another version, free" in done
    assert "Correct the room" not in done
    assert "Nothing changed outside of the edit mask" in done
    assert "The room stayed the room" not in done.split("<footer")[0]
    assert browser.get(page + "room/").status_code == 404
