"""An account's photos have the room that its plan gives them: told in every shape, and nothing lost or charged."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from billing import ledger
from billing.models import Account, User
from listings import records
from listings.models import ListingPhoto, Upload
from staging import sources, storage_limits
from staging.models import Photo
from tests.listings.api.conftest import Partner
from tests.listings.conftest import signed_in
from tests.staging.api.conversions.conftest import Caller as Converter
from tests.staging.api.renders.conftest import Caller, picture, uploaded

FULL = "The photos of this account fill the 1 MB of its plan."


@pytest.fixture
def full(account: Account, settings: Any) -> Photo:
    """One photo, after which there is no room for another; the plan has 1 MB."""
    settings.STORAGE_LIMITS = {"pro": 1}
    photo = sources.accept(account, raw=picture())
    Photo.objects.filter(pk=photo.pk).update(byte_size=storage_limits.MEGABYTE - 1)
    return photo


def test_the_render_api_says_so_and_charges_nothing(full: Photo, account: Account, api_key: str) -> None:
    answer = Caller(api_key).create(file=uploaded(picture(shade=7)))
    told = answer.json()
    assert (answer.status_code, told["code"], told["error"], told["message"]) == (403, "storage_full", FULL, FULL)
    assert ledger.balance(account) == 10
    assert list(Photo.objects.all()) == [full]
    # What is there already takes no room.
    assert Caller(api_key).create(file=uploaded(picture())).status_code == 200


def test_the_other_two_apis_say_so_in_their_shapes(full: Photo, account: Account, api_key: str) -> None:
    answer = Converter(api_key).create()
    told = answer.json()
    assert (answer.status_code, told["code"], told["detail"]) == (403, "storage_full", FULL)
    partner = Partner(api_key)
    listing = partner.post("listings", {"UnparsedAddress": "12 Elm Street"})
    answer = partner.upload(listing, shade=7)
    assert (answer.status_code, answer.json()["code"], answer.json()["message"]) == (403, "storage_full", FULL)
    assert ledger.balance(account) == 10


def test_the_pages_say_so_and_keep_what_was_sent(full: Photo, account: Account, owner: User, settings: Any) -> None:
    browser = signed_in(owner)
    listing = records.create(account, unparsed_address="12 Elm Street")
    file = SimpleUploadedFile("hall.jpg", picture(shade=7), "image/jpeg")
    assert FULL in browser.post(f"/listings/{listing.pk}/photos/", {"photos": file}, follow=True).content.decode()
    form = {"photo": SimpleUploadedFile("hall.jpg", picture(shade=7), "image/jpeg")}
    assert FULL in browser.post("/studio/", {**form, "room_type": "living", "style": "modern"}).content.decode()
    begun = {"name": "hall.jpg", "size": "900", "fingerprint": "a"}
    answer = browser.post(f"/listings/{listing.pk}/uploads/", begun)
    assert (answer.status_code, answer.json()["code"]) == (403, "storage_full")
    page = browser.get("/account/").content.decode()
    assert "Photos: 976.6\xa0KB of 976.6\xa0KB" in page
    answer = browser.post(f"/listings/{listing.pk}/uploads/", begun, headers={"Accept-Language": "es"})
    assert answer.json()["error"] == "Las fotos de esta cuenta ocupan los 1 MB de su plan."


def test_an_upload_that_found_no_room_goes_on_when_there_is(account: Account, owner: User, settings: Any) -> None:
    """It had room when it began; another photo was faster."""
    settings.STORAGE_LIMITS = {"pro": 1}
    browser, data = signed_in(owner), picture(shade=7)
    listing = records.create(account, unparsed_address="12 Elm Street")
    begun = {"name": "hall.jpg", "size": str(len(data)), "fingerprint": "a"}
    place = (
        f"/listings/{listing.pk}/uploads/"
        + browser.post(f"/listings/{listing.pk}/uploads/", begun).json()["token"]
        + "/"
    )
    browser.put(f"{place}?offset=0", data)
    photo = sources.accept(account, raw=picture())
    Photo.objects.filter(pk=photo.pk).update(byte_size=storage_limits.MEGABYTE)
    answer = browser.post(place)
    assert (answer.status_code, answer.json()["code"]) == (403, "storage_full")
    assert Upload.objects.count() == 1
    settings.STORAGE_LIMITS = {}
    assert browser.post(place).json()["new"]
    assert ListingPhoto.objects.count() == 1


def test_of_two_at_once_one_gets_the_last_room(
    account: Account, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both look while there is room; the second looks again when the first is kept."""
    settings.STORAGE_LIMITS = {"pro": 1}
    keep, first = sources._keep, []

    def keep_another_before(*told: Any) -> Photo:
        if not first:
            first.append("begun")
            other = sources.accept(account, raw=picture(shade=8))
            Photo.objects.filter(pk=other.pk).update(byte_size=storage_limits.MEGABYTE)
        return keep(*told)

    monkeypatch.setattr(sources, "_keep", keep_another_before)
    with pytest.raises(sources.StorageFull):
        sources.accept(account, raw=picture(shade=9))
    assert Photo.objects.count() == 1


def test_a_plan_without_a_limit_takes_everything(full: Photo, account: Account, settings: Any) -> None:
    settings.STORAGE_LIMITS = {"free": 1}
    assert sources.accept(account, raw=picture(shade=7)).pk != full.pk
