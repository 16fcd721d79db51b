"""What a key may do, by its scope: read; make and change; judge, override and delete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from billing import keys
from billing.models import Account
from listings.models import Listing, ListingPhoto, StagedPhoto
from staging.models import WebhookSubscription
from tests.listings.api.conftest import Partner

Told = dict[str, Any]
Said = Callable[..., None]


@pytest.fixture
def renderer(account: Account) -> Partner:
    """A partner whose key may render."""
    return Partner(keys.create(account, "renderer", scope="render")[1])


@pytest.fixture
def reader(account: Account) -> Partner:
    return Partner(keys.create(account, "reader", scope="read")[1])


def test_a_reader_sees_everything_and_changes_nothing(reader: Partner, listing: Told, photo: Told, said: Said) -> None:
    here = f"listings/{listing['ListingKey']}"
    for path in ("listings", here, f"{here}/photos", f"{here}/pictures", f"{here}/deliveries", "profiles", "webhooks"):
        reader.get(path)
    for method, path in (
        ("POST", "listings"),
        ("PATCH", here),
        ("PUT", f"{here}/photos/order"),
        ("POST", f"{here}/pictures"),
        ("POST", f"{here}/deliveries"),
        ("POST", "webhooks"),
        ("DELETE", here),
    ):
        said(reader.ask(method, path, {}), 403, "key_scope")
    assert reader.upload(listing).status_code == 403
    assert reader.ask("POST", "listings", {}).json()["error"].endswith("(read; this needs render)")


def test_a_renderer_makes_and_changes(renderer: Partner, listing: Told, photo: Told) -> None:
    here = f"listings/{listing['ListingKey']}"
    assert renderer.ask("PATCH", here, {"City": "Reno"}).json()["City"] == "Reno"
    assert renderer.upload(listing, shade=90).status_code == 200
    asked = renderer.post(f"{here}/photos/{photo['MediaKey']}/pictures", {"Style": "modern"})
    assert asked["Status"] == "queued"


def test_verdicts_overrides_and_deletions_take_an_admin(
    renderer: Partner, partner: Partner, listing: Told, staged: Told, photo: Told, said: Said
) -> None:
    here, picture = f"listings/{listing['ListingKey']}", f"pictures/{staged['RenderId']}"
    hook = partner.post("webhooks", {"Url": "https://example.com/hook"})
    refused = [
        ("POST", f"{picture}/verdict", {"Verdict": "approved"}),
        ("POST", f"{picture}/override", {"Name": "Ann", "Reason": "it is fine"}),
        ("DELETE", f"{here}/photos/{photo['MediaKey']}", None),
        ("DELETE", here, None),
        ("PATCH", here, {"ArchivedYN": True}),
        ("DELETE", f"webhooks/{hook['WebhookKey']}", None),
    ]
    for method, path, body in refused:
        answer = renderer.ask(method, path, body)
        said(answer, 403, "key_scope")
        assert answer.json()["error"].endswith("(render; this needs admin)")
    assert StagedPhoto.objects.get().verdict == "pending"
    assert ListingPhoto.objects.filter(removed_at__isnull=True).count() == 1
    assert Listing.objects.filter(archived_at__isnull=True).count() == 1
    assert WebhookSubscription.objects.count() == 1

    assert partner.post(f"{picture}/verdict", {"Verdict": "approved"})["Verdict"] == "approved"
    assert partner.ask("DELETE", here).json()["ArchivedYN"] is True


def test_an_address_without_the_method_says_so_to_any_key(renderer: Partner, said: Said) -> None:
    said(renderer.ask("DELETE", "listings"), 405, "method_not_allowed")


def test_the_document_says_what_takes_an_admin(client: Any) -> None:
    paths = client.get("/api/docs/openapi.json").json()["paths"]
    told = {
        (path.removeprefix("/api/v2/"), method)
        for path, methods in paths.items()
        for method, operation in methods.items()
        if "scope `admin`" in operation.get("description", "")
    }
    assert told == {
        ("listings/{key}", "patch"),
        ("listings/{key}", "delete"),
        ("listings/{key}/photos/{media}", "delete"),
        ("pictures/{public_id}/verdict", "post"),
        ("pictures/{public_id}/override", "post"),
        ("webhooks/{key}", "delete"),
    }
