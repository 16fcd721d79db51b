"""Listings by the API: RESO's names, pages, conditions, and everything that may be wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from billing import accounts, keys
from billing.models import Account
from listings import records
from listings.models import Listing
from tests.listings.api.conftest import Partner, Told

Said = Callable[..., None]


def test_a_listing_comes_back_as_it_was_sent(partner: Partner, account: Account) -> None:
    sent = {
        "ListingKey": "RLS-1", "OriginatingSystemName": "Rebny", "UnparsedAddress": "12 Elm Street", "City": "Fresno",
        "StandardStatus": "Active", "PropertyType": "Residential", "ListPrice": 489000.5, "BedroomsTotal": 3,
        "Latitude": 36.7378, "InternetAddressDisplayYN": False, "OnMarketDate": "2026-11-01",
        "PublicRemarks": "Bright.", "ListingURL": "https://example.com/12",
    }  # fmt: skip
    made = partner.post("listings", sent)
    assert {name: made[name] for name in sent} == sent
    assert made["PhotosCount"] == 0
    assert partner.get("listings/RLS-1") == made
    row = Listing.objects.get()
    assert (row.account, row.list_price, row.internet_address_display_yn) == (account, 489000.5, False)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["UnparsedAddress"]),
        ({"UnparsedAddress": "x", "Colour": "red"}, ["Colour"]),
        ({"UnparsedAddress": "x", "ListPrice": "cheap", "BedroomsTotal": -1}, ["ListPrice", "BedroomsTotal"]),
        ({"UnparsedAddress": "x", "StandardStatus": "Gone"}, ["StandardStatus"]),
        ({"UnparsedAddress": "x" * 256}, ["UnparsedAddress"]),
        ({"UnparsedAddress": "x", "ListPrice": {"a": 1}}, ["ListPrice"]),
        ({"UnparsedAddress": "x", "ListingKey": 7}, ["ListingKey"]),
    ],
)
def test_all_that_is_wrong_is_told_at_once(partner: Partner, said: Said, body: Told, fields: list[str]) -> None:
    said(partner.ask("POST", "listings", body), 400, "invalid_field", *fields)
    assert not Listing.objects.exists()


def test_a_body_that_is_none(partner: Partner, said: Said) -> None:
    answer = partner.client.post("/api/v2/listings", "[1", content_type="application/json", headers=partner.headers)
    said(answer, 400, "invalid_request")


def test_the_same_request_twice_makes_one(partner: Partner, said: Said) -> None:
    body = {"UnparsedAddress": "12 Elm Street"}
    first = partner.post("listings", body, Idempotency_Key="a")
    assert partner.post("listings", body, Idempotency_Key="a") == first
    assert partner.post("listings", body, Idempotency_Key="b")["ListingKey"] != first["ListingKey"]
    other = partner.ask("POST", "listings", {"UnparsedAddress": "13"}, {"Idempotency-Key": "a"})
    said(other, 409, "idempotency_conflict")
    assert Listing.objects.count() == 2


def test_a_key_is_taken_once_a_system(partner: Partner, said: Said) -> None:
    body = {"UnparsedAddress": "x", "ListingKey": "K 1"}
    partner.post("listings", body)
    said(partner.ask("POST", "listings", body), 409, "listing_exists")
    partner.post("listings", {**body, "OriginatingSystemName": "MLS"})
    said(partner.ask("GET", "listings/K 1"), 409, "ambiguous_listing")
    assert partner.get("listings/K 1", OriginatingSystemName="MLS")["OriginatingSystemName"] == "MLS"
    assert partner.get("listings/K 1", OriginatingSystemName="")["OriginatingSystemName"] == ""


def test_what_is_not_given_stays_and_an_older_state_changes_nothing(
    partner: Partner, listing: Told, said: Said
) -> None:
    path = f"listings/{listing['ListingKey']}"
    first = partner.ask("GET", path)
    assert partner.ask("GET", path, headers={"If-None-Match": first["ETag"]}).status_code == 304
    changed = partner.ask("PATCH", path, {"ListPrice": 5}, {"If-Match": first["ETag"]})
    assert changed.json() == {
        **listing, "ListPrice": 5.0, "ModificationTimestamp": changed.json()["ModificationTimestamp"]
    }  # fmt: skip
    assert partner.ask("GET", path, headers={"If-None-Match": first["ETag"]})["ETag"] == changed["ETag"]

    said(partner.ask("PATCH", path, {"City": "Reno"}, {"If-Match": first["ETag"]}), 412, "precondition_failed")
    said(partner.ask("DELETE", path, headers={"If-Match": first["ETag"]}), 412, "precondition_failed")
    assert partner.get(path)["City"] == "Fresno"
    said(partner.ask("PATCH", path, {"UnparsedAddress": ""}), 400, "invalid_field", "UnparsedAddress")


def test_a_photo_is_a_change_of_the_listing(partner: Partner, listing: Told) -> None:
    path = f"listings/{listing['ListingKey']}"
    before = partner.ask("GET", path)["ETag"]
    partner.upload(listing)
    after = partner.ask("GET", path, headers={"If-None-Match": before})
    assert (after.status_code, after.json()["PhotosCount"]) == (200, 1)


def test_archived_ones_leave_the_list_and_come_back(partner: Partner, listing: Told) -> None:
    path = f"listings/{listing['ListingKey']}"
    assert partner.ask("DELETE", path).json()["ArchivedYN"] is True
    assert partner.get("listings")["value"] == []
    assert [one["ListingKey"] for one in partner.get("listings", ArchivedYN="true")["value"]] == [listing["ListingKey"]]
    assert partner.ask("PATCH", path, {"ArchivedYN": False}).json()["ArchivedYN"] is False


def test_pages_follow_each_other_and_leave_none_out(partner: Partner, account: Account) -> None:
    made = [records.create(account, unparsed_address=f"{number} Pine") for number in range(7)]
    first = partner.get("listings", limit=3)
    assert [one["UnparsedAddress"] for one in first["value"]] == ["0 Pine", "1 Pine", "2 Pine"]
    # One of the first page changes meanwhile: it comes again at the end.
    records.change(made[1], made[1].version, city="Reno")
    seen, page = list(first["value"]), first["next"]
    while page:
        told = partner.client.get(page, headers=partner.headers).json()
        seen, page = seen + told["value"], told["next"]
    assert [one["UnparsedAddress"] for one in seen] == [f"{number} Pine" for number in (0, 1, 2, 3, 4, 5, 6, 1)]
    since = first["value"][-1]["ModificationTimestamp"]
    assert len(partner.get("listings", ModifiedSince=since)["value"]) == 5


def test_filters(partner: Partner) -> None:
    for number, city, status in ((1, "Reno", "Active"), (2, "Reno", "Closed"), (3, "Fresno", "Active")):
        partner.post("listings", {"UnparsedAddress": f"{number} Oak", "City": city, "StandardStatus": status})

    def found(**query: str) -> list[str]:
        return [one["UnparsedAddress"] for one in partner.get("listings", **query)["value"]]

    assert found(City="Reno") == ["1 Oak", "2 Oak"]
    assert found(City="Reno", StandardStatus="Closed") == ["2 Oak"]
    assert found(q="oak 3") == ["3 Oak"]


@pytest.mark.parametrize(
    "query", [{"limit": "x"}, {"limit": "500"}, {"cursor": "x"}, {"StandardStatus": "Gone"}, {"ModifiedSince": "now"}]
)
def test_a_query_that_cannot_be_meant(partner: Partner, said: Said, query: dict[str, str]) -> None:
    said(partner.ask("GET", "listings", **query), 400, "invalid_field", *query)


def test_a_stranger_finds_nothing(other: Partner, listing: Told, said: Said) -> None:
    key = listing["ListingKey"]
    for method, path in [
        ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/photos"), ("POST", "/photos"), ("PUT", "/photos/order"),
        ("GET", "/pictures"), ("POST", "/pictures"), ("GET", "/deliveries"), ("POST", "/deliveries"),
    ]:  # fmt: skip
        said(other.ask(method, f"listings/{key}{path}", {}), 404, "not_found")
    assert other.get("listings")["value"] == []


def test_who_may_call(listing: Told, said: Said) -> None:
    answer = Partner("").ask("GET", "listings")
    said(answer, 401, "invalid_api_key")
    assert answer["WWW-Authenticate"] == "Api-Key"
    free = accounts.open_account("free@example.com", "a long enough password", "free", name="Free")
    said(Partner(keys.create(free, "free")[1]).ask("GET", "listings"), 403, "plan_without_api")


def test_other_addresses_and_methods_are_json_too(partner: Partner, said: Said) -> None:
    said(partner.ask("GET", "nothing/here"), 404, "not_found")
    said(partner.ask("DELETE", "listings"), 405, "method_not_allowed")
    assert partner.ask("GET", "listings/").status_code == 200


def test_a_browser_of_any_origin_may_ask(partner: Partner, listing: Told) -> None:
    preflight: Any = Partner("").client.options(f"/api/v2/listings/{listing['ListingKey']}")
    assert preflight.status_code == 200
    assert {"PATCH", "PUT", "DELETE"} <= set(preflight["Access-Control-Allow-Methods"].split(", "))
    assert {"if-match", "idempotency-key"} <= set(preflight["Access-Control-Allow-Headers"].split(", "))
    assert "etag" in partner.ask("GET", "listings")["Access-Control-Expose-Headers"]


def test_a_key_that_may_only_read_is_told_so(partner: Partner, listing: Told, account: Account, said: Said) -> None:
    reader = Partner(keys.create(account, "reader", scope="read")[1])
    assert reader.get(f"listings/{listing['ListingKey']}") == listing
    said(reader.ask("POST", "listings", {"UnparsedAddress": "x"}), 403, "key_scope")
    assert Listing.objects.count() == 1
