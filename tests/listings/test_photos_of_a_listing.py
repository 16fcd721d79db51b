"""Photos of a listing: many at once, in pieces, the same one twice, their order and their rooms."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from billing.models import Account, User
from listings import photos, records, uploads
from listings.models import Listing, ListingPhoto, Upload
from staging import exchange
from staging.models import Photo
from tests.listings.conftest import signed_in
from tests.staging.pictures import encoded, room


def jpeg(number: int) -> bytes:
    """A photo unlike those of other numbers."""
    picture = room()
    picture.paste((10 * number, 90, 200), (300, 20, 340, 60))
    return encoded(picture)


@pytest.fixture
def listing(account: Account) -> Listing:
    """A listing of `account`."""
    return records.create(account, unparsed_address="12 Elm Street")


def names(listing: Listing) -> list[str]:
    """The file names in their order."""
    return [photo.file_name for photo in photos.of_listing(listing)]


def send(browser: Client, listing: Listing, *files: tuple[str, bytes]) -> str:
    """Send the form of the page, without JavaScript; the page after it."""
    sent = [SimpleUploadedFile(name, data, "image/jpeg") for name, data in files]
    return browser.post(f"/listings/{listing.pk}/photos/", {"photos": sent}, follow=True).content.decode()


@pytest.fixture
def three(browser: Client, listing: Listing) -> list[ListingPhoto]:
    """Three photos: kitchen.jpg, IMG_2.jpg, IMG_3.jpg."""
    send(browser, listing, *((name, jpeg(n)) for n, name in enumerate(("kitchen.jpg", "IMG_2.jpg", "IMG_3.jpg"))))
    return list(photos.of_listing(listing))


def test_many_files_at_once_and_a_broken_one_among_them(browser: Client, listing: Listing) -> None:
    page = send(browser, listing, ("a.jpg", jpeg(1)), ("b.jpg", b"no photo"), ("c.jpg", jpeg(2)))
    assert "2 photos were added." in page
    assert "b.jpg:" in page
    assert names(listing) == ["a.jpg", "c.jpg"]


def test_the_same_photo_twice_is_noticed(browser: Client, listing: Listing) -> None:
    send(browser, listing, ("a.jpg", jpeg(1)))
    page = send(browser, listing, ("copy of a.jpg", jpeg(1)))
    assert "copy of a.jpg is in this listing already." in page
    assert names(listing) == ["a.jpg"]


def test_a_file_name_suggests_the_room(three: list[ListingPhoto]) -> None:
    assert [photo.room_type for photo in three] == ["kitchen", "", ""]
    assert three[0].image_of == "Kitchen"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Primary_Bedroom-2.HEIC", "bed"),
        ("03 living room.jpg", "living"),
        ("Kids bedroom.png", "kids_room"),
        ("Kitchen remodel.jpg", "kitchen"),
        ("cocina.jpg", "kitchen"),
        ("DSC_0042.jpg", ""),
    ],
)
def test_rooms_of_names(name: str, shown: str) -> None:
    assert photos.suggested_room(name) == shown


def ordered(browser: Client, listing: Listing, keys: str) -> int:
    """Send an order as a script does that has seen none before; the answer's status."""
    path = f"/listings/{listing.pk}/photos/order/"
    return int(browser.post(path, {"keys": keys}, headers={"Accept": "application/json"}).status_code)


def test_the_order_is_saved_whole_or_not_at_all(browser: Client, listing: Listing, three: list[ListingPhoto]) -> None:
    a, b, c = (str(photo.media_key) for photo in three)
    assert ordered(browser, listing, f"{c},{a},{b}") == 204
    assert names(listing) == ["IMG_3.jpg", "kitchen.jpg", "IMG_2.jpg"]
    for keys in (f"{a},{b}", f"{a},{b},{b}", f"{a},{b},{uuid.uuid4()}", ""):
        assert ordered(browser, listing, keys) == 409
    assert ordered(browser, listing, "nonsense") == 400
    assert names(listing) == ["IMG_3.jpg", "kitchen.jpg", "IMG_2.jpg"]


def test_an_order_of_before_a_team_mates_upload_is_refused(
    browser: Client, listing: Listing, three: list[ListingPhoto], team_mate: User
) -> None:
    send(signed_in(team_mate), listing, ("mate.jpg", jpeg(9)))
    keys = ",".join(str(photo.media_key) for photo in reversed(three))
    assert ordered(browser, listing, keys) == 409
    assert names(listing)[-1] == "mate.jpg"


def test_moving_by_buttons(browser: Client, listing: Listing, three: list[ListingPhoto]) -> None:
    path = f"/listings/{listing.pk}/photos/{three[2].media_key}/move/"
    browser.post(path, {"to": "earlier"})
    assert names(listing) == ["kitchen.jpg", "IMG_3.jpg", "IMG_2.jpg"]
    browser.post(path, {"to": "first"})
    assert names(listing) == ["IMG_3.jpg", "kitchen.jpg", "IMG_2.jpg"]
    browser.post(path, {"to": "later"})
    assert names(listing) == ["kitchen.jpg", "IMG_3.jpg", "IMG_2.jpg"]


