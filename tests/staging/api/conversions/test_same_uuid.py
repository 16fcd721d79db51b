"""The caller's own identifier: the same one is the same conversion, charged once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models.signals import post_save
from django.utils import timezone

from billing import ledger
from billing.models import Account
from billing.reconciliation import reconcile, unexplained
from staging import conversions, renders
from staging.briefs import Brief
from staging.models import Conversion, ConversionFile, Photo, Run, State
from tests.staging.api.conversions.conftest import UUID, Caller, uploaded, work_off
from tests.staging.stand_in import StandIn
from tests.staging.test_races import at_once


def test_the_same_identifier_is_the_same_conversion_whatever_else_is_said(caller: Caller, account: Account) -> None:
    first = caller.create().json()
    again = caller.create(files=uploaded(99), style="coastal", renders="3")
    assert (again.status_code, again.json()) == (200, first)
    # Even what would be refused by itself.
    assert caller.create(files=None, style="gothic", space="orbit").json() == first
    assert (ledger.balance(account), Run.objects.count(), Photo.objects.count()) == (8, 1, 1)


def test_case_does_not_tell_identifiers_apart_and_each_answer_echoes_its_own(caller: Caller) -> None:
    caller.create()
    for other in (UUID.upper(), UUID.lower()):
        body = caller.create(uuid=other).json()
        assert (body["uuid"], body["conversion"]) == (other, other)
    assert Conversion.objects.count() == 1


def test_a_new_one_is_queued_even_when_a_worker_was_faster_than_the_answer(caller: Caller) -> None:
    def take_up(sender: Any, instance: ConversionFile, **_: Any) -> None:
        Run.objects.filter(render=instance.render).update(state=State.RUNNING, lease_until=timezone.now())

    post_save.connect(take_up, sender=ConversionFile)
    try:
        assert caller.create().json()["status"] == "queued"
    finally:
        post_save.disconnect(take_up, sender=ConversionFile)
    assert caller.create().json()["status"] == "processing"


def test_a_finished_one_is_answered_with_its_files(caller: Caller, account: Account, engine: StandIn) -> None:
    caller.create()
    work_off()
    body = caller.create().json()
    assert (body["finished"], body["status"], body["credits_used"]) == (True, "finished", 2)
    assert body["files"] == caller.results().json()["files"]
    assert ledger.balance(account) == 8


def test_after_a_conversion_without_a_picture_it_starts_anew(caller: Caller, account: Account, engine: StandIn) -> None:
    engine.switches.fail, engine.switches.fail_times = (
        {"class": "customer_input", "code": "no_floor", "message": "We see no floor."},
        1,
    )
    caller.create()
    work_off()
    assert caller.results().json()["error"]
    body = caller.create(style="coastal").json()
    assert (body["finished"], body["status"], body["files"], body["credits_used"]) == (False, "queued", [], 2)
    work_off()
    assert len(caller.results().json()["files"]) == 1
    assert ledger.balance(account) == 8
    # The one that failed stays on record.
    assert Conversion.objects.filter(replaced_at__isnull=False).count() == 1
    assert [*reconcile(account), *unexplained(account)] == []


def test_any_text_of_64_characters_is_an_identifier(caller: Caller, said: Callable[..., None]) -> None:
    for text in ("order 17/b", "ß" * 64, "x" * 64):
        assert caller.create(uuid=text).json()["conversion"] == text
        assert caller.results(text.upper() if "ß" not in text else text).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_same_identifier_at_once_is_charged_once(account: Account, photo: Photo, brief: Brief) -> None:
    """Seen to fail (two conversions, two holds) without `conversion_once_per_uuid`."""

    def ask() -> Conversion:
        return conversions.request(account, UUID, [photo], brief, pictures=2)

    results: list[Any] = at_once(ask, ask, ask, ask)
    assert len({result.pk for result in results}) == 1, results
    assert Conversion.objects.count() == ConversionFile.objects.count() == 1
    assert ledger.balance(account) == 8


@pytest.mark.django_db(transaction=True)
def test_the_last_two_pictures_failing_at_once_give_the_hold_back_once(
    account: Account, photo: Photo, brief: Brief
) -> None:
    """Seen to fail on PostgreSQL (nothing comes back) without the lock in `credits.release`."""
    conversions.request(account, UUID, [photo], brief, pictures=2)
    first, second = Run.objects.order_by("number")
    assert at_once(lambda: renders.cancel(first), lambda: renders.cancel(second)) == [True, True]
    assert [entry.kind for entry in ledger.statement(account)][::-1] == ["grant", "hold", "release"]
    assert ledger.balance(account) == 10
