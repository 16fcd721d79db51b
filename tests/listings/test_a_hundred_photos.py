"""A listing with a hundred photos, each staged: light, quick, and nothing jumps while it loads."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.models import Account, User
from listings import records
from listings.models import Listing, ListingPhoto, StagedPhoto
from staging.models import Photo, Render, Run, Source

# All that a first paint needs beside pictures, as it is sent.
MOST = 150_000


def listing_of(account: Account, owner: User, photos: int) -> Listing:
    """A listing whose photos each have a picture under way; no files, which pages only name."""
    listing = records.create(account, unparsed_address="100 Long Avenue")
    brief = {"kind": "staging", "room_type": "living", "style": "modern"}
    for order in range(photos):
        kept = Photo.objects.create(
            account=account, sha256=f"{order:064d}", format="JPEG", byte_size=9, width=6000, height=4000,
            original="o.jpg", picture="p.png", preview="p.webp", thumbnail="t.webp",
        )  # fmt: skip
        photo = ListingPhoto.objects.create(listing=listing, photo=kept, order=order, room_type="living")
        render = Render.objects.create(account=account, photo=kept, source=Source.DASHBOARD, brief_json=brief)
        Run.objects.create(render=render, account=account, brief_json=brief)
        StagedPhoto.objects.create(listing_photo=photo, render=render, batch=uuid.uuid4(), asked_by=owner)
    return listing


@pytest.fixture
def listing(account: Account, owner: User) -> Listing:
    return listing_of(account, owner, 100)


def test_the_first_paint_is_light(browser: Client, listing: Listing) -> None:
    answer = browser.get(f"/listings/{listing.pk}/", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    names = re.findall(r"/static/([\w./-]+)", browser.get(f"/listings/{listing.pk}/").content.decode())
    files = [finders.find(name) for name in set(names)]
    assert any(str(file).endswith("htmx-2.min.js") for file in files)
    # Static files are counted unpacked, though they are sent packed too.
    assert len(answer.content) + sum(Path(str(file)).stat().st_size for file in files) < MOST


def test_no_picture_moves_another(browser: Client, listing: Listing) -> None:
    pictures = re.findall(r"<img[^>]*>", browser.get(f"/listings/{listing.pk}/").content.decode())
    assert len(pictures) == 100
    for place, picture in enumerate(pictures):
        assert 'width="6000" height="4000"' in picture
        # The first row is seen at once; the others wait until they are near.
        assert ('loading="lazy"' in picture) == (place > 3)
        assert "-thumb" in picture or "thumbnail" in picture


def test_more_photos_need_no_more_questions(browser: Client, account: Account, listing: Listing) -> None:
    few = records.create(account, unparsed_address="1 Short Lane")
    counts = []
    for one in (few, listing):
        with CaptureQueriesContext(connection) as asked:
            browser.get(f"/listings/{one.pk}/")
        counts.append(len(asked))
    assert counts[1] - counts[0] <= 3
