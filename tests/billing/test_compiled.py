"""Queries whose SQL is written once: what they find and change is what the ORM finds and changes."""

from __future__ import annotations

import contextlib
import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from billing import keys, ledger
from billing.compiled import Compiled, CompiledUpdate, Given
from billing.models import Account, ApiKey, Entry


def lasting(account: Any, now: Any) -> QuerySet[Any]:
    return (
        ApiKey.objects.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), account=account)
        .select_related("account__plan")
        .annotate(paid=Exists(Entry.objects.filter(account=OuterRef("account"))))
        .order_by("name")
    )


LASTING = Compiled(lambda: lasting(Given("account", ApiKey, "account"), Given("now", ApiKey, "expires_at")))


def columns(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_rows_become_what_the_orm_makes_of_them(account: Account, django_assert_num_queries: Any) -> None:
    keys.create(account, "b", lifetime=datetime.timedelta(hours=1))
    keys.create(account, "a")
    keys.create(account, "over", lifetime=datetime.timedelta(hours=-1))
    now = timezone.now()

    with django_assert_num_queries(1):
        found = LASTING.all(account=account.pk, now=now)
        plans = [columns(key.account.plan) for key in found]

    same = list(lasting(account, now))
    assert [key.name for key in found] == ["a", "b"]
    assert [columns(key) for key in found] == [columns(key) for key in same]
    assert [columns(key.account) for key in found] == [columns(key.account) for key in same]
    assert plans == [columns(key.account.plan) for key in same]
    assert [key.paid for key in found] == [True, True]
    # A row that was found can be saved like any other.
    found[0].name = "c"
    found[0].save()
    assert sorted(ApiKey.objects.values_list("name", flat=True)) == ["b", "c", "over"]


def test_other_values_find_other_rows(account: Account) -> None:
    keys.create(account, "a", lifetime=datetime.timedelta(hours=1))

    assert LASTING.one(account=account.pk, now=timezone.now()) is not None
    assert LASTING.one(account=account.pk, now=timezone.now() + datetime.timedelta(hours=2)) is None
    assert LASTING.one(account=account.pk + 1, now=timezone.now()) is None


def test_tuples_hold_values_as_the_orm_has_them(account: Account) -> None:
    entries = Compiled(
        lambda: (
            Entry.objects.filter(account=Given("account", Entry, "account"))
            .order_by("sequence")
            .values_list("kind", "credits", "made_at")
        )
    )
    ledger.hold(account, 2, reference="run:a")

    same = Entry.objects.filter(account=account).order_by("sequence").values_list("kind", "credits", "made_at")
    assert entries.rows(account=account.pk) == list(same)
    assert entries.row(account=account.pk) == same[0]
    assert entries.row(account=account.pk + 1) is None


def test_an_update_changes_the_rows_that_it_names_and_says_how_many(account: Account) -> None:
    revoke = CompiledUpdate(
        lambda: ApiKey.objects.filter(name=Given("name", ApiKey, "name"), revoked_at__isnull=True),
        revoked_at=Given("at", ApiKey, "revoked_at"),
        last_used_at=None,
        scope=ApiKey.Scope.READ,
    )
    keys.create(account, "a")
    keys.create(account, "b")
    at = timezone.now()

    assert revoke.run(name="a", at=at) == 1
    assert revoke.run(name="a", at=at) == 0

    told = ApiKey.objects.order_by("name").values_list("name", "revoked_at", "last_used_at", "scope")
    assert list(told) == [("a", at, None, "read"), ("b", None, None, "render")]


def test_what_breaks_inside_a_transaction_breaks_all_of_it(account: Account) -> None:
    rename = CompiledUpdate(
        lambda: ApiKey.objects.filter(name=Given("name", ApiKey, "name")), sha256=Given("sha256", ApiKey, "sha256")
    )
    first, _ = keys.create(account, "a")
    keys.create(account, "b")

    with pytest.raises(IntegrityError), transaction.atomic():
        rename.run(name="b", sha256=first.sha256)
    with transaction.atomic():
        with contextlib.suppress(IntegrityError):
            rename.run(name="b", sha256=first.sha256)
        with pytest.raises(transaction.TransactionManagementError):
            ApiKey.objects.count()


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_inside_a_transaction_only(account: Account) -> None:
    locked = Compiled(
        lambda: Account.objects.select_for_update().only("uid").filter(pk=Given("account", Account, "pk"))
    )
    with transaction.atomic():
        assert locked.one(account=account.pk) == account

    if connection.features.has_select_for_update:
        with pytest.raises(transaction.TransactionManagementError):
            locked.one(account=account.pk)
