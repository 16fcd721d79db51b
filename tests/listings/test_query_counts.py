"""Every page and endpoint asks the database as many questions for much as for little."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing import accounts, keys, ledger
from billing.models import Membership, User
from listings import records
from listings.models import Connection, ListingPhoto, Notification, OriginalPage, StagedPhoto
from staging.models import Output, Photo, Render, Run, Source, State, WebhookDelivery
from tests.listings.conftest import signed_in

BRIEF = {"kind": "staging", "room_type": "living", "style": "modern"}


class Shop:
    """An account with `many` of everything: listings, each with `many` photos, each with a picture under review."""

    def __init__(self, name: str, many: int) -> None:
        self.account = accounts.open_account(f"{name}@example.com", "a long enough password", "pro", name=name)
        self.owner = User.objects.get(email=f"{name}@example.com")
        self.key = keys.create(self.account, "first")[1]
        ledger.grant(self.account, 1000, reference=f"shop:{name}")
        for place in range(many):
            keys.create(self.account, f"key {place}")
            ledger.grant(self.account, 1, reference=f"shop:{name}:{place}")
            member = User.objects.create_user(f"{name}-{place}@example.com")
            Membership.objects.create(user=member, account=self.account, role=Membership.Role.AGENT)
            Connection.objects.create(account=self.account, name=f"MLS {place}", address="https://mls.example/odata")
            self.listing(place, many)

    def listing(self, place: int, photos: int) -> None:
        """One listing with so many photos."""
        self.place = listing = records.create(self.account, unparsed_address=f"{place} Long Avenue")
        for order in range(photos):
            kept = Photo.objects.create(
                account=self.account, sha256=uuid.uuid4().hex * 2, format="JPEG", byte_size=9, width=600, height=400,
                original="o.jpg", picture="p.png", preview="p.webp", thumbnail="t.webp",
            )  # fmt: skip
            photo = ListingPhoto.objects.create(listing=listing, photo=kept, order=order, room_type="living")
            source = (Source.DASHBOARD, Source.API)[order % 2]
            self.render = Render.objects.create(account=self.account, photo=kept, source=source, brief_json=BRIEF)
            ended = {"state": State.DONE, "finished_at": timezone.now() - timedelta(minutes=place), "progress": 1.0}
            run = Run.objects.create(render=self.render, account=self.account, brief_json=BRIEF, **ended)
            output = Output.objects.create(
                run=run, role="staged", order=0, master="m.png", delivered="d.png", preview="p.webp",
                thumbnail="t.webp", width=600, height=400, sha256="0" * 64, verdict="pass",
            )  # fmt: skip
            staged = {"listing_photo": photo, "render": self.render, "batch": uuid.uuid4(), "asked_by": self.owner}
            if order % 2:
                # Every second one is approved and has its public page, as all have after a first look at the delivery.
                OriginalPage.objects.create(
                    account=self.account, output=output, original="o.jpg", altered="a.jpg", alterations=[],
                    altered_at=timezone.now(),
                )  # fmt: skip
                judged = {"output": output, "verdict": StagedPhoto.Verdict.APPROVED, "judged_by": self.owner}
                staged |= {**judged, "judged_at": timezone.now()}
            StagedPhoto.objects.create(**staged)
            WebhookDelivery.objects.create(run=run, output=output, event_type="render.done")
        Notification.objects.create(user=self.owner, listing=listing, kind=Notification.Kind.choices[0][0])


PAGES = (
    "/listings/", "/listings/{listing}/", "/listings/{listing}/edit/", "/listings/{listing}/delivery/",
    "/listings/{listing}/progress/", "/listings/{listing}/renders/{render}/", "/listings/{listing}/page/",
    "/studio/", "/studio/renders/", "/studio/renders/{render}/", "/notifications/", "/account/",
    "/account/connections/",
    "/billing/plans/", "/billing/statement/", "/billing/members/", "/developers/requests/", "/developers/webhooks/",
    "/accounts/2fa/", "/accounts/email/",
)  # fmt: skip
ENDPOINTS = (
    "/v1/render?render_id={render}", "/v1/options", "/v1/ping",
    "/api/v2/listings", "/api/v2/listings/{key}", "/api/v2/listings/{key}/photos", "/api/v2/listings/{key}/pictures",
    "/api/v2/listings/{key}/deliveries", "/api/v2/pictures/{render}", "/api/v2/profiles", "/api/v2/webhooks",
)  # fmt: skip


@pytest.fixture
def shops(db: None) -> tuple[Shop, Shop]:
    return Shop("little", 3), Shop("much", 7)


@pytest.mark.parametrize("kind", ["pages", "endpoints"])
def test_questions_do_not_grow_with_what_there_is(shops: tuple[Shop, Shop], kind: str) -> None:
    grown = {}
    for path in PAGES if kind == "pages" else ENDPOINTS:
        # Once a minute the use of a key or a session is noted too: what differs is counted again.
        for _ in range(2):
            little, much = (asked(shop, path, kind) for shop in shops)
            if little == much:
                break
        else:
            grown[path] = (little, much)
    assert grown == {}


def asked(shop: Shop, path: str, kind: str) -> int:
    """Questions for one answer, after one that fills what is remembered."""
    listing = shop.place
    place = path.format(listing=listing.pk, render=shop.render.public_id, key=listing.listing_key)
    browser = signed_in(shop.owner) if kind == "pages" else Client()
    headers = {} if kind == "pages" else {"Authorization": f"Api-Key {shop.key}"}
    assert browser.get(place, headers=headers).status_code == 200, place
    with CaptureQueriesContext(connection) as counted:
        browser.get(place, headers=headers)
    return len(counted)
