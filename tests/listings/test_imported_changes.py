"""What people change here and what the MLS changes: neither is lost, and nothing is overwritten silently."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from billing.models import Account, User
from listings import photos, records
from listings.models import Connection, ImportedListing, Listing
from listings.reso import merging
from staging import sources
from tests.listings.reso_stand_in import StandIn
from tests.listings.test_importing import connect, run_through
from tests.staging.pictures import encoded

KEY = "H000001"


@pytest.fixture(autouse=True)
def swift(settings: Any) -> None:
    """A provider on loopback."""
    settings.FETCH_ALLOW_PRIVATE = True


@pytest.fixture
def provider() -> Iterator[StandIn]:
    """A provider of three listings."""
    with StandIn(3) as found:
        yield found


@pytest.fixture
def connection(account: Account, provider: StandIn) -> Connection:
    """A connection that has been imported once."""
    made = connect(account, provider)
    run_through(made)
    return made


def here() -> Listing:
    return Listing.objects.get(listing_key=KEY)


def test_what_a_person_changed_stays_and_the_rest_follows_the_mls(connection: Connection, provider: StandIn) -> None:
    version = here().version
    records.change(here(), version, public_remarks="Our own words.")
    provider.change(KEY, ListPrice=5)
    run_through(connection)
    assert (here().public_remarks, here().list_price) == ("Our own words.", 5)
    assert here().imported.conflicts == {}
    # Whoever had the form open meanwhile is told.
    assert here().version == version + 2


def test_both_changed_is_told_and_decided_by_a_person(connection: Connection, provider: StandIn) -> None:
    records.change(here(), here().version, public_remarks="Our own words.")
    provider.change(KEY, PublicRemarks="The MLS's new words.")
    run_through(connection)
    assert here().public_remarks == "Our own words."
    assert here().imported.conflicts == {"PublicRemarks": "The MLS's new words."}

    merging.keep_ours(here())
    provider.change(KEY, ListPrice=6)
    run_through(connection)
    assert here().imported.conflicts == {}

    provider.change(KEY, PublicRemarks="The MLS's newest words.", ListPrice=7)
    run_through(connection)
    merging.take_theirs(here())
    assert (here().public_remarks, here().list_price) == ("The MLS's newest words.", 7)
    assert here().imported.conflicts == {}


def test_photos_follow_the_mls_but_not_against_a_person(account: Account, owner: User, settings: Any) -> None:
    with StandIn(1, photos=3) as provider:
        connection = connect(account, provider)
        run_through(connection)
        listing = Listing.objects.get()
        own, _ = photos.add(listing, sources.accept(account, raw=encoded()), user=owner)

        media = provider.houses["H000000"]["Media"]
        media[0]["Order"], media[2]["Order"] = 2, 0
        provider.change("H000000", PhotosChangeTimestamp="2027-01-01T00:00:00Z")
        run_through(connection)
        assert said(listing) == ["Photo 3", "Photo 2", "Photo 1", ""]

        # A person orders them; what the MLS says later of the order is no longer taken.
        photos.reorder(listing, [one.media_key for one in reversed(list(photos.of_listing(listing)))])
        media[0]["Order"], media[2]["Order"] = 0, 2
        provider.change("H000000", PhotosChangeTimestamp="2027-01-02T00:00:00Z")
        run_through(connection)
        assert said(listing) == ["", "Photo 1", "Photo 2", "Photo 3"]

        # What a person removed stays away, what the MLS removed goes, and the person's own stays.
        photos.remove(photos.of_listing(listing).get(short_description="Photo 2"))
        del media[2]
        provider.change("H000000", PhotosChangeTimestamp="2027-01-03T00:00:00Z")
        run_through(connection)
        assert said(listing) == ["", "Photo 1"]
        assert photos.of_listing(listing).first() == own


def said(listing: Listing) -> list[str]:
    return [photo.short_description for photo in photos.of_listing(listing)]


def test_words_of_the_mls_that_are_nobodys_are_kept_and_can_be_mapped(
    connection: Connection, provider: StandIn
) -> None:
    provider.change(KEY, StandardStatus="Temp Off", MlsStatus="")
    run_through(connection)
    connection.refresh_from_db()
    assert connection.unmapped == {"StandardStatus": ["Temp Off"]}
    assert (here().standard_status, here().mls_status) == ("Active Under Contract", "Temp Off")
    assert here().local_fields["StandardStatus"] == "Temp Off"

    Connection.objects.update(mapping={"StandardStatus": {"Temp Off": "Hold"}})
    provider.change(KEY, ListPrice=3)
    run_through(connection)
    assert here().standard_status == "Hold"


def test_values_that_cannot_be_read_are_told_and_the_rest_is_taken(connection: Connection, provider: StandIn) -> None:
    provider.change(KEY, ListPrice="a lot", BedroomsTotal=9)
    run = run_through(connection)
    assert here().bedrooms_total == 9
    assert here().list_price == 301000
    assert [(one["key"], one["name"]) for one in run.problems] == [(KEY, "ListPrice")]


def test_accounts_with_the_same_mls_have_listings_of_their_own(
    connection: Connection, provider: StandIn, stranger_account: Account
) -> None:
    run_through(connect(stranger_account, provider))
    assert Listing.objects.filter(listing_key=KEY).count() == 2
    assert ImportedListing.objects.filter(listing__account=stranger_account).count() == 3
