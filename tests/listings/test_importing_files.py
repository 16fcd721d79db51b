"""Importing files: RESO Common Format JSON and CSV, with errors that name the row."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from billing.models import Account, User
from listings import deliveries, photos, records
from listings.models import Import, Listing, Profile
from listings.reso import imports
from staging import sources
from tests.listings.reso_stand_in import StandIn
from tests.staging.pictures import encoded

CSV = """ListingKey,ListingId,UnparsedAddress,City,ListPrice,StandardStatus,BedroomsTotal,SolarYN
K1,1,"12 Elm Street, rear",Salem,"$450,000.50",Active,3,Y
K2,2,7 Oak Avenue,Salem,a lot,Active,2,N
,,Nowhere,Salem,1,Active,1,N
K4,4,9 Pine Road,Salem,100,Sleeping,2,N
"""


def taken(account: Account, data: str | bytes, name: str = "house.csv") -> Import:
    """The file, imported as a worker does."""
    raw = data if isinstance(data, bytes) else data.encode()
    run = imports.start_file(account, raw, file_name=name, source="Our sheet")
    while run.state in imports.UNFINISHED:
        imports.work(run.pk)
        run.refresh_from_db()
    return run


def test_a_csv_comes_in_but_for_the_rows_that_are_wrong(account: Account) -> None:
    run = taken(account, "\ufeff" + CSV)
    assert (run.state, run.created, run.refused, run.total) == ("done", 2, 2, 4)
    first = Listing.objects.get(listing_key="K1")
    assert (first.unparsed_address, str(first.list_price)) == ("12 Elm Street, rear", "450000.50")
    assert (first.originating_system_name, first.local_fields) == ("Our sheet", {"SolarYN": "Y"})
    assert Listing.objects.get(listing_key="K4").mls_status == "Sleeping"
    assert [(one["row"], one["name"]) for one in run.problems] == [(3, "ListPrice"), (4, ""), (5, "StandardStatus")]
    assert run.problems[0]["why"] == "“a lot” is not a number"

    # Mended and sent again, only what is new is made.
    again = taken(account, CSV.replace("a lot", "400000"))
    assert (again.created, again.changed, Listing.objects.count()) == (1, 0, 3)


@pytest.mark.parametrize("wrapped", [True, False])
def test_reso_common_format(account: Account, wrapped: bool) -> None:
    record = {"ListingKey": "K1", "UnparsedAddress": "12 Elm Street", "PropertyType": "ResidentialLease"}
    told: Any = {"@reso.context": "urn:reso:metadata:2.0:resource:property", "value": [record]} if wrapped else record
    run = taken(account, json.dumps(told), "house.json")
    assert (run.state, run.created) == ("done", 1)
    assert Listing.objects.get().property_type == "Residential Lease"


def test_photos_of_a_file_are_fetched(account: Account, settings: Any) -> None:
    settings.FETCH_ALLOW_PRIVATE, settings.IMPORT_REQUESTS_PER_SECOND = True, 1000
    with StandIn(1, photos=1) as provider:
        address = f"{provider.base}/photos/H000000-0.jpg?g=1"
        media = [
            {"MediaKey": "a", "MediaURL": address, "MediaAlteration": ["Virtual Staging - Item Addition"]},
            {"MediaKey": "b", "MediaURL": "file:///etc/passwd"},
            {"MediaKey": "c", "MediaURL": f"{provider.base}/photos/none.jpg?g=1"},
        ]
        record = {"ListingKey": "K1", "UnparsedAddress": "12 Elm Street", "Media": media}
        run = taken(account, json.dumps(record), "house.json")
    assert (run.state, run.photos_done, run.photos_failed) == ("done", 1, 2)
    assert Listing.objects.get().photos.get().media_alteration == ["Virtual Staging - Item Addition"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xff\xfe\x00", "not UTF-8"),
        ("{", "not JSON"),
        ("[]", "no records"),
        ("a,b\n1,2\n", "no RESO names"),
        ("", "no RESO names"),
    ],
)
def test_files_that_are_none_are_refused_in_words(account: Account, data: str | bytes, why: str) -> None:
    run = taken(account, data)
    assert run.state == "failed"
    assert why in run.error
    assert not Listing.objects.exists()


def test_media_of_no_listing_is_refused(account: Account) -> None:
    run = taken(account, "MediaKey,ResourceRecordKey,MediaURL\nm1,K9,http://example.com/a.jpg\n")
    assert (run.state, run.refused) == ("done", 1)
    assert run.problems[0]["key"] == "K9"
    assert not Listing.objects.exists()


def test_by_the_command(account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    file = tmp_path / "house.csv"
    file.write_text(CSV)
    call_command("import_listings", file=file, account="owner@example.com")
    said = capsys.readouterr().out
    assert "photos done: 4/4 read, 2 new, 0 changed, 0 gone, 2 refused" in said
    assert "row 3 K2 ListPrice: “a lot” is not a number" in said
    settings.IMPORT_FILE_MAX_BYTES = 10
    with pytest.raises(CommandError, match="IMPORT_FILE_MAX_BYTES"):
        call_command("import_listings", file=file, account="owner@example.com")


def test_a_photo_that_came_altered_is_not_delivered_as_an_original(account: Account, owner: User) -> None:
    listing = records.create(account, unparsed_address="12 Elm Street")
    photos.add(listing, sources.accept(account, raw=encoded()), user=owner)
    photos.of_listing(listing).update(media_alteration=["Virtual Renovation"])
    profile = Profile.objects.get(slug="bay-east-ccar")
    asked = deliveries.request(listing, profile, preset="mls_small", labelled=False, user=owner)
    deliveries.build(asked.pk)
    asked.refresh_from_db()
    with zipfile.ZipFile(asked.file.open("rb")) as archive:
        (media,) = json.loads(archive.read("manifest.json"))["Media"]
        assert b"Original, unaltered" not in archive.read(media["MediaURL"])
        assert "the original is not in this delivery" in archive.read("DISCLOSURE.txt").decode()
    assert (media["MediaURL"], media["MediaAlteration"]) == ("001_photo_altered.jpg", ["Virtual Renovation"])
