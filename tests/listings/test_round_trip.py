"""Out in RESO names and in again, into another account: the same listings, pictures and alterations."""

from __future__ import annotations

import csv
import io
import json
import threading
import uuid
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.test import Client

from billing.models import Account, User
from listings import batches, originals, photos, records, reviews
from listings.models import Import, Listing, OriginalPage
from listings.reso import imports, names
from staging import sources
from staging.briefs import RoomType, Style
from tests.listings.conftest import signed_in
from tests.listings.test_delivery import staged_picture
from tests.listings.test_photos_of_a_listing import jpeg

SAID = (
    "ImageOf",
    "ShortDescription",
    "LongDescription",
    "MediaAlteration",
    "Order",
    "PreferredPhotoYN",
    "MediaCategory",
)


class Quiet(WSGIRequestHandler):
    """Says nothing of requests."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def listing(account: Account, owner: User) -> Listing:
    """A listing with all sorts of values, one photo as it was taken and one with an approved picture."""
    listing = records.create(
        account, unparsed_address="12 Elm Street", list_price="450000.50", living_area="1450.25", bedrooms_total=3,
        latitude="44.94000000", longitude="-123.03000000", standard_status="Active Under Contract",
        property_type="Residential Lease", public_remarks='Bright, "airy"\nand -high', disclaimer="=1+1",
        list_agent_full_name="Dana Ñandú", internet_address_display_yn=False, close_date="2026-10-01",
        originating_system_name="Test MLS", local_fields={"XYZ_Solar": "Owned"},
    )  # fmt: skip
    for number in range(2):
        photos.add(listing, sources.accept(account, raw=jpeg(number)), user=owner, file_name="kitchen.jpg")
    first = next(iter(photos.of_listing(listing)))
    (staged,) = batches.stage(listing, [(first, RoomType.LIVING)], style=Style.MODERN, batch=uuid.uuid4(), user=owner)
    staged_picture(staged.render)
    reviews.approve(staged, owner)
    originals.keep_copies(OriginalPage.objects.get().pk)
    return listing


@pytest.fixture
def pictures(listing: Listing, settings: Any) -> Iterator[None]:
    """Our own addresses answer over HTTP, with the files that this test has."""
    found: dict[str, tuple[str, bytes]] = {}

    def app(environ: dict[str, Any], start: Any) -> list[bytes]:
        kind, body = found[environ["PATH_INFO"]]
        start("200 OK", [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    server: WSGIServer = make_server("127.0.0.1", 0, app, handler_class=Quiet)
    settings.PUBLIC_URL = f"http://127.0.0.1:{server.server_port}"
    settings.FETCH_ALLOW_PRIVATE, settings.IMPORT_REQUESTS_PER_SECOND = True, 1000
    for photo in photos.of_listing(listing):
        with photo.photo.picture.open("rb") as file:
            found[f"/photos/{photo.photo.uuid}/picture.png"] = ("image/png", file.read())
    page = OriginalPage.objects.get()
    with page.altered.open("rb") as file:
        found[f"/o/{page.code}/altered.jpg"] = ("image/jpeg", file.read())
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield
    server.shutdown()
    server.server_close()


def taken_out(user: User, what: str) -> str:
    answer = signed_in(user).get(f"/listings/export/{what}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def put_in(account: Account, data: str, name: str) -> Import:
    run = imports.start_file(account, data.encode(), file_name=name, source="elsewhere")
    while run.state in imports.UNFINISHED:
        imports.work(run.pk)
        run.refresh_from_db()
    assert (run.state, run.refused, run.photos_failed) == ("done", 0, 0), (run.error, run.problems)
    return run


@pytest.mark.parametrize("form", ["json", "csv"])
def test_out_and_in_again(
    form: str, listing: Listing, pictures: None, owner: User, stranger: User, stranger_account: Account
) -> None:
    if form == "json":
        put_in(stranger_account, taken_out(owner, "reso.json"), "reso.json")
    else:
        put_in(stranger_account, taken_out(owner, "property.csv"), "property.csv")
        put_in(stranger_account, taken_out(owner, "media.csv"), "media.csv")

    (before,), (after,) = (json.loads(taken_out(user, "reso.json"))["value"] for user in (owner, stranger))
    for name in (*names.PROPERTY, "ListingKey", "OriginatingSystemName"):
        assert after[name] == before[name], name
    told = [[{name: one[name] for name in SAID} for one in record["Media"]] for record in (before, after)]
    assert told[0] == told[1]
    assert [one["MediaAlteration"] for one in told[0]] == [["None"], ["Virtual Staging - Item Addition"], ["None"]]
    assert "XYZ_Solar" in after or form == "csv"
    # Put in once more, nothing is doubled.
    put_in(stranger_account, taken_out(owner, "reso.json"), "reso.json")
    again = Listing.objects.get(account=stranger_account)
    assert photos.of_listing(again).count() == 3


def test_spreadsheets_take_no_cell_for_a_formula(listing: Listing, owner: User) -> None:
    (row,) = csv.DictReader(io.StringIO(taken_out(owner, "property.csv").removeprefix("\ufeff")))
    assert (row["Disclaimer"], row["Longitude"]) == ("'=1+1", "-123.03000000")


def test_nobody_takes_out_what_is_anothers(listing: Listing, stranger: User, stranger_account: Account) -> None:
    assert json.loads(taken_out(stranger, "reso.json"))["value"] == []
    assert "location" in Client().get("/listings/export/reso.json").headers
    assert signed_in(stranger).get("/listings/export/all.xml").status_code == 404
