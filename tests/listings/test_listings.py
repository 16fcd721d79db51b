"""Listings: made by address or MLS number, found, changed by two people at once, archived; a stranger sees none."""

from __future__ import annotations

import pytest
from django.test import Client

from billing.models import Account, User
from listings import records
from listings.models import Listing
from tests.listings.conftest import signed_in
from tests.listings.forms import form_of


@pytest.fixture
def listing(account: Account) -> Listing:
    """A listing of `account`."""
    return records.create(account, unparsed_address="12 Elm Street", city="Salem", postal_code="97301")


def test_a_listing_is_made_by_its_address(browser: Client, account: Account) -> None:
    answer = browser.post("/listings/new/", {"unparsed_address": "7 Oak Avenue", "city": "Bend"}, follow=True)
    assert answer.status_code == 200
    assert "7 Oak Avenue" in answer.content.decode()
    made = Listing.objects.get(account=account)
    assert (made.unparsed_address, made.standard_status) == ("7 Oak Avenue", "Incomplete")


def test_a_listing_is_made_by_its_mls_number(browser: Client, account: Account) -> None:
    answer = browser.post("/listings/new/", {"listing_id": "SR4711"}, follow=True)
    assert "MLS SR4711" in answer.content.decode()


def test_neither_address_nor_number_makes_no_listing(browser: Client) -> None:
    answer = browser.post("/listings/new/", {"city": "Bend"})
    assert answer.status_code == 400
    assert "MLS number below" in answer.content.decode()
    assert not Listing.objects.exists()


def test_finding(browser: Client, account: Account, listing: Listing) -> None:
    records.create(account, listing_id="SR99", standard_status="Active")
    assert titles(browser, "q=elm+97301") == ["12 Elm Street"]
    assert titles(browser, "q=sr99") == ["MLS SR99"]
    assert titles(browser, "status=Active") == ["MLS SR99"]
    assert titles(browser, "q=nowhere") == []
    assert titles(browser, "status=nonsense") == ["MLS SR99", "12 Elm Street"]


def titles(browser: Client, query: str) -> list[str]:
    """What the list shows."""
    return [one.title for one, _ in browser.get(f"/listings/?{query}").context["listings"]]


def test_the_archive_keeps_a_listing_out_of_the_list(browser: Client, listing: Listing) -> None:
    browser.post(f"/listings/{listing.pk}/archive/")
    assert titles(browser, "") == []
    assert titles(browser, "archived=1") == ["12 Elm Street"]
    browser.post(f"/listings/{listing.pk}/archive/", {"restore": "1"})
    assert titles(browser, "") == ["12 Elm Street"]


def test_two_people_do_not_lose_each_others_words(browser: Client, listing: Listing, team_mate: User) -> None:
    other = signed_in(team_mate)
    path = f"/listings/{listing.pk}/edit/"
    mine, late = (form_of(one.get(path).content.decode(), "public_remarks") for one in (browser, other))
    assert browser.post(path, mine | {"public_remarks": "Bright corner lot."}).status_code == 302
    answer = other.post(path, late | {"public_remarks": "Close to the park."})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Somebody else has changed this meanwhile" in page
    assert "Bright corner lot." in page
    kept = form_of(page, "public_remarks")
    assert kept["public_remarks"] == "Close to the park."
    listing.refresh_from_db()
    assert listing.public_remarks == "Bright corner lot."
    # Having looked, the second person saves on purpose.
    assert other.post(path, kept | {"public_remarks": "Bright corner lot, close to the park."}).status_code == 302
    listing.refresh_from_db()
    assert listing.public_remarks == "Bright corner lot, close to the park."


def test_a_new_status_says_since_when(account: Account, listing: Listing) -> None:
    before = listing.status_change_timestamp
    records.change(listing, 1, city="Portland")
    assert listing.status_change_timestamp == before
    records.change(listing, 2, standard_status="Active")
    assert listing.status_change_timestamp > before
