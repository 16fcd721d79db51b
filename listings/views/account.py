"""What the account holds: credits and API keys."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from billing import access, keys, ledger
from billing.models import Account
from listings.forms import KeyForm
from staging import storage_limits

ENTRIES = 12


@never_cache
@require_GET
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Plan, balance, the latest entries, and the keys."""
    return render(request, "listings/account.html", _context(request, access.account_of(request.user)))


@never_cache
@require_POST
@login_required
def key_create(request: HttpRequest) -> HttpResponse:
    """Make a key and show its text, this once: the answer to this very request is all that has it."""
    owned = _manages_keys(request)
    form = KeyForm(request.POST)
    text = ""
    if form.is_valid():
        told = form.cleaned_data
        text = keys.create(owned, told["name"], scope=told["scope"] or "render", lifetime=form.lifetime)[1]
    context = {**_context(request, owned), "form": KeyForm() if text else form, "new_key": text}
    return render(request, "listings/account.html", context, status=200 if text else 400)


@require_POST
@login_required
def key_revoke(request: HttpRequest, number: int) -> HttpResponse:
    """End a key."""
    key = get_object_or_404(_manages_keys(request).keys, pk=number)
    keys.revoke(key)
    messages.success(request, gettext("The key “%(name)s” no longer works.") % {"name": key.name})
    return redirect("listings:account")


def _manages_keys(request: HttpRequest) -> Account:
    """The visitor's account. Raises PermissionDenied when its keys are not the visitor's to manage."""
    owned = access.account_of(request.user)
    if not access.may_manage_keys(request.user, owned):
        raise PermissionDenied(gettext("Owners and managers make and revoke keys."))
    return owned


def _context(request: HttpRequest, owned: Account) -> dict[str, object]:
    return {
        "account": owned,
        "credits": ledger.balance(owned),
        "entries": ledger.statement(owned)[:ENTRIES],
        "keys": owned.keys.all(),
        "may_manage_keys": access.may_manage_keys(request.user, owned),
        "may_use_api": access.may_use_api(owned),
        "form": KeyForm(),
        "photo_bytes": storage_limits.used_by(owned),
        "photo_limit": storage_limits.limit_of(owned),
    }
