"""Deliveries and webhooks by the API."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from pytest_httpserver import HTTPServer

from listings import deliveries
from listings.models import Delivery
from staging import webhooks
from staging.models import WebhookDelivery
from tests.listings.api.conftest import Partner, Told

Said = Callable[..., None]


@pytest.fixture
def approved(partner: Partner, staged: Told) -> Told:
    return partner.post(f"pictures/{staged['RenderId']}/verdict", {"Verdict": "approved"})


def test_ask_poll_download(partner: Partner, listing: Told, approved: Told, other: Partner, said: Said) -> None:
    here = f"listings/{listing['ListingKey']}/deliveries"
    asked = partner.post(here, {"Profile": "crmls", "Preset": "mls_small"}, Idempotency_Key="a")
    assert (asked["Status"], asked["DownloadURL"]) == ("queued", None)
    assert partner.post(here, {"Profile": "crmls", "Preset": "mls_small"}, Idempotency_Key="a") == asked
    path = f"{here}/{asked['DeliveryKey']}"
    said(partner.ask("GET", f"{path}/file"), 409, "not_ready")
    deliveries.build(Delivery.objects.get().pk)

    done = partner.get(path)
    assert (done["Status"], done["Progress"]) == ("done", 1.0)
    assert partner.get(here)["value"] == [done]
    answer = partner.client.get(done["DownloadURL"], headers=partner.headers)
    data = b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "application/zip"
    assert (len(data), hashlib.sha256(data).hexdigest()) == (done["ByteSize"], done["SHA256"])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest == done["Manifest"]
    altered = manifest["Media"][0]
    assert altered["ApprovedBy"].startswith("API key ")
    assert [row["Event"] for row in altered["AlterationRecord"]] == ["made", "approved"]
    said(other.ask("GET", path), 404, "not_found")
    said(other.ask("GET", f"{path}/file"), 404, "not_found")
    said(partner.ask("GET", f"{here}/{uuid4()}"), 404, "not_found")


def test_nothing_leaves_before_it_is_approved(partner: Partner, listing: Told, staged: Told, said: Said) -> None:
    here = f"listings/{listing['ListingKey']}/deliveries"
    said(partner.ask("POST", here, {"Profile": "crmls"}), 409, "nothing_approved")
    said(partner.ask("POST", here, {"Profile": "none"}), 400, "invalid_field", "Profile")
    said(partner.ask("POST", here, {"Preset": "huge"}), 400, "invalid_field", "Profile", "Preset")
    assert not Delivery.objects.exists()


def test_the_rules_are_told(partner: Partner) -> None:
    told = {one["Profile"]: one for one in partner.get("profiles")["value"]}
    assert told["sdmls"]["Label"] == "forbidden"
    assert {one["Status"] for one in told.values()} == {"read", "unverified"}


def test_subscribers_hear_of_listings_renders_and_deliveries(
    partner: Partner, httpserver: HTTPServer, settings: Any, request: pytest.FixtureRequest
) -> None:
    settings.FETCH_ALLOW_PRIVATE = True
    httpserver.expect_request("/hook").respond_with_data("")
    hook = partner.post("webhooks", {"Url": httpserver.url_for("/hook")})
    listing, approved = request.getfixturevalue("listing"), request.getfixturevalue("approved")
    partner.ask("PATCH", f"listings/{listing['ListingKey']}", {"ListPrice": 5})
    asked = partner.post(f"listings/{listing['ListingKey']}/deliveries", {"Profile": "crmls"})
    deliveries.build(Delivery.objects.get().pk)
    for waiting in webhooks.due():
        webhooks.deliver(waiting)

    bodies = [json.loads(call.data) for call, _ in httpserver.log]
    assert [body["event_type"] for body in bodies] == [
        "listing.created", "photos.changed", "render.done", "picture.judged", "listing.changed", "delivery.done"
    ]  # fmt: skip
    assert bodies[0]["data"] == {"ListingKey": listing["ListingKey"], "OriginatingSystemName": ""}
    assert bodies[2]["data"]["RenderId"] == approved["RenderId"]
    assert bodies[5]["data"]["DeliveryKey"] == asked["DeliveryKey"]
    call = httpserver.log[0][0]
    signed = f"{call.headers['webhook-id']}.{call.headers['webhook-timestamp']}.".encode() + call.data
    key = base64.b64decode(hook["Secret"].removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    assert call.headers["webhook-signature"] == f"v1,{wanted}"
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_only_what_was_asked_for_and_no_more_after_the_end(partner: Partner, other: Partner, said: Said) -> None:
    url = "https://partner.example/hook"
    hook = partner.post("webhooks", {"Url": url, "Events": ["listing.archived"]}, Idempotency_Key="a")
    assert partner.post("webhooks", {"Url": url, "Events": ["listing.archived"]}, Idempotency_Key="a") == hook
    listing = partner.post("listings", {"UnparsedAddress": "12 Elm Street"})
    partner.ask("DELETE", f"listings/{listing['ListingKey']}")
    assert [one.event_type for one in WebhookDelivery.objects.all()] == ["listing.archived"]

    here = f"webhooks/{hook['WebhookKey']}"
    said(other.ask("DELETE", here), 404, "not_found")
    assert [one["Url"] for one in partner.get("webhooks")["value"]] == [url]
    partner.ask("DELETE", here)
    assert WebhookDelivery.objects.get().state == "given_up"
    said(partner.ask("GET", here), 404, "not_found")


def test_addresses_that_we_would_not_call(partner: Partner, said: Said) -> None:
    said(partner.ask("POST", "webhooks", {"Url": "ftp://partner.example"}), 400, "invalid_field")
    said(partner.ask("POST", "webhooks", {"Url": "x", "Events": ["none"]}), 400, "invalid_field", "Events")
