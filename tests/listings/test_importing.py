"""Importing from a RESO Web API provider over real HTTP: pages, tokens, bad days, and nothing twice."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from billing.models import Account
from listings.models import Connection, Import, ImportedPhoto, Listing, ListingPhoto
from listings.reso import imports
from tests.listings.reso_stand_in import StandIn

State = Import.State


@pytest.fixture(autouse=True)
def swift(settings: Any) -> None:
    """A provider on loopback."""
    settings.FETCH_ALLOW_PRIVATE = True


@pytest.fixture
def provider() -> Iterator[StandIn]:
    """A provider of 45 listings, of which two have two photos."""
    with StandIn(45, photos=2, every=30) as found:
        yield found


@pytest.fixture
def connection(account: Account, provider: StandIn) -> Connection:
    """The account's connection to it, by client credentials."""
    return connect(account, provider)


def connect(account: Account, provider: StandIn, **more: Any) -> Connection:
    given = {"client_id": "client", "client_secret": "secret", "token_address": f"{provider.base}/token", **more}
    return Connection.objects.create(
        account=account, name="Test MLS", address=provider.url, requests_per_second=10_000, **given
    )


def run_through(connection: Connection, most: int = 300) -> Import:
    """Import until it is over, as workers and the sweeper do; pauses pass at once."""
    run = imports.start(connection)
    for _ in range(most):
        imports.work(run.pk)
        run.refresh_from_db()
        if run.state not in imports.UNFINISHED:
            return run
        Import.objects.filter(pk=run.pk).update(due_at=timezone.now())
    raise AssertionError(f"still {run.state} in {run.phase}")


def test_everything_comes_in_once_and_a_second_run_brings_only_what_changed(
    connection: Connection, provider: StandIn, account: Account
) -> None:
    run = run_through(connection)

    assert (run.state, run.created, run.photos_done, run.total) == (State.DONE, 45, 4, 45)
    assert len(provider.rows) == 45
    first = Listing.objects.get(account=account, listing_key="H000030")
    assert (first.standard_status, first.property_type) == ("Active", "Residential")
    assert (first.property_sub_type, first.living_area_units, first.country) == (
        "Single Family Residence",
        "Square Feet",
        "US",
    )
    assert first.local_fields["XYZ_SolarPanels"] == "Owned"
    shown = list(first.photos.all())
    assert [(photo.order, photo.image_of, photo.room_type) for photo in shown] == [
        (0, "Living Room", "living"),
        (1, "Kitchen", "kitchen"),
    ]

    provider.forget()
    provider.change("H000003", ListPrice=1.0)
    provider.change_photo("H000030", 1)
    again = run_through(connection)
    assert (again.state, again.created, again.changed) == (State.DONE, 0, 2)
    assert (provider.rows, provider.photos) == (["H000003", "H000030"], ["H000030-1"])
    assert Listing.objects.get(listing_key="H000003").list_price == 1
    first.refresh_from_db()
    here = list(first.photos.filter(removed_at=None))
    assert [photo.image_of for photo in here] == ["Living Room", "Kitchen"]
    assert here[0].pk == shown[0].pk
    assert here[1].photo_id != shown[1].photo_id


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_bad_days_end_complete_and_without_doubles(account: Account, seed: int, settings: Any) -> None:
    settings.IMPORT_ATTEMPTS = 50
    bad = {"disconnects": 0.2, "busy": 0.2, "lost_cursors": 0.2, "retry_after": "0", "page_size": 7, "seed": seed}
    with StandIn(40, photos=1, every=10, **bad) as provider:
        run = run_through(connect(account, provider))
    assert run.state == State.DONE, run.error
    assert Listing.objects.count() == 40 == run.created
    assert ListingPhoto.objects.count() == 4 == ImportedPhoto.objects.filter(state="done").count()


def test_a_token_that_ends_early_is_renewed(account: Account) -> None:
    with StandIn(12, page_size=2, token_uses=2) as provider:
        run = run_through(connect(account, provider))
        assert run.state == State.DONE, run.error
        assert len(provider.tokens) == 3


@pytest.mark.parametrize("given", [{"client_secret": "wrong"}, {"client_id": "", "token": "wrong"}])
def test_a_refused_token_is_told(account: Account, provider: StandIn, given: dict[str, str]) -> None:
    run = run_through(connect(account, provider, **given))
    assert run.state == State.FAILED
    assert "does not accept" in run.error


