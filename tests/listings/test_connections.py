"""The page of connections: made, changed, imported from, removed; whose they are, and that secrets stay unseen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from billing.models import Account, User
from listings import records
from listings.models import Connection, Import, Listing
from listings.reso import imports
from tests.listings.conftest import signed_in
from tests.listings.reso_stand_in import StandIn
from tests.listings.test_every_page import complaints
from tests.listings.test_importing import connect, run_through

PAGE = "/account/connections/"


@pytest.fixture(autouse=True)
def swift(settings: Any) -> None:
    """A provider on loopback."""
    settings.FETCH_ALLOW_PRIVATE = True


@pytest.fixture
def provider() -> Iterator[StandIn]:
    """A provider of four listings."""
    with StandIn(4) as found:
        yield found


def form(provider: StandIn, **more: Any) -> dict[str, Any]:
    given = {"name": "Test MLS", "address": provider.url, "token": "static-token", "requests_per_second": "100"}
    return given | {"every_minutes": "60"} | more


def test_an_mls_is_connected_and_its_listings_come(browser: Client, provider: StandIn) -> None:
    made = browser.post(f"{PAGE}new/", form(provider))
    assert made.status_code == 302
    run = Import.objects.get()
    assert "Under way" in browser.get(PAGE).content.decode()
    while run.state in imports.UNFINISHED:
        imports.work(run.pk)
        run.refresh_from_db()
    text = browser.get(f"/account/imports/{run.key}/").content.decode()
    assert "4 read: 4 new, 0 changed, 0 gone, 0 refused." in text
    assert (complaints(text), complaints(browser.get(PAGE).content.decode())) == ([], [])
    assert (
        "From Test MLS (H000002)"
        in browser.get(f"/listings/{Listing.objects.get(listing_key='H000002').pk}/").content.decode()
    )


def test_secrets_are_not_shown_again_and_stay_when_left_empty(browser: Client, provider: StandIn) -> None:
    browser.post(f"{PAGE}new/", form(provider))
    connection = Connection.objects.get()
    text = browser.get(f"{PAGE}{connection.pk}/").content.decode()
    assert complaints(text) == []
    assert "static-token" not in text + browser.get(PAGE).content.decode()
    browser.post(f"{PAGE}{connection.pk}/", form(provider, token="", every_minutes="0"))
    connection.refresh_from_db()
    assert (connection.token, connection.every_minutes) == ("static-token", 0)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"token": ""}, "Give a token"),
        ({"token": "", "client_id": "a"}, "Give a token"),
        ({"address": "file:///etc/passwd"}, "http:// or https://"),
        ({"address": "https://user:word@mls.example/"}, "user name"),
        ({"requests_per_second": "0"}, "Between 0.01 and 100"),
    ],
)
def test_what_cannot_be_is_said(browser: Client, provider: StandIn, wrong: dict[str, str], said: str) -> None:
    answer = browser.post(f"{PAGE}new/", form(provider, **wrong))
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not Connection.objects.exists()


def test_the_same_name_twice_is_told(browser: Client, provider: StandIn) -> None:
    browser.post(f"{PAGE}new/", form(provider))
    assert "of this name already" in browser.post(f"{PAGE}new/", form(provider)).content.decode()


def test_words_of_the_mls_are_mapped(browser: Client, provider: StandIn, account: Account) -> None:
    connection = connect(account, provider)
    provider.change("H000001", StandardStatus="Temp Off")
    run_through(connection)
    assert "StandardStatus: Temp Off" in browser.get(f"{PAGE}{connection.pk}/").content.decode()
    told = {"name": "StandardStatus", "local": "Temp Off", "known": "Hold"}
    browser.post(f"{PAGE}{connection.pk}/words/", told)
    connection.refresh_from_db()
    assert (connection.mapping, connection.unmapped) == (
        {"StandardStatus": {"Temp Off": "Hold"}},
        {"StandardStatus": []},
    )
    assert browser.post(f"{PAGE}{connection.pk}/words/", told | {"known": "Sleeping"}).status_code == 404


def test_a_removed_connection_stops_and_its_listings_stay(browser: Client, provider: StandIn, account: Account) -> None:
    connection = connect(account, provider)
    run_through(connection)
    run = imports.start(connection)
    browser.post(f"{PAGE}{connection.pk}/remove/")
    run.refresh_from_db()
    connection.refresh_from_db()
    assert (run.state, connection.client_secret, Listing.objects.count()) == ("stopped", "", 4)
    assert browser.get(f"{PAGE}{connection.pk}/").status_code == 404


def test_a_conflict_is_shown_and_decided(browser: Client, provider: StandIn, account: Account) -> None:
    connection = connect(account, provider)
    run_through(connection)
    listing = Listing.objects.get(listing_key="H000001")
    records.change(listing, listing.version, public_remarks="Ours.")
    provider.change("H000001", PublicRemarks="Theirs.")
    run_through(connection)
    text = browser.get(f"/listings/{listing.pk}/").content.decode()
    assert complaints(text) == []
    assert "Changed here and at the MLS" in text
    assert "Theirs." in text
    browser.post(f"/listings/{listing.pk}/conflicts/", {"take": "1"})
    listing.refresh_from_db()
    assert listing.public_remarks == "Theirs."


def test_a_file_is_imported_and_its_errors_are_shown(browser: Client) -> None:
    data = b"ListingKey,UnparsedAddress,ListPrice\nK1,12 Elm Street,a lot\nK2,7 Oak Avenue,5\n"
    sent = {"file": SimpleUploadedFile("houses.csv", data), "source": "My sheet"}
    answer = browser.post("/account/imports/file/", sent)
    imports.work(Import.objects.get().pk)
    text = browser.get(answer["Location"]).content.decode()
    assert "<td>2</td><td>K1</td><td>ListPrice</td><td>“a lot” is not a number</td>" in text
    assert Listing.objects.get().listing_key == "K2"


def test_an_agent_imports_files_and_changes_no_connection(team_mate: User, provider: StandIn) -> None:
    theirs = signed_in(team_mate)
    assert theirs.get(PAGE).status_code == 200
    assert theirs.get(f"{PAGE}new/").status_code == 403
    assert theirs.post(f"{PAGE}new/", form(provider)).status_code == 403
    assert not Connection.objects.exists()


def test_a_stopped_import_goes_on_where_it_was(browser: Client, provider: StandIn, account: Account) -> None:
    provider.switches.page_size = 1
    run = imports.start(connect(account, provider))
    held = imports._claim(run.pk)
    assert held is not None
    imports.portions.do(held, imports.Provider(held.connection))
    browser.post(f"/account/imports/{run.key}/change/", {"stop": "1"})
    run.refresh_from_db()
    assert (run.state, run.created) == ("stopped", 1)
    browser.post(f"/account/imports/{run.key}/change/")
    imports.work(run.pk)
    run.refresh_from_db()
    assert (run.state, run.created) == ("done", 4)
    assert provider.rows == ["H000000", "H000001", "H000002", "H000003"]
