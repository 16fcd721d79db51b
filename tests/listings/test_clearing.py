"""Painting over a photo what shall go away."""

from __future__ import annotations

import base64
import io
import json
import uuid
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from billing import ledger
from billing.models import Account, User
from listings import batches, photos, records
from listings.models import ListingPhoto, StagedPhoto
from staging import rooms, sources
from staging.briefs import Brief, Kind, RoomType, Style
from staging.models import Role, Run
from tests.listings.conftest import fail, finish, signed_in
from tests.staging.pictures import encoded


@pytest.fixture(autouse=True)
def offered(settings: Any) -> None:
    """A backend that clears rooms."""
    settings.ENGINE_KINDS = ["staging", "declutter"]


@pytest.fixture
def photo(account: Account, owner: User) -> ListingPhoto:
    """A photo in a listing of `account`."""
    listing = records.create(account, unparsed_address="12 Elm Street")
    return photos.add(listing, sources.accept(account, raw=encoded()), user=owner)[0]


def painted() -> str:
    """A mask as the painter sends it: white in the middle."""
    mask = Image.new("RGB", (480, 320))
    mask.paste((255, 255, 255), (200, 100, 300, 200))
    file = io.BytesIO()
    mask.save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def path(photo: ListingPhoto) -> str:
    return f"/listings/{photo.listing_id}/photos/{photo.media_key}/clear/"


def send(browser: Client, photo: ListingPhoto, **said: str) -> Any:
    fields = {"batch": str(uuid.uuid4()), "then": "empty", "room_type": "living", "style": "modern", "mask": ""}
    return browser.post(path(photo), {**fields, **said})


def test_what_is_painted_is_the_mask_of_the_brief(browser: Client, photo: ListingPhoto, account: Account) -> None:
    assert "<mask-painter" in browser.get(path(photo)).content.decode()
    assert send(browser, photo, mask=painted()).status_code == 302
    brief = StagedPhoto.objects.get().render.brief
    assert (brief.kind, brief.room_type) == (Kind.DECLUTTER, None)
    with default_storage.open(brief.mask) as file, Image.open(file) as mask:
        assert mask.size == (480, 320)
        assert [mask.getpixel(point) for point in ((250, 150), (20, 20))] == [255, 0]
    assert ledger.balance(account) == 9
    assert "Cleared" in browser.get(f"/listings/{photo.listing_id}/").content.decode()


def test_cleared_and_furnished_anew(browser: Client, photo: ListingPhoto, account: Account) -> None:
    send(browser, photo, then="staged", style="coastal")
    brief = StagedPhoto.objects.get().render.brief
    assert (brief.kind, brief.declutter, brief.mask, brief.style) == (Kind.STAGING, "on", "", "coastal")
    assert ledger.balance(account) == 8


def test_cleared_and_restyled(browser: Client, photo: ListingPhoto, account: Account, settings: Any) -> None:
    assert "Restyle it" not in browser.get(path(photo)).content.decode()
    assert send(browser, photo, then="restyled").status_code == 400
    settings.ENGINE_KINDS = ["staging", "declutter", "redesign"]
    assert "Restyle it" in browser.get(path(photo)).content.decode()
    send(browser, photo, then="restyled", style="coastal", mask=painted())
    brief = StagedPhoto.objects.get().render.brief
    assert (brief.kind, brief.space, brief.room_type, brief.style) == (Kind.REDESIGN, "interior", "living", "coastal")
    assert brief.declutter == "on"
    assert brief.mask
    assert ledger.balance(account) == 9


def test_what_cannot_be_cleared_is_said(browser: Client, photo: ListingPhoto, account: Account, settings: Any) -> None:
    answer = send(browser, photo, mask="data:image/png;base64,AAAA")
    assert answer.status_code == 400
    ledger.adjust(account, -10, reference="spent", actor=None, note="spent")
    assert "you have 0" in send(browser, photo).content.decode()
    settings.ENGINE_KINDS = ["staging"]
    assert "not built yet" in send(browser, photo).content.decode()
    assert not StagedPhoto.objects.exists()


def test_the_same_form_twice_asks_once(browser: Client, photo: ListingPhoto) -> None:
    batch = str(uuid.uuid4())
    send(browser, photo, batch=batch)
    send(browser, photo, batch=batch)
    assert StagedPhoto.objects.count() == 1


def test_a_stranger_clears_nothing(photo: ListingPhoto, stranger: User) -> None:
    assert send(signed_in(stranger), photo).status_code == 404
    assert not StagedPhoto.objects.exists()


def test_a_room_that_was_cleared_wrongly_is_corrected_and_the_same_things_go(
    browser: Client, photo: ListingPhoto, account: Account
) -> None:
    send(browser, photo, mask=painted())
    staged = StagedPhoto.objects.get()
    finish(staged.render, role=Role.EMPTIED)
    page = path(photo).split("/photos/")[0] + f"/renders/{staged.render.public_id}/room/"
    shown = browser.get(page).content.decode()
    assert "Apply, and clear again" in shown
    assert "Furniture will stand" not in shown
    corners = rooms.shown(rooms.room_of({}, staged.render.photo))["corners"]
    browser.post(page, {"corners": json.dumps(corners)})
    again = Run.objects.get(kind=Run.Kind.VARIATION)
    assert (again.brief.declutter, again.brief.mask) == (staged.render.brief.declutter, staged.render.brief.mask)
    assert again.brief.mask
    assert again.scene_json["room"]["status"] == "auto"
    assert ledger.balance(account) == 9


def test_what_could_not_be_cleared_opens_with_its_lines(browser: Client, photo: ListingPhoto, account: Account) -> None:
    send(browser, photo, mask=painted())
    staged = StagedPhoto.objects.get()
    fail(staged.render, "Floor and wall do not go on as they should.")
    read = rooms.room_of({}, staged.render.photo)
    Run.objects.update(error_code="gate_border", record={"room": read})
    page = f"/renders/{staged.render.public_id}/room/"
    assert page in browser.get(f"/listings/{photo.listing_id}/").content.decode()
    opened = browser.get(path(photo).split("/photos/")[0] + page).content.decode()
    assert "Apply, and clear again" in opened
    assert "1 credit once" in opened


@pytest.mark.parametrize("code", ["things_in_the_way", "furniture_unclear"])
def test_a_furnished_room_that_was_not_staged_leads_to_where_it_is_cleared(
    browser: Client, photo: ListingPhoto, owner: User, code: str
) -> None:
    brief = Brief(kind=Kind.STAGING, room_type=RoomType.LIVING, style=Style.MODERN)
    staged = batches.ask(photo, brief, batch=uuid.uuid4(), user=owner)
    link = f'href="{path(photo)}"'
    page = f"/listings/{photo.listing_id}/"
    assert link not in browser.get(page).content.decode()
    fail(staged.render, "Furniture stands in this room, and new furniture would be put over it.")
    Run.objects.update(error_code=code)
    assert link in browser.get(page).content.decode()