def test_room_and_caption(browser: Client, listing: Listing, three: list[ListingPhoto]) -> None:
    path = f"/listings/{listing.pk}/photos/{three[1].media_key}/"
    assert browser.post(path, {"room_type": "dining", "short_description": "South light"}).status_code == 302
    three[1].refresh_from_db()
    assert (three[1].room_type, three[1].image_of) == ("dining", "Dining Room")
    assert browser.post(path, {"room_type": "dining", "short_description": "x" * 51}).status_code == 400
    three[1].refresh_from_db()
    assert three[1].short_description == "South light"


def test_a_photo_taken_out_can_come_again(browser: Client, listing: Listing, three: list[ListingPhoto]) -> None:
    browser.post(f"/listings/{listing.pk}/photos/{three[0].media_key}/remove/")
    assert [photo.order for photo in photos.of_listing(listing)] == [0, 1]
    send(browser, listing, ("kitchen.jpg", jpeg(0)))
    assert names(listing) == ["IMG_2.jpg", "IMG_3.jpg", "kitchen.jpg"]


# --- in pieces --------------------------------------------------------------------------------------------


def begin(browser: Client, listing: Listing, size: int, name: str = "room.jpg") -> Any:
    """Start an upload, or go on with it."""
    fields = {"name": name, "size": str(size), "fingerprint": f"{name} 1700000000"}
    return browser.post(f"/listings/{listing.pk}/uploads/", fields)


def put(browser: Client, listing: Listing, token: str, offset: int, piece: bytes) -> Any:
    """Send one piece."""
    path = f"/listings/{listing.pk}/uploads/{token}/?offset={offset}"
    return browser.put(path, piece, content_type="application/octet-stream")


def test_an_upload_goes_on_where_the_line_was_lost(browser: Client, listing: Listing) -> None:
    data = jpeg(5)
    token = begin(browser, listing, len(data)).json()["token"]
    assert put(browser, listing, token, 0, data[:1000]).json()["received"] == 1000
    # The page is loaded again, the same file is picked again.
    again = begin(browser, listing, len(data)).json()
    assert again == {"token": token, "received": 1000}
    finish = f"/listings/{listing.pk}/uploads/{token}/"
    assert browser.post(finish).status_code == 409
    put(browser, listing, token, 1000, data[1000:])
    answer = browser.post(finish).json()
    assert answer["new"] is True
    assert photos.of_listing(listing).get().file_name == "room.jpg"
    with Photo.objects.get().original.open("rb") as original:
        assert original.read() == data
    assert not Upload.objects.exists()
    assert default_storage.listdir(f"uploads/{token}")[1] == []


def test_a_piece_from_elsewhere_is_refused_with_where_to_go_on(browser: Client, listing: Listing) -> None:
    data = jpeg(5)
    token = begin(browser, listing, len(data)).json()["token"]
    put(browser, listing, token, 0, data[:500])
    for offset, piece in ((0, data[:500]), (700, data[700:]), (500, data), (500, b"")):
        answer = put(browser, listing, token, offset, piece)
        assert (answer.status_code, answer.json()["received"]) == (409, 500)


def test_a_file_that_is_no_photo_leaves_nothing_behind(browser: Client, listing: Listing) -> None:
    token = begin(browser, listing, 5).json()["token"]
    put(browser, listing, token, 0, b"hello")
    answer = browser.post(f"/listings/{listing.pk}/uploads/{token}/")
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_image"
    assert not Upload.objects.exists()
    assert not photos.of_listing(listing).exists()


def test_what_is_too_large_is_told_before_it_is_sent(browser: Client, listing: Listing, settings: Any) -> None:
    settings.PHOTO_MAX_BYTES = 1000
    assert begin(browser, listing, 1001).status_code == 413
    assert begin(browser, listing, 1000).status_code == 200


@pytest.mark.parametrize("size", ["", "0", "-1", "1e3", "９", "9" * 13])
def test_a_size_that_is_none(browser: Client, listing: Listing, size: str) -> None:
    answer = browser.post(f"/listings/{listing.pk}/uploads/", {"name": "a", "size": size, "fingerprint": "a"})
    assert answer.status_code == 400


def test_a_team_mate_cannot_write_into_ones_upload(browser: Client, listing: Listing, team_mate: User) -> None:
    token = begin(browser, listing, 100).json()["token"]
    assert put(signed_in(team_mate), listing, token, 0, b"x").status_code == 404


def test_uploads_that_nobody_continues_are_given_up(browser: Client, listing: Listing) -> None:
    token = begin(browser, listing, 100).json()["token"]
    put(browser, listing, token, 0, b"x" * 50)
    begin(browser, listing, 100, name="another.jpg")
    assert Upload.objects.count() == 2
    with time_machine.travel(timezone.now() + uploads.KEPT_FOR + timedelta(minutes=1)):
        begin(browser, listing, 100, name="a third.jpg")
    assert Upload.objects.get().file_name == "a third.jpg"
    assert default_storage.listdir(f"uploads/{token}")[1] == []


def test_an_upload_ends_well_under_the_layer_that_runs_views_in_passes(browser: Client, listing: Listing) -> None:
    data = jpeg(6)
    token = begin(browser, listing, len(data)).json()["token"]
    put(browser, listing, token, 0, data)
    passes = exchange.Exchange()
    path = f"/listings/{listing.pk}/uploads/{token}/"
    assert browser.post(path, **{exchange.KEY: passes}).status_code == exchange.PASS
    assert passes.work is not None
    passes.outcomes[passes.work.name] = exchange.Outcome(passes.work.run())
    assert browser.post(path, **{exchange.KEY: passes}).json()["new"] is True
    assert names(listing) == ["room.jpg"]
