"""A listing's photos by the API."""

from __future__ import annotations

import base64
from collections.abc import Callable
from uuid import uuid4

from listings.models import ListingPhoto
from tests.listings.api.conftest import Partner, Told
from tests.staging.api.renders.conftest import picture

Said = Callable[..., None]


def test_photos_come_in_by_form_and_by_address(partner: Partner, listing: Told) -> None:
    first = partner.upload(listing, name="kitchen.jpg").json()
    address = "data:image/jpeg;base64," + base64.b64encode(picture(shade=10)).decode()
    path = f"listings/{listing['ListingKey']}/photos"
    second = partner.post(path, {"MediaURL": address, "RoomType": "bed", "ShortDescription": "The quiet one"})

    assert (first["RoomType"], first["ImageOf"], first["Order"], first["PreferredPhotoYN"]) == (
        "kitchen", "Kitchen", 0, True
    )  # fmt: skip
    assert (second["RoomType"], second["ShortDescription"], second["Order"]) == ("bed", "The quiet one", 1)
    assert second["MediaAlteration"] == ["None"]
    assert second["ResourceRecordKey"] == listing["ListingKey"]
    told = partner.get(path)
    assert [one["MediaKey"] for one in told["value"]] == [first["MediaKey"], second["MediaKey"]]
    file = partner.client.get(first["MediaURL"])
    assert (file.status_code, file["Content-Type"]) == (200, "image/png")


def test_the_same_photo_is_there_once(partner: Partner, listing: Told, said: Said) -> None:
    first = partner.upload(listing, headers={"Idempotency-Key": "a"}).json()
    assert partner.upload(listing).json()["MediaKey"] == first["MediaKey"]
    assert partner.upload(listing, headers={"Idempotency-Key": "a"}).json()["MediaKey"] == first["MediaKey"]
    said(partner.upload(listing, shade=3, headers={"Idempotency-Key": "a"}), 409, "idempotency_conflict")
    assert ListingPhoto.objects.count() == 1


def test_what_is_no_photo(partner: Partner, listing: Told, said: Said) -> None:
    path = f"listings/{listing['ListingKey']}/photos"
    said(partner.ask("POST", path, {}), 400, "invalid_image")
    said(partner.ask("POST", path, {"MediaURL": "data:image/png;base64,AAAA"}), 400, "invalid_image")
    said(partner.ask("POST", path, {"MediaURL": "http://127.0.0.1/x.jpg"}), 400, "invalid_image")
    said(partner.upload(listing, RoomType="throne"), 400, "invalid_field", "RoomType")
    assert not ListingPhoto.objects.exists()


def test_order_description_and_removal(partner: Partner, listing: Told, said: Said) -> None:
    keys = [partner.upload(listing, shade=shade).json()["MediaKey"] for shade in (10, 60, 200)]
    here = f"listings/{listing['ListingKey']}/photos"
    order = [keys[2], keys[0], keys[1]]
    told = partner.ask("PUT", f"{here}/order", {"MediaKeys": order}).json()
    assert [one["MediaKey"] for one in told["value"]] == order
    said(partner.ask("PUT", f"{here}/order", {"MediaKeys": keys[:2]}), 409, "conflict")
    said(partner.ask("PUT", f"{here}/order", {"MediaKeys": ["x"]}), 400, "invalid_field", "MediaKeys")

    one = f"{here}/{keys[2]}"
    before = partner.ask("GET", one)
    moved = partner.ask("PATCH", one, {"Order": 2, "ShortDescription": "View"}, {"If-Match": before["ETag"]})
    assert (moved.json()["Order"], moved.json()["ShortDescription"]) == (2, "View")
    said(partner.ask("PATCH", one, {"RoomType": "bed"}, {"If-Match": before["ETag"]}), 412, "precondition_failed")
    assert partner.ask("PATCH", one, {"RoomType": "bed"}).json()["ShortDescription"] == "View"
    left = partner.ask("DELETE", one).json()
    assert [found["MediaKey"] for found in left["value"]] == keys[:2]
    said(partner.ask("GET", one), 404, "not_found")
    said(partner.ask("GET", f"{here}/{uuid4()}"), 404, "not_found")
    said(partner.ask("GET", f"{here}/x"), 404, "not_found")


def test_addresses_signed_anew_are_no_change(partner: Partner, listing: Told, photo: Told) -> None:
    path = f"listings/{listing['ListingKey']}/photos"
    tag = partner.ask("GET", path)["ETag"]
    assert partner.ask("GET", path, headers={"If-None-Match": f'"x", {tag}'}).status_code == 304
