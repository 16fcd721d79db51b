"""Members: who belongs to the account, who is asked in, and which account one works in."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing import access, accounts
from billing import members as verbs
from billing.forms import AccountForm, InvitationForm, RoleForm
from billing.models import Account, Invitation, Membership, User
from billing.views.guards import member

P = ParamSpec("P")


def _managing(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[..., Any]:
    """For signed-in members; what cannot be done is told on the members page."""

    @login_required
    @functools.wraps(view)
    def told(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except verbs.MemberError as error:
            messages.error(request, str(error))
            return redirect("billing:members")

    return told


@login_required
@require_GET
def members(request: HttpRequest) -> HttpResponse:
    """Who belongs to the account, and which other accounts the visitor belongs to."""
    user, account = member(request)
    return render(request, "billing/members.html", _people(user, account) | {"form": InvitationForm()})


@require_POST
@_managing
def invite(request: HttpRequest) -> HttpResponse:
    """Ask somebody in."""
    user, account = _manager(request)
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return render(request, "billing/members.html", _people(user, account) | {"form": form})
    invitation = verbs.invite(account, form.cleaned_data["email"], form.cleaned_data["role"], by=user)
    messages.success(request, gettext("An invitation is on its way to %(email)s.") % {"email": invitation.email})
    return redirect("billing:members")


@require_POST
@_managing
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """End an invitation."""
    _, account = _manager(request)
    verbs.withdraw(get_object_or_404(Invitation, pk=number, account=account))
    return redirect("billing:members")


@require_POST
@_managing
def role(request: HttpRequest, number: int) -> HttpResponse:
    """Give a member another role."""
    _, account = _manager(request)
    membership = get_object_or_404(Membership, pk=number, account=account)
    form = RoleForm(request.POST)
    if form.is_valid():
        verbs.change_role(membership, form.cleaned_data["role"])
    return redirect("billing:members")


@require_POST
@_managing
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Send a member away."""
    _, account = _manager(request)
    verbs.remove(get_object_or_404(Membership, pk=number, account=account))
    return redirect("billing:members")


@require_POST
@_managing
def transfer(request: HttpRequest, number: int) -> HttpResponse:
    """Hand the account over."""
    user, account = member(request)
    if not access.may_transfer(user, account):
        raise PermissionDenied(gettext("Only the owner hands the account over."))
    verbs.transfer(account, owner=user, to=get_object_or_404(Membership, pk=number, account=account))
    messages.success(request, gettext("The account is handed over; you are a manager now."))
    return redirect("billing:members")


@require_POST
@_managing
def leave(request: HttpRequest) -> HttpResponse:
    """Leave the account."""
    user, account = member(request)
    verbs.leave(user, account)
    messages.success(request, gettext("You have left %(name)s.") % {"name": account.name})
    return redirect("listings:landing")


@require_POST
@_managing
def switch(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Work in another account."""
    user, _ = member(request)
    account = get_object_or_404(Account, uid=uid, memberships__user=user)
    verbs.switch(user, account)
    messages.success(request, gettext("You work in %(name)s now.") % {"name": account.name})
    return redirect("billing:members")


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open an account of one's own: a further one, or the first after leaving the others."""
    # login_required stands before.
    assert isinstance(request.user, User)
    form = AccountForm(request.POST or None)
    if form.is_valid():
        verbs.switch(request.user, accounts.found_account(request.user, name=form.cleaned_data["name"]))
        return redirect("billing:plans")
    return render(request, "billing/new.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, key: str) -> HttpResponse:
    """Read an invitation, and accept it. The request log leaves out paths with an argument called `key`."""
    # login_required stands before.
    assert isinstance(request.user, User)
    try:
        invitation = verbs.invitation_of(key)
        if request.method == "POST":
            verbs.accept(invitation, request.user)
            messages.success(request, gettext("Welcome to %(name)s.") % {"name": invitation.account.name})
            return redirect("billing:members")
    except verbs.MemberError as error:
        return render(request, "billing/join.html", {"error": str(error)}, status=400)
    return render(request, "billing/join.html", {"invitation": invitation})


def _manager(request: HttpRequest) -> tuple[User, Account]:
    """Who asks, and the account; PermissionDenied (403) for members who may not manage members."""
    user, account = member(request)
    if not access.may_manage_members(user, account):
        raise PermissionDenied(gettext("Only owners and managers may do this."))
    return user, account


def _people(user: User, account: Account) -> dict[str, object]:
    return {
        "account": account,
        "memberships": Membership.objects.filter(account=account).select_related("user"),
        "invitations": verbs.waiting_for(account),
        "others": Account.objects.filter(memberships__user=user, closed_at__isnull=True).exclude(pk=account.pk),
        "may_manage": access.may_manage_members(user, account),
        "may_transfer": access.may_transfer(user, account),
        "roles": RoleForm.base_fields["role"].choices,  # type: ignore[attr-defined]
    }
