"""Several pictures of one photo, side by side: one of them is approved, and that one is delivered."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from billing import ledger
from billing.models import Account, User
from listings import batches, contents, photos, records, reviews
from listings.models import OriginalPage, Profile, StagedPhoto
from staging import editing, files, sources, variations
from staging.briefs import RoomType, Style
from staging.models import Output, Run
from tests.listings.conftest import finish, signed_in
from tests.staging.pictures import encoded


@pytest.fixture
def staged(account: Account, owner: User) -> StagedPhoto:
    """A photo of a listing with its first picture."""
    listing = records.create(account, unparsed_address="12 Elm Street")
    photo, _ = photos.add(listing, sources.accept(account, raw=encoded()), user=owner)
    (made,) = batches.stage(listing, [(photo, RoomType.LIVING)], style=Style.MODERN, batch=uuid.uuid4(), user=owner)
    finish(made.render)
    return made


@pytest.fixture
def two(staged: StagedPhoto) -> tuple[Output, Output]:
    """Its picture, and a variation of it."""
    first = editing.picture_of(staged.render)
    variations.request(staged.render, staged.render.brief)
    assert first is not None
    return first, finish(staged.render, (20, 90, 60))


def delivered(staged: StagedPhoto) -> list[Output]:
    """What a delivery of the listing would hold of altered pictures."""
    items = contents.of(staged.listing_photo.listing, Profile.objects.get(slug="crmls"))
    return [one.output for item in items for one in item.altered]


def test_the_approved_one_is_delivered_whatever_is_made_after_it(
    staged: StagedPhoto, two: tuple[Output, Output], owner: User
) -> None:
    reviews.approve(staged, owner, two[0])
    assert delivered(staged) == [two[0]]
    assert OriginalPage.objects.get().output == two[0]
    variations.request(staged.render, staged.render.brief)
    reviews.reopen(staged)
    finish(staged.render)
    staged.refresh_from_db()
    assert (staged.verdict, staged.output) == ("approved", two[0])
    assert delivered(staged) == [two[0]]
    reviews.approve(staged, owner, two[1])
    assert delivered(staged) == [two[1]]
    assert OriginalPage.objects.count() == 2  # what was published once keeps its page


def test_a_picture_of_another_render_cannot_be_approved_here(
    staged: StagedPhoto, account: Account, owner: User
) -> None:
    (other,) = batches.stage(
        staged.listing_photo.listing, [(staged.listing_photo, RoomType.BED)], style=Style.COASTAL,
        batch=uuid.uuid4(), user=owner,
    )  # fmt: skip
    with pytest.raises(reviews.NotReady):
        reviews.approve(staged, owner, finish(other.render))
    staged.refresh_from_db()
    assert staged.verdict == "pending"


def page_of(staged: StagedPhoto, tail: str = "") -> str:
    return f"/listings/{staged.listing_photo.listing_id}/renders/{staged.render.public_id}/{tail}"


def test_side_by_side_and_one_is_approved(browser: Client, staged: StagedPhoto, two: tuple[Output, Output]) -> None:
    page = browser.get(page_of(staged)).content.decode()
    assert "version 2 of 2" in page
    assert page.count("Approve this one") == 2
    browser.post(page_of(staged, "verdict/"), {"verdict": "approved", "output": two[0].uuid})
    page = browser.get(page_of(staged)).content.decode()
    assert "version 1 of 2" in page  # what is delivered is shown first
    assert page.count("Approve this one") == 1
    listing = browser.get(f"/listings/{staged.listing_photo.listing_id}/").content.decode()
    assert files.thumbnail_url(two[0]).partition("?")[0] in listing
    assert "A newer version is there" in listing
    # Who saw version 2 alone cannot take the approval of version 1 back by rejecting it.
    answer = browser.post(page_of(staged, "verdict/"), {"verdict": "rejected", "output": two[1].uuid}, follow=True)
    assert "Another version is approved already" in answer.content.decode()
    assert browser.get(page_of(staged, "?version=2")).status_code == 200
    assert browser.get(page_of(staged, "?version=3")).status_code == 404
    clean = browser.get(page_of(staged, "labelled.png?version=2"))
    assert clean.content != browser.get(page_of(staged, "labelled.png?version=1")).content


def test_another_arrangement_costs_nothing_and_is_asked_for_once(
    browser: Client, staged: StagedPhoto, account: Account
) -> None:
    before = ledger.balance(account)
    browser.post(page_of(staged, "vary/"))
    assert "Another version is being made" in browser.get(page_of(staged)).content.decode()
    browser.post(page_of(staged, "vary/"))
    assert Run.objects.filter(render=staged.render).count() == 2
    fragment = browser.get(page_of(staged), headers={"HX-Request": "true"}).content.decode()
    assert fragment.lstrip().startswith("<section")
    assert 'hx-trigger="every 3s"' in fragment
    finish(staged.render)
    assert browser.get(page_of(staged), headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "version 2 of 2" in browser.get(page_of(staged)).content.decode()
    assert ledger.balance(account) == before
    assert browser.get(page_of(staged, "vary/")).status_code == 405


def test_a_version_that_failed_leaves_the_ones_before(browser: Client, staged: StagedPhoto, owner: User) -> None:
    reviews.approve(staged, owner)
    browser.post(page_of(staged, "vary/"))
    Run.objects.filter(number=2).update(
        state="failed", finished_at="2026-01-01T00:00Z", error_message="The engine fell."
    )
    page = browser.get(page_of(staged)).content.decode()
    assert "The engine fell." in page
    assert "✓ Approved" in page


def test_who_asks_for_a_version_on_the_page_is_on_record(staged: StagedPhoto, team_mate: User) -> None:
    signed_in(team_mate).post(page_of(staged, "vary/"))
    assert [run.asked_by for run in Run.objects.filter(render=staged.render).order_by("number")][1:] == [team_mate]
