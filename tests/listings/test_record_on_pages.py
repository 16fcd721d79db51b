"""The structure check and the alteration record where people look at a picture; and letting out what failed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from billing.models import Account, User
from listings import batches, photos, records
from listings.models import StagedPhoto
from staging import sources
from staging.briefs import RoomType, Style
from staging.models import Alteration
from tests.listings.conftest import signed_in
from tests.staging.pictures import encoded
from tests.staging.runs import go
from tests.staging.stand_in import StandIn


@pytest.fixture
def engine(settings: Any) -> Iterator[StandIn]:
    with StandIn() as engine:
        settings.ENGINE_URL, settings.ENGINE_TOKEN = engine.url, ""
        yield engine


@pytest.fixture
def staged(account: Account, owner: User, engine: StandIn) -> StagedPhoto:
    """A picture that waits to be made."""
    listing = records.create(account, unparsed_address="12 Elm Street")
    photo, _ = photos.add(listing, sources.accept(account, raw=encoded()), user=owner)
    (staged,) = batches.stage(listing, [(photo, RoomType.BED)], style=Style.MODERN, batch=uuid.uuid4(), user=owner)
    return staged


def page_of(staged: StagedPhoto) -> str:
    return f"/listings/{staged.listing_photo.listing_id}/renders/{staged.render.public_id}/"


def test_the_review_page_shows_check_and_record(staged: StagedPhoto, browser: Client, owner: User) -> None:
    go(staged.render)
    browser.post(f"{page_of(staged)}verdict/", {"verdict": "approved"})

    shown = browser.get(page_of(staged)).content.decode()
    assert "✓ The room stayed the room" in shown
    assert "Virtual Staging - Item Addition" in shown
    assert "0 pixels, 0.000 %" in shown
    made, approved = Alteration.objects.all()
    assert (made.actor, approved.actor) == (owner, owner)
    assert made.picture_sha256 in shown
    assert f"Approved · {owner.email}" in shown
    assert "✓ The room stayed the room" in browser.get(f"/studio/renders/{staged.render.public_id}/").content.decode()


def test_a_picture_that_failed_is_shown_and_let_out_by_name(
    staged: StagedPhoto, engine: StandIn, browser: Client, owner: User, stranger: User
) -> None:
    engine.switches.picture = "changed_outside"
    go(staged.render)
    go(staged.render)
    shown = browser.get(page_of(staged)).content.decode()
    assert "✗ The room did not stay as it is" in shown
    assert "pixels changed outside of the edit mask" in shown
    verdict, said = f"{page_of(staged)}verdict/", {"verdict": "overridden", "reason": "dust on the lens"}
    assert signed_in(stranger).post(verdict, said).status_code == 404
    assert "Say why" in browser.post(verdict, {"verdict": "overridden"}, follow=True).content.decode()
    assert not Alteration.objects.exists()

    shown = browser.post(verdict, said, follow=True).content.decode()
    assert "Let out although the check failed" in shown
    assert "“dust on the lens”" in shown
    assert "Somebody has decided this already" in browser.post(verdict, said, follow=True).content.decode()
    browser.post(verdict, {"verdict": "approved"})
    assert [row.event for row in Alteration.objects.all()] == ["made", "overridden", "approved"]