def test_retry_after_is_honoured(connection: Connection, provider: StandIn) -> None:
    provider.switches.busy, provider.switches.retry_after = 1.0, "77"
    run = imports.start(connection)
    imports.work(run.pk)
    run.refresh_from_db()
    assert 70 < (run.due_at - timezone.now()).total_seconds() <= 77
    asked = len(provider.requests)
    imports.work(run.pk)  # a wake-up too early
    assert len(provider.requests) == asked


def test_the_pace_is_kept_by_photos_too(account: Account, provider: StandIn) -> None:
    provider.switches.page_size = 100
    connection = connect(account, provider)
    Connection.objects.update(requests_per_second=20)
    connection.refresh_from_db()
    run_through(connection)
    times = [moment for moment, _ in provider.requests]
    assert len(times) == 5
    assert times[-1] - times[0] >= 0.95 * 4 / 20


def test_photos_whose_address_has_ended_are_asked_for_again(connection: Connection, provider: StandIn) -> None:
    run = imports.start(connection)
    for _ in range(40):
        if ImportedPhoto.objects.exists():
            break
        imports.work(run.pk)
    ImportedPhoto.objects.update(state="waiting", listing_photo=None)
    provider.switches.photo_generation = 2
    run = run_through(connection)
    assert (run.state, run.photos_failed) == (State.DONE, 0)
    assert not ImportedPhoto.objects.exclude(state="done").exists()
    assert ListingPhoto.objects.filter(removed_at=None).count() == 4


def test_a_page_on_another_host_does_not_get_the_token(connection: Connection, provider: StandIn) -> None:
    with StandIn(3) as other:
        run = imports.start(connection)
        Import.objects.filter(pk=run.pk).update(cursor=f"{other.url}/Property")
        assert run_through(connection).state == State.FAILED
        assert other.requests == []


def test_what_is_gone_at_the_provider_is_archived_and_comes_back(account: Account, settings: Any) -> None:
    with StandIn(9) as provider:
        connection = connect(account, provider)
        gone_and_back(connection, provider, settings)


def gone_and_back(connection: Connection, provider: StandIn, settings: Any) -> None:
    run_through(connection)
    settings.IMPORT_KEYS_SECONDS = 0.001
    kept = provider.houses.pop("H000004")
    provider.change("H000005", StandardStatus="Delete")
    provider.change("H000006", MlgCanView=False)
    run = run_through(connection)
    gone = set(Listing.objects.filter(archived_at__isnull=False).values_list("listing_key", flat=True))
    assert (run.state, gone, run.gone) == (State.DONE, {"H000004", "H000005", "H000006"}, 3)

    provider.houses["H000004"] = kept
    provider.change("H000004")
    run_through(connection)
    back = Listing.objects.get(listing_key="H000004")
    assert (back.archived_at, back.standard_status) == (None, "Active Under Contract")


def test_a_provider_that_lists_nothing_takes_nothing_away(account: Account, settings: Any) -> None:
    settings.IMPORT_KEYS_SECONDS = 0.001
    with StandIn(9) as provider:
        connection = connect(account, provider)
        run_through(connection)
        provider.switches.keys_listed = False
        run = run_through(connection)
    assert not Listing.objects.filter(archived_at__isnull=False).exists()
    assert "listed none" in run.problems[0]["why"]


def test_two_workers_do_not_work_on_one_run(connection: Connection, provider: StandIn) -> None:
    run = imports.start(connection)
    assert imports.start(connection).pk == run.pk
    held = imports._claim(run.pk)
    assert held is not None
    imports.work(run.pk)
    assert provider.requests == []
    # The first worker dies; when its lease is over another goes on, and what the first still brings is not kept.
    Import.objects.filter(pk=run.pk).update(lease_until=timezone.now())
    assert run_through(connection).state == State.DONE
    with pytest.raises(imports.portions.Lost):
        imports.portions._keep(held, {"cursor": "x"}, lambda: None)


def test_the_sweeper_wakes_what_was_lost_and_starts_what_is_due(
    connection: Connection, provider: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[int] = []
    monkeypatch.setattr(imports.jobs, "enqueue", lambda job, run_id: woken.append(run_id))
    run = imports.start(connection)
    assert imports.sweep() == 1
    assert woken == [run.pk]
    run_through(connection)
    assert imports.sweep() == 0
    Import.objects.update(finished_at=timezone.now() - datetime.timedelta(hours=2))
    assert imports.sweep() == 1
    assert Import.objects.count() == 2
