"""Taking everything out, and closing an account for good."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator

import pytest
from django.test import Client

from billing import closing, exports, keys, ledger, stripe_client
from billing.models import Account, Entry, Invitation, Membership, User
from tests.billing.conftest import Shopper
from tests.billing.stripe_stand_in import StandIn

pytestmark = pytest.mark.django_db


def test_the_export_holds_everything_the_account_has(
    client: Client, account: Account, owner: User, stranger_account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def photos(of: Account) -> Iterator[tuple[str, Iterator[bytes]]]:
        yield "photos/1.txt", iter([b"of ", of.name.encode()])

    monkeypatch.setattr(exports, "_exporters", {})
    exports.register("listings", photos)
    _, text = keys.create(account, "Zapier")
    client.force_login(owner)

    answer = client.post("/billing/export/")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]

    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    assert archive.read("listings/photos/1.txt") == b"of Acme Realty"
    (entry,) = json.loads(archive.read("billing/entries.json"))
    assert (entry["credits"], entry["reference"]) == (10, "fixture:account")
    assert json.loads(archive.read("billing/account.json"))["balance"] == 10
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"owner@example.com" in everything
    assert b"stranger" not in everything
    assert text.encode() not in everything
    assert keys.verify(text) is not None


def test_closing_ends_what_costs_and_empties_what_is_personal(shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/plans/pro/buy/")
    account = Account.objects.get(pk=shopper.account.pk)
    _, text = keys.create(account, "Zapier")
    other = User.objects.create_user("mate@example.com")
    Membership.objects.create(user=other, account=account, role="agent")

    assert "not the account" in shopper.client.post("/billing/close/", {"name": "Other"}).content.decode()
    assert Account.objects.get(pk=account.pk).closed_at is None
    subscription = shopper.subscription
    answer = shopper.client.post("/billing/close/", {"name": "Ann Realty"})

    assert answer.status_code == 302
    account.refresh_from_db()
    assert account.closed_at is not None
    assert account.name == f"Closed account {account.pk}"
    assert stripe.objects[subscription]["status"] == "canceled"
    assert keys.verify(text) is None
    assert not Membership.objects.filter(account=account).exists()
    assert not Invitation.objects.exists()
    assert not User.objects.filter(email__in=("ann@example.com", "mate@example.com")).exists()
    assert Entry.objects.filter(account=account).count() == 2
    with pytest.raises(ledger.AccountFrozen):
        ledger.hold(account, 1, reference="run:a")
    assert shopper.client.get("/billing/plans/").status_code == 302, "signed out"

    shopper.webhooks()
    assert Account.objects.get(pk=account.pk).plan_id == "free"


def test_who_belongs_elsewhere_keeps_the_address(account: Account, owner: User, stranger_account: Account) -> None:
    Membership.objects.create(user=owner, account=stranger_account, role="agent")

    closing.close(account)
    closing.close(account)

    owner.refresh_from_db()
    assert (owner.email, owner.is_active) == ("owner@example.com", True)


def test_nothing_is_closed_while_stripe_cannot_end_the_plan(shopper: Shopper, stripe: StandIn) -> None:
    shopper.buy("/billing/plans/pro/buy/")
    stripe.faults.errors = 3

    with pytest.raises(stripe_client.StripeAway):
        closing.close(Account.objects.get(pk=shopper.account.pk))

    assert Account.objects.get(pk=shopper.account.pk).closed_at is None
    assert stripe.objects[shopper.subscription]["status"] == "active"
