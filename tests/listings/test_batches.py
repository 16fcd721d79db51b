"""Staging a listing in one go, trying again, stopping, and the verdict on what came of it."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from billing import ledger
from billing.models import Account, Plan, User
from listings import batches, photos, records
from listings.models import Listing, ListingPhoto, Notification, StagedPhoto
from staging import sources
from staging.briefs import RoomType, Style
from staging.models import Render, Run
from tests.listings.conftest import fail, finish
from tests.listings.forms import form_of
from tests.listings.test_photos_of_a_listing import jpeg


@pytest.fixture
def listing(account: Account) -> Listing:
    """A listing of `account`."""
    return records.create(account, unparsed_address="12 Elm Street")


@pytest.fixture
def two(listing: Listing, owner: User) -> list[ListingPhoto]:
    """Two photos of the listing: a bedroom by its name, and one that says nothing."""
    for number, name in enumerate(("bedroom.jpg", "IMG_2.jpg")):
        photos.add(listing, sources.accept(listing.account, raw=jpeg(number)), user=owner, file_name=name)
    return list(photos.of_listing(listing))


def form(chosen: list[ListingPhoto], **more: str) -> dict[str, str]:
    """The form as a browser sends it, with these photos ticked."""
    sent = {"style": "coastal", "batch": str(uuid.uuid4()), **more}
    return {**sent, **{f"stage-{photo.media_key}": "on" for photo in chosen}}


def rooms(*pairs: tuple[ListingPhoto, str]) -> dict[str, str]:
    """The rooms that were chosen."""
    return {f"room-{photo.media_key}": room for photo, room in pairs}


def test_two_photos_in_one_style(browser: Client, account: Account, listing: Listing, two: list[ListingPhoto]) -> None:
    page = browser.get(f"/listings/{listing.pk}/stage/").content.decode()
    assert "2 credits a picture; you have 10." in page
    sent = form(two, **rooms((two[0], "bed"), (two[1], "living")))
    path = f"/listings/{listing.pk}/stage/"
    shown = browser.post(path, sent, follow=True).content.decode()
    assert "0 in work, 2 waiting" in shown
    briefs = [(one.brief.room_type, one.brief.style) for one in Render.objects.order_by("pk")]
    assert briefs == [("bed", "coastal"), ("living", "coastal")]
    assert ledger.balance(account) == 6
    two[1].refresh_from_db()
    assert two[1].room_type == "living"
    # The button pressed twice, the page sent again: nothing more is asked for.
    browser.post(path, sent)
    assert Render.objects.count() == 2
    assert ledger.balance(account) == 6


def test_in_4k_where_the_plan_has_it(
    browser: Client, account: Account, listing: Listing, two: list[ListingPhoto]
) -> None:
    path = f"/listings/{listing.pk}/stage/"
    Plan.objects.filter(pk=account.plan_id).update(allows_4k=False)
    assert "In 4K" not in browser.get(path).content.decode()
    browser.post(path, form(two[:1], large="on", **rooms((two[0], "bed"))))
    Plan.objects.filter(pk=account.plan_id).update(allows_4k=True)
    assert "In 4K" in browser.get(path).content.decode()
    browser.post(path, form(two[:1], large="on", **rooms((two[0], "bed"))))
    browser.post(path, form(two[:1], **rooms((two[0], "bed"))))
    assert [one.brief.resolution for one in Render.objects.order_by("pk")] == ["full-hd", "4k", "full-hd"]


def test_no_photo_and_no_room(browser: Client, listing: Listing, two: list[ListingPhoto]) -> None:
    path = f"/listings/{listing.pk}/stage/"
    nothing = browser.post(path, form([]))
    assert nothing.status_code == 400
    assert "Choose at least one photo." in nothing.content.decode()
    roomless = browser.post(path, form([two[1]]))
    assert "Which room does photo 2 show?" in roomless.content.decode()
    assert not Render.objects.exists()


def test_all_or_nothing_when_credits_are_short(
    browser: Client, account: Account, listing: Listing, two: list[ListingPhoto]
) -> None:
    ledger.hold(account, 7, reference="run:elsewhere")
    answer = browser.post(f"/listings/{listing.pk}/stage/", form(two, **rooms((two[0], "bed"), (two[1], "living"))))
    assert answer.status_code == 400
    assert "This costs 4 credits; you have 3. Nothing was started." in answer.content.decode()
    assert not Render.objects.exists()
    assert ledger.balance(account) == 3


@pytest.fixture
def staged(listing: Listing, two: list[ListingPhoto], owner: User) -> StagedPhoto:
    """The first photo, asked to be staged."""
    (one,) = batches.stage(listing, [(two[0], RoomType.BED)], style=Style.COASTAL, batch=uuid.uuid4(), user=owner)
    return one


def test_stopping_what_waits_gives_its_credits_back(
    browser: Client, account: Account, listing: Listing, staged: StagedPhoto
) -> None:
    page = browser.post(f"/listings/{listing.pk}/stop/", follow=True).content.decode()
    assert "1 waiting picture stopped. Nothing was charged." in page
    assert ledger.balance(account) == 10


def test_trying_again_what_failed(browser: Client, listing: Listing, staged: StagedPhoto) -> None:
    fail(staged.render, "The room could not be read.")
    page = browser.get(f"/listings/{listing.pk}/").content.decode()
    assert "The room could not be read." in page
    path = f"/listings/{listing.pk}/renders/{staged.render.public_id}/retry/"
    batch = str(uuid.uuid4())
    browser.post(path, {"batch": batch})
    browser.post(path, {"batch": batch})
    assert Render.objects.count() == 2
    assert Render.objects.latest("pk").brief == staged.render.brief


@pytest.fixture
def failed(listing: Listing, two: list[ListingPhoto], owner: User) -> list[StagedPhoto]:
    """Both photos, staged in two styles: of four pictures three have failed."""
    made = []
    for style in (Style.COASTAL, Style.MODERN):
        chosen = [(two[0], RoomType.BED), (two[1], RoomType.LIVING)]
        made += batches.stage(listing, chosen, style=style, batch=uuid.uuid4(), user=owner)
    finish(made[3].render)
    for one in made[:3]:
        fail(one.render, "The room could not be read.")
    return made


def test_trying_all_again_in_one_click(
    browser: Client, account: Account, listing: Listing, failed: list[StagedPhoto]
) -> None:
    Run.objects.filter(render=failed[0].render).update(scene_json={"room": {"corrected": True}})
    page = browser.get(f"/listings/{listing.pk}/").content.decode()
    assert "<strong>3 pictures</strong> could not be made." in page
    assert "Try all again: 6 credits" in page
    ledger.grant(account, 20, reference="test")
    before = ledger.balance(account)
    sent = form_of(page, "batch")
    path = f"/listings/{listing.pk}/retry/"
    # Clicked twice: the second one asks for nothing, though its answer came after the first ones had failed too.
    page = browser.post(path, sent, follow=True).content.decode()
    assert "0 in work, 3 waiting" in page
    assert "could not be made" not in page
    asked = Render.objects.order_by("pk")[4:]
    assert [one.brief for one in asked] == [one.render.brief for one in (failed[2], failed[1], failed[0])]
    assert [one.runs.get().scene_json for one in asked] == [None, None, {"room": {"corrected": True}}]
    assert ledger.balance(account) == before - 6
    for one in asked:
        fail(one, "Again not.")
    browser.post(path, sent)
    assert Render.objects.count() == 7
    assert Notification.objects.filter(subject=sent["batch"]).count() == 1


def test_trying_all_again_needs_the_credits_for_all(
    browser: Client, account: Account, listing: Listing, failed: list[StagedPhoto]
) -> None:
    page = browser.get(f"/listings/{listing.pk}/").content.decode()
    page = browser.post(f"/listings/{listing.pk}/retry/", form_of(page, "batch"), follow=True).content.decode()
    assert "This costs 6 credits; you have 2. Nothing was started." in page
    assert Render.objects.count() == 4


def test_what_a_person_stopped_has_not_failed(browser: Client, listing: Listing, staged: StagedPhoto) -> None:
    browser.post(f"/listings/{listing.pk}/stop/")
    page = browser.get(f"/listings/{listing.pk}/").content.decode()
    assert "Stopped" in page
    assert "Try all again" not in page


def verdict(browser: Client, staged: StagedPhoto, said: str, **more: str) -> str:
    """Give a verdict; the page after it."""
    path = f"/listings/{staged.listing_photo.listing_id}/renders/{staged.render.public_id}/verdict/"
    return browser.post(path, {"verdict": said, **more}, follow=True).content.decode()


def test_a_verdict_says_who_and_why(browser: Client, owner: User, staged: StagedPhoto) -> None:
    assert "There is no picture yet to be judged." in verdict(browser, staged, "approved")
    finish(staged.render)
    assert f"by {owner.email}" in verdict(browser, staged, "approved")
    page = verdict(browser, staged, "rejected", reason="The lamp is in the way")
    assert "The lamp is in the way" in page
    staged.refresh_from_db()
    assert (staged.verdict, staged.judged_by) == ("rejected", owner)
    verdict(browser, staged, "pending")
    staged.refresh_from_db()
    assert (staged.verdict, staged.reason) == ("pending", "")


def test_the_labelled_picture_differs_from_the_clean_one_below_alone(
    browser: Client, listing: Listing, staged: StagedPhoto
) -> None:
    path = f"/listings/{listing.pk}/renders/{staged.render.public_id}/labelled.png"
    assert browser.get(path).status_code == 404
    output = finish(staged.render)
    answer: Any = browser.get(path)
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    labelled = Image.open(io.BytesIO(answer.content)).convert("RGB")
    with output.master.open("rb") as file:
        clean = Image.open(file).convert("RGB")
    half = (0, 0, clean.width, clean.height // 2)
    assert labelled.crop(half).tobytes() == clean.crop(half).tobytes()
    assert labelled.tobytes() != clean.tobytes()


def test_a_plan_with_labels_offers_no_clean_picture(
    browser: Client, account: Account, listing: Listing, staged: StagedPhoto
) -> None:
    finish(staged.render)
    path = f"/listings/{listing.pk}/renders/{staged.render.public_id}/"
    assert "Download clean" in browser.get(path).content.decode()
    account.plan.labelled = True
    account.plan.save()
    page = browser.get(path).content.decode()
    assert "Download clean" not in page
    assert "Download labelled" in page
