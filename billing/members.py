"""Members of an account: asked in, given a role, sent away, leaving, handing over; and users who belong to several.

Exactly one rule guards them all: an account always has an owner. Verbs that could break it lock the account.
"""

from __future__ import annotations

import datetime
import hashlib
import secrets
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext, gettext_lazy

from billing import ledger, notices
from billing.models import Account, Invitation, Membership, User

Role = Membership.Role

INVITATION_LASTS = datetime.timedelta(days=14)
# So that an account cannot be used to send mail to the world.
INVITATIONS_WAITING = 50
TOKEN_BYTES = 32


class MemberError(ValueError):
    """A member cannot be changed so; the message is written for members."""


class InvitationOver(MemberError):
    """The link is unknown, used, withdrawn or too old."""


def invite(account: Account, email: str, role: str, *, by: User) -> Invitation:
    """Ask somebody in by mail; asking again sends a new link and ends the old one. Raises MemberError."""
    if role not in Role.values or role == Role.OWNER:
        raise MemberError("Invite a manager, an agent or a billing member; an owner is made by handing over.")
    email = email.strip().lower()
    if Membership.objects.filter(account=account, user__email=email).exists():
        raise MemberError(f"{email} is a member already.")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        ledger.lock(account.pk)
        waiting_for(account).filter(email=email).update(withdrawn_at=timezone.now())
        if waiting_for(account).count() >= INVITATIONS_WAITING:
            raise MemberError(f"{INVITATIONS_WAITING} invitations are waiting. Withdraw some first.")
        invitation = Invitation.objects.create(
            account=account,
            email=email,
            role=role,
            sha256=_hash(token),
            invited_by=by,
            expires_at=timezone.now() + INVITATION_LASTS,
        )
        language = get_language() or "en"
        words = {"name": by.name or by.email, "account": account.name, "role": _lower(invitation.get_role_display())}
        transaction.on_commit(
            lambda: notices.mail(
                [email],
                subject=format_lazy(gettext_lazy("{name} invites you to {account}"), **words),
                paragraphs=[
                    format_lazy(gettext_lazy("{name} asks you to work in {account} on Openhouse, as {role}."), **words),
                    gettext_lazy("The link works for 14 days, for whoever signs in with this address."),
                ],
                label=gettext_lazy("Join"),
                path=f"/billing/join/{token}/",
                language=language,
            ),
            robust=True,
        )
    return invitation


def waiting_for(account: Account) -> QuerySet[Invitation]:
    """Invitations that nobody has accepted or withdrawn, the expired ones included."""
    return Invitation.objects.filter(account=account, accepted_at__isnull=True, withdrawn_at__isnull=True)


def withdraw(invitation: Invitation) -> None:
    """End an invitation that waits."""
    waiting_for(invitation.account).filter(pk=invitation.pk).update(withdrawn_at=timezone.now())


def invitation_of(token: str) -> Invitation:
    """The invitation that a link is for. Raises InvitationOver."""
    invitation = Invitation.objects.filter(sha256=_hash(token)).select_related("account", "invited_by").first()
    if (
        invitation is None
        or invitation.accepted_at
        or invitation.withdrawn_at
        or invitation.account.closed_at
        or invitation.expires_at <= timezone.now()
    ):
        raise InvitationOver("This invitation was used, was withdrawn or is too old. Ask for a new one.")
    return invitation


def accept(invitation: Invitation, user: User) -> Membership:
    """Make the user a member. Raises MemberError where the invitation is for another address, InvitationOver."""
    if user.email != invitation.email:
        raise MemberError(f"This invitation is for {invitation.email}. Sign in with that address.")
    with transaction.atomic():
        ledger.lock(invitation.account_id)
        if not waiting_for(invitation.account).filter(pk=invitation.pk).update(accepted_at=timezone.now()):
            raise InvitationOver("This invitation was used already.")
        try:
            with transaction.atomic():
                membership = Membership.objects.create(
                    user=user, account=invitation.account, role=Role(invitation.role)
                )
        except IntegrityError as error:
            raise MemberError("You are a member already.") from error
        switch(user, invitation.account)
    return membership


def switch(user: User, account: Account) -> None:
    """Work in this account from now on. Raises MemberError where the user does not belong to it."""
    if not Membership.objects.filter(user=user, account=account, account__closed_at__isnull=True).exists():
        raise MemberError("You do not belong to this account.")
    user.current_account = account
    user.save(update_fields=["current_account"])


def change_role(membership: Membership, role: str) -> None:
    """Give a member another role. Raises MemberError: an owner is made and unmade by handing over."""
    if role not in Role.values or Role.OWNER in {role, membership.role}:
        raise MemberError("Owners change by handing the account over.")
    # Compared again in the database: the member may have become the owner meanwhile.
    Membership.objects.filter(pk=membership.pk).exclude(role=Role.OWNER).update(role=role)


def remove(membership: Membership) -> None:
    """End a membership. Raises MemberError for an owner."""
    if not Membership.objects.filter(pk=membership.pk).exclude(role=Role.OWNER).delete()[0]:
        raise MemberError("An owner hands the account over before leaving it.")


def leave(user: User, account: Account) -> None:
    """End one's own membership. Raises MemberError for the owner."""
    membership = Membership.objects.filter(user=user, account=account).first()
    if membership is None:
        raise MemberError("You do not belong to this account.")
    remove(membership)


def transfer(account: Account, *, owner: User, to: Membership) -> None:
    """Hand the account over: `to` owns it, and who owned it becomes a manager. Raises MemberError."""
    with transaction.atomic():
        ledger.lock(account.pk)
        mine = Membership.objects.filter(account=account, user=owner, role=Role.OWNER)
        theirs = Membership.objects.filter(pk=to.pk, account=account, user__is_active=True).exclude(user=owner)
        if not mine.exists() or not theirs.update(role=Role.OWNER):
            raise MemberError("The account is handed over by its owner, to another member.")
        mine.update(role=Role.MANAGER)
        new_owner = to.user.email
        notices.tell(
            account,
            f"transfer:{timezone.now().isoformat()}",
            subject=format_lazy(gettext_lazy("{name} has a new owner"), name=account.name),
            paragraphs=[
                format_lazy(
                    gettext_lazy("{old} has handed {name} over to {new}."),
                    old=owner.email,
                    name=account.name,
                    new=new_owner,
                )
            ],
            label=gettext_lazy("See members"),
            path="/billing/members/",
        )


def _lower(word: str) -> Any:
    """The word in the reader's language, small; only known when the mail is written."""
    return lazy(lambda: gettext(word).lower(), str)()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
