"""Members: invited, given roles, removed, leaving, handing over; and users who belong to several accounts."""

from __future__ import annotations

import datetime
import re

import pytest
import time_machine
from django.core import mail
from django.test import Client, TestCase

from billing import access, members
from billing.models import Account, Invitation, Membership, User

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"


@pytest.fixture
def browser(client: Client, owner: User) -> Client:
    """The owner's browser."""
    client.force_login(owner)
    return client


def _invited(browser: Client, email: str, role: str = "agent") -> str:
    """Invite somebody; the path of the link in the mail."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        browser.post("/billing/members/invite/", {"email": email, "role": role})
    (path,) = set(re.findall(r"/billing/join/[\w-]+/", str(mail.outbox[-1].body)))
    return path


def test_an_invited_person_joins_by_the_link_and_works_in_the_account(
    browser: Client, account: Account, stranger: User, capfd: pytest.CaptureFixture[str]
) -> None:
    link = _invited(browser, "Stranger@example.com", "manager")
    assert mail.outbox[-1].to == ["stranger@example.com"]
    assert "owner@example.com invites you to Acme Realty" in mail.outbox[-1].subject
    assert not Invitation.objects.filter(sha256__in=link.split("/")).exists(), "the token itself is not kept"

    invited = Client()
    invited.force_login(stranger)
    capfd.readouterr()
    assert "Join Acme Realty" in invited.get(link).content.decode()
    assert not access.is_member(stranger, account), "a link alone joins nobody"
    assert link.split("/")[-2] not in capfd.readouterr().err, "the request log does not keep the key"
    invited.post(link)

    stranger.refresh_from_db()
    assert access.role_of(stranger, account) == "manager"
    assert access.account_of(stranger) == account
    assert invited.post(link).status_code == 400


def test_a_link_is_for_one_address_and_must_be_signed_in_for(
    browser: Client, account: Account, team_mate: User, stranger: User
) -> None:
    link = _invited(browser, "new@example.com")

    assert Client().get(link)["Location"].startswith("/accounts/login/?next=")
    other = Client()
    other.force_login(stranger)
    answer = other.post(link)
    assert answer.status_code == 400
    assert "This invitation is for new@example.com" in answer.content.decode()
    assert not access.is_member(stranger, account)


@pytest.mark.parametrize("how", ["withdrawn", "replaced", "expired", "closed"])
def test_a_link_that_is_over_lets_nobody_in(browser: Client, account: Account, stranger: User, how: str) -> None:
    link = _invited(browser, stranger.email)
    now = datetime.datetime.now(datetime.UTC)
    if how == "withdrawn":
        browser.post(f"/billing/invitations/{Invitation.objects.get().pk}/withdraw/")
    elif how == "replaced":
        assert _invited(browser, stranger.email) != link
    elif how == "closed":
        Account.objects.filter(pk=account.pk).update(closed_at=now)
    invited = Client()
    with time_machine.travel(now + datetime.timedelta(days=15 if how == "expired" else 0)):
        invited.force_login(stranger)
        assert invited.post(link).status_code == 400

    assert not access.is_member(stranger, account)


def test_the_owner_changes_roles_and_removes_members(browser: Client, account: Account, team_mate: User) -> None:
    membership = Membership.objects.get(user=team_mate)

    browser.post(f"/billing/members/{membership.pk}/role/", {"role": "billing"})
    assert access.role_of(team_mate, account) == "billing"
    browser.post(f"/billing/members/{membership.pk}/role/", {"role": "owner"})
    assert access.role_of(team_mate, account) == "billing", "an owner is made by handing over"
    browser.post(f"/billing/members/{membership.pk}/remove/")
    assert not access.is_member(team_mate, account)


def test_team_mates_and_strangers_manage_nobody(
    account: Account, owner: User, team_mate: User, stranger: User, client: Client
) -> None:
    mine = Membership.objects.get(user=team_mate)
    owners = Membership.objects.get(user=owner)
    client.force_login(team_mate)
    for path, fields in (
        ("/billing/members/invite/", {"email": "x@example.com", "role": "agent"}),
        (f"/billing/members/{mine.pk}/role/", {"role": "manager"}),
        (f"/billing/members/{owners.pk}/remove/", {}),
        (f"/billing/members/{mine.pk}/transfer/", {}),
        ("/billing/export/", {}),
        ("/billing/close/", {"name": account.name}),
    ):
        assert client.post(path, fields).status_code == 403, path
    client.force_login(stranger)
    assert client.post(f"/billing/members/{mine.pk}/remove/").status_code == 404
    assert client.post(f"/billing/members/{mine.pk}/transfer/").status_code == 404
    assert client.post(f"/billing/switch/{account.uid}/").status_code == 404

    assert access.role_of(team_mate, account) == "agent"
    assert access.role_of(owner, account) == "owner"
    account.refresh_from_db()
    assert account.closed_at is None
    assert not Invitation.objects.exists()


def test_an_account_always_keeps_an_owner(browser: Client, account: Account, owner: User, team_mate: User) -> None:
    browser.post("/billing/members/leave/")
    browser.post(f"/billing/members/{Membership.objects.get(user=owner).pk}/remove/")
    assert access.role_of(owner, account) == "owner"

    with TestCase.captureOnCommitCallbacks(execute=True):
        browser.post(f"/billing/members/{Membership.objects.get(user=team_mate).pk}/transfer/")
    assert (access.role_of(owner, account), access.role_of(team_mate, account)) == ("manager", "owner")
    assert mail.outbox[-1].subject == "Acme Realty has a new owner"

    browser.post("/billing/members/leave/")
    assert not access.is_member(owner, account)


def test_a_user_of_two_accounts_switches_between_them(
    client: Client, account: Account, stranger: User, stranger_account: Account
) -> None:
    Membership.objects.create(user=stranger, account=account, role="agent")
    client.force_login(stranger)
    assert "Members of Other Realty" in client.get("/billing/members/").content.decode()

    client.post(f"/billing/switch/{account.uid}/")
    assert "Members of Acme Realty" in client.get("/billing/members/").content.decode()

    members.leave(stranger, account)
    assert "Members of Other Realty" in client.get("/billing/members/").content.decode()


def test_who_has_left_opens_an_account_of_their_own(client: Client, account: Account, team_mate: User) -> None:
    client.force_login(team_mate)
    client.post("/billing/members/leave/")
    assert client.get("/billing/plans/").status_code == 403

    assert "Open a new account" in client.get("/billing/new/").content.decode()
    assert client.post("/billing/new/", {"name": ""}).status_code == 200
    client.post("/billing/new/", {"name": "Mate Realty"})

    team_mate.refresh_from_db()
    mine = access.account_of(team_mate)
    assert (mine.name, mine.plan_id, access.role_of(team_mate, mine)) == ("Mate Realty", "free", "owner")
    assert not access.is_member(team_mate, account)


def test_invitations_are_limited(account: Account, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "INVITATIONS_WAITING", 2)
    for number in range(2):
        members.invite(account, f"a{number}@example.com", "agent", by=owner)
    members.invite(account, "a1@example.com", "agent", by=owner)

    with pytest.raises(members.MemberError, match="Withdraw some first"):
        members.invite(account, "a2@example.com", "agent", by=owner)
    with pytest.raises(members.MemberError, match="member already"):
        members.invite(account, "owner@example.com", "agent", by=owner)
