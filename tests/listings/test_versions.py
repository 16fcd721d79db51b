"""Several pictures of one photo, side by side: one of them is approved, and that one is delivered."""

from __future__ import annotations

import uuid

import pytest

from billing.models import Account, User
from listings import batches, contents, photos, records, reviews
from listings.models import OriginalPage, Profile, StagedPhoto
from staging import editing, sources, variations
from staging.briefs import RoomType, Style
from staging.models import Output
from tests.listings.conftest import finish
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
