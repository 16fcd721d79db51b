"""Being told that pictures are ready: in the bell on every page, by mail once one has left, if one wants it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db.models import F
from django.test import Client

from billing.models import Account, User
from listings import batches, deliveries, notifications, photos, records, reviews
from listings.models import Delivery, Notification, Profile, StagedPhoto
from staging import sources
from staging.briefs import RoomType, Style
from tests.listings.conftest import fail, finish, signed_in
from tests.listings.test_photos_of_a_listing import jpeg


@pytest.fixture
def two(account: Account, owner: User) -> list[StagedPhoto]:
    """Two photos of a listing, asked to be staged together."""
    listing = records.create(account, unparsed_address="12 Elm Street")
    chosen = [(photos.add(listing, sources.accept(account, raw=jpeg(n)), user=owner)[0], RoomType.BED) for n in (0, 1)]
    return batches.stage(listing, chosen, style=Style.MODERN, batch=uuid.uuid4(), user=owner)


def later() -> None:
    """A minute and more passes after all that has become ready."""
    Notification.objects.filter(ready_at__isnull=False).update(ready_at=F("ready_at") - timedelta(minutes=2))


def test_the_bell_rings_once_all_of_a_batch_is_done(browser: Client, two: list[StagedPhoto], team_mate: User) -> None:
    finish(two[0].render)
    notifications.sweep()
    assert 'class="count"' not in browser.get("/help/").content.decode()
    fail(two[1].render, "No floor.")
    notifications.sweep()
    assert '<span class="count">1' in browser.get("/help/").content.decode()
    assert 'class="count"' not in signed_in(team_mate).get("/help/").content.decode()
    page = browser.get("/notifications/").content.decode()
    assert "1 picture is ready, 1 could not be made" in page
    assert '<span class="badge">new</span>' in page
    again = browser.get("/notifications/").content.decode()
    assert '<span class="badge">new</span>' not in again
    assert 'class="count"' not in again


def test_a_mail_comes_once_when_one_has_left(two: list[StagedPhoto], owner: User) -> None:
    for one in two:
        finish(one.render)
    notifications.sweep()
    assert mail.outbox == []  # not yet: who waits before the screen needs no mail
    later()
    notifications.sweep()
    notifications.sweep()
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([owner.email], "12 Elm Street: 2 pictures are ready")
    assert f"/listings/{two[0].listing_photo.listing_id}/" in str(sent.body)
    assert "Your account page switches such mails off" in str(sent.body)
    assert "look after the bill" not in str(sent.body)
    assert sent.alternatives  # type: ignore[attr-defined]


def test_who_sees_the_listing_or_wants_no_mail_gets_none(browser: Client, two: list[StagedPhoto]) -> None:
    for one in two:
        finish(one.render)
    browser.get(f"/listings/{two[0].listing_photo.listing_id}/progress/")
    later()
    notifications.sweep()
    assert mail.outbox == []
    Notification.objects.update(read_at=None)
    browser.post("/notifications/mail/", {})
    notifications.sweep()
    assert mail.outbox == []
    assert "checked" not in browser.get("/notifications/").content.decode()
    browser.post("/notifications/mail/", {"mail": "1"})
    assert "checked" in browser.get("/notifications/").content.decode()


def test_the_mail_speaks_the_language_of_the_page(two: list[StagedPhoto], owner: User) -> None:
    Notification.objects.update(language="es")
    for one in two:
        finish(one.render)
    notifications.settle()
    later()
    notifications.sweep()
    assert mail.outbox[0].subject == "12 Elm Street: 2 imágenes están listas"


def test_other_versions_and_deliveries_are_told_too(browser: Client, two: list[StagedPhoto], owner: User) -> None:
    listing = two[0].listing_photo.listing
    for one in two:
        finish(one.render)
    notifications.sweep()
    notifications.read(owner)
    browser.post(f"/listings/{listing.pk}/renders/{two[0].render.public_id}/vary/")
    finish(two[0].render)
    reviews.approve(two[0], owner)
    made = deliveries.request(listing, Profile.objects.get(slug="crmls"), preset="web", labelled=False, user=owner)
    Delivery.objects.filter(pk=made.pk).update(state=Delivery.State.FAILED)
    notifications.sweep()
    page = browser.get("/notifications/").content.decode()
    assert "A new version is ready" in page
    assert "The delivery could not be built" in page


def test_a_stranger_sees_nothing_of_it(two: list[StagedPhoto], stranger: User) -> None:
    for one in two:
        finish(one.render)
    notifications.sweep()
    assert "12 Elm Street" not in signed_in(stranger).get("/notifications/").content.decode()


def test_a_failing_mail_server_loses_a_mail_and_nothing_else(
    two: list[StagedPhoto], owner: User, settings: Any
) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        9,
    )
    for one in two:
        finish(one.render)
    notifications.sweep()
    later()
    notifications.sweep()
    assert notifications.unread(owner) == 1
