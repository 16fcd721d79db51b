"""Wake-ups that were lost: a delivery that nobody builds, a page of an original without copies of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from billing.models import User
from listings import deliveries, sweeper
from listings.models import Delivery, Listing, OriginalPage, Profile
from staging import jobs, wakeups
from staging import sweeper as sweeps
from tests import serving
from tests.listings.test_delivery import address, listing

__all__ = ["address", "listing"]
State = Delivery.State
LONG_AGO = timezone.now() - timedelta(minutes=5)


@pytest.fixture
def queue(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with serving.redis_server(tmp_path) as url:
        settings.REDIS_URL = url
        monkeypatch.setattr(wakeups, "_connection", None)
        yield jobs.queue()


def asked(listing: Listing, owner: User, **columns: Any) -> Delivery:
    crmls = Profile.objects.get(slug="crmls")
    made = deliveries.request(listing, crmls, preset="mls_small", labelled=False, user=owner)
    Delivery.objects.filter(pk=made.pk).update(made_at=LONG_AGO, **columns)
    return made


def waiting(queue: Any) -> list[str]:
    return [job.func_name.rsplit(".", 2)[1] for job in queue.jobs]


def test_a_delivery_is_woken_once_a_lease(listing: Listing, owner: User, queue: Any) -> None:
    OriginalPage.objects.update(original="kept.jpg")
    asked(listing, owner)
    asked(listing, owner, state=State.BUILDING, lease_until=LONG_AGO)
    asked(listing, owner, state=State.BUILDING, lease_until=timezone.now() + deliveries.LEASE)
    queue.empty()

    assert sweeper.sweep() == 2
    assert waiting(queue) == ["deliveries", "deliveries"]
    # The waiting one is in the queue now; the one whose builder died is until somebody takes it up.
    assert sweeper.sweep() == 1
    Delivery.objects.update(lease_until=LONG_AGO)
    assert sweeper.sweep() == 3


def test_the_woken_delivery_is_built(listing: Listing, owner: User, queue: Any) -> None:
    made = asked(listing, owner)
    sweeps.sweep()
    assert "deliveries" in waiting(queue)
    deliveries.build(made.pk)
    made.refresh_from_db()
    assert made.state == State.DONE


def test_copies_are_asked_for_again_but_not_every_ten_seconds(listing: Listing, queue: Any) -> None:
    assert sweeper.sweep() == 0
    OriginalPage.objects.update(made_at=LONG_AGO)
    assert (sweeper.sweep(), sweeper.sweep()) == (1, 0)
    assert waiting(queue) == ["originals"]


def test_what_is_done_is_left_alone(listing: Listing, owner: User, queue: Any) -> None:
    OriginalPage.objects.update(original="kept.jpg", made_at=LONG_AGO)
    asked(listing, owner, state=State.DONE)
    queue.empty()
    assert sweeper.sweep() == 0
    assert waiting(queue) == []
