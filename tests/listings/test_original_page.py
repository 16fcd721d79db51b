"""`/o/CODE`: what the public sees of an original, for ever."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from billing import closing
from billing.models import Account, User
from listings import batches, originals, photos, records, reviews
from listings.models import Listing, OriginalPage, Profile
from staging import sources
from staging.briefs import RoomType, Style
from tests.listings.test_delivery import staged_picture
from tests.staging.pictures import encoded, exif


@pytest.fixture
def page(account: Account, owner: User) -> OriginalPage:
    """The page of a staged picture that was just approved."""
    listing = records.create(account, unparsed_address="12 Elm Street")
    photo, _ = photos.add(
        listing, sources.accept(account, raw=encoded(exif=exif(gps=True, serial="SN-4711"))), user=owner
    )
    (staged,) = batches.stage(listing, [(photo, RoomType.BED)], style=Style.MODERN, batch=uuid.uuid4(), user=owner)
    staged_picture(staged.render)
    assert not OriginalPage.objects.exists()
    reviews.approve(staged, owner)
    return OriginalPage.objects.get()


def test_anybody_sees_both_pictures_and_what_was_altered(page: OriginalPage, client: Client) -> None:
    originals.keep_copies(page.pk)

    shown = client.get(f"/o/{page.code}")
    text = shown.content.decode()
    assert shown.status_code == 200
    assert "<h1>Original, unaltered photo</h1>" in text
    assert "furniture and decoration were added" in text
    assert "10140.8" in text
    assert "<script" not in text
    assert "Set-Cookie" not in shown.headers
    for which in ("original", "altered"):
        picture = client.get(f"/o/{page.code}/{which}.jpg")
        assert picture.status_code == 200
        assert picture["Content-Type"] == "image/jpeg"
        data = b"".join(picture.streaming_content)  # type: ignore[attr-defined]
        # Neither where it was taken nor whose camera it was.
        assert not [mark for mark in (b"Exif", b"GPS", b"SN-4711", b"Testcam") if mark in data]
    photo = page.output.run.render.photo  # type: ignore[union-attr]
    with photo.original.open("rb") as kept:
        assert b"SN-4711" in kept.read()


def test_the_page_is_whole_before_its_copies_are_made(page: OriginalPage, client: Client) -> None:
    text = client.get(f"/o/{page.code.lower()}").content.decode()
    for address in re.findall(r'<img src="([^"]+)"', text):
        assert client.get(address.replace("&amp;", "&")).status_code == 200


def test_copies_whose_wake_up_was_lost_are_asked_for_again(
    page: OriginalPage, django_capture_on_commit_callbacks: Any
) -> None:

    with django_capture_on_commit_callbacks() as asked:
        originals.publish(page.output)  # type: ignore[arg-type]
    assert len(asked) == 1
    originals.keep_copies(page.pk)
    with django_capture_on_commit_callbacks() as asked:
        originals.publish(page.output)  # type: ignore[arg-type]
    assert asked == []


def test_the_code_is_ten_letters_that_stay(page: OriginalPage, owner: User) -> None:
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{10}", page.code)
    staged = page.output.run.render.staged_photo  # type: ignore[union-attr]
    reviews.withdraw(staged, owner)
    reviews.approve(staged, owner)
    assert OriginalPage.objects.get().code == page.code


def test_it_outlives_the_pictures_that_it_was_made_of(page: OriginalPage, client: Client) -> None:
    originals.keep_copies(page.pk)
    output = page.output
    assert output is not None
    for field in (output.master, output.preview, output.run.render.photo.picture, output.run.render.photo.preview):
        field.storage.delete(field.name)
    OriginalPage.objects.update(output=None)
    Listing.objects.update(archived_at="2026-01-01T00:00Z")

    assert client.get(f"/o/{page.code}").status_code == 200
    assert client.get(f"/o/{page.code}/original.jpg").status_code == 200


def test_a_removed_page_says_so_and_staff_leave_a_trace(page: OriginalPage, client: Client) -> None:
    originals.keep_copies(page.pk)
    staff = Client()
    staff.force_login(User.objects.create_superuser("root@example.com", "a long enough password"))
    staff.post("/admin/listings/originalpage/", {"action": "remove", "_selected_action": page.pk})

    gone = client.get(f"/o/{page.code}")
    assert gone.status_code == 410
    assert "This page was removed" in gone.content.decode()
    assert client.get(f"/o/{page.code}/original.jpg").status_code == 404
    assert LogEntry.objects.get().object_id == str(page.pk)


def test_unknown_codes_are_not_found(db: None, client: Client) -> None:
    assert client.get("/o/0000000000").status_code == 404


def test_a_change_of_an_mls_rules_is_a_new_version(db: None) -> None:
    staff = Client()
    staff.force_login(User.objects.create_superuser("root@example.com", "a long enough password"))
    old = Profile.objects.get(slug="crmls")
    kept = [
        "slug",
        "name",
        "region",
        "rule",
        "label",
        "original",
        "caption",
        "caption_words",
        "remarks",
        "note",
        "status",
        "source",
    ]
    form: dict[str, Any] = {name: getattr(old, name) for name in kept}
    form |= {"label": "required", "forbidden": '["Virtual Renovation"]', "read_on": "2026-11-20"}

    answer = staff.post(f"/admin/listings/profile/{old.pk}/change/", form)

    assert answer.status_code == 302
    old.refresh_from_db()
    assert (old.label, old.version) == ("optional", 1)
    assert old.retired_at
    new = Profile.objects.get(slug="crmls", retired_at=None)
    assert (new.label, new.version, new.forbidden) == ("required", 2, ["Virtual Renovation"])


def test_it_outlives_the_account(page: OriginalPage, client: Client, account: Account) -> None:
    originals.keep_copies(page.pk)
    record = originals.record_of(page)
    closing.close(account)
    OriginalPage.objects.update(output=None)

    shown = client.get(f"/o/{page.code}")
    assert shown.status_code == 200
    assert "approved for publication" in shown.content.decode()
    assert "owner@" not in shown.content.decode()
    page.refresh_from_db()
    assert originals.record_of(page) == record != []
    assert client.get(f"/o/{page.code}/altered.jpg").status_code == 200
