"""Providers that serve Media as a resource of its own: found out, asked for where photos changed, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from billing.models import Account
from listings.models import Import, ImportedPhoto, Listing
from tests.listings.reso_stand_in import StandIn
from tests.listings.test_importing import connect, run_through, swift

__all__ = ["swift"]


@pytest.fixture(params=["refused", "ignored"])
def provider(request: Any) -> Iterator[StandIn]:
    """A provider of 30 listings, of which six have three photos; its pages hold eight records."""
    with StandIn(30, photos=3, every=5, page_size=8, expands=request.param) as found:
        yield found


def media_requests(provider: StandIn) -> list[str]:
    return [path for _, path in provider.requests if path.startswith("/odata/Media") and "$filter" in path]


def test_photos_come_in_all_the_same_and_again_only_where_they_changed(account: Account, provider: StandIn) -> None:
    connection = connect(account, provider)
    run = run_through(connection)
    assert (run.state, run.created, run.photos_done, run.photos_failed) == (Import.State.DONE, 30, 18, 0)
    connection.refresh_from_db()
    assert connection.media_apart
    shown = Listing.objects.get(account=account, listing_key="H000005").photos.all()
    assert [photo.image_of for photo in shown] == ["Living Room", "Kitchen", "Primary Bedroom"]

    provider.forget()
    provider.change("H000007", ListPrice=1.0)
    provider.change_photo("H000005", 1)
    run = run_through(connection)
    assert (run.changed, run.photos_done) == (2, 1)
    assert provider.photos == ["H000005-1"]
    assert all("H000007" not in path for path in media_requests(provider))
    assert not [path for _, path in provider.requests if "$expand" in path]


def test_addresses_that_ended_are_asked_for_there_too(account: Account, provider: StandIn) -> None:
    connection = connect(account, provider)
    run_through(connection)
    ImportedPhoto.objects.filter(media_key="H000010-2").update(state="waiting", listing_photo=None)
    provider.switches.photo_generation = 2
    provider.forget()
    run = run_through(connection)
    assert (run.state, run.photos_done, run.photos_failed) == (Import.State.DONE, 1, 0)
    assert provider.photos == ["H000010-2"]


def test_a_wrong_address_is_still_called_wrong(account: Account, provider: StandIn) -> None:
    connection = connect(account, provider)
    connection.address = f"{provider.base}/elsewhere"
    connection.save()
    run = run_through(connection)
    assert run.state == Import.State.FAILED
    assert "Is the address right?" in run.error
