"""Pages for the people behind a partner's code: what their calls were answered, and what their webhooks met."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import redis
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from billing import access
from billing.models import Account
from staging import calls, webhooks
from staging.models import WebhookDelivery

PER_PAGE = 50


@never_cache
@login_required
@require_GET
def requests(request: HttpRequest) -> HttpResponse:
    """The last 1,000 calls of the account's keys; by `?refused=1` the last 1,000 that were refused."""
    account = _account_whose_keys_are_mine(request)
    refused, away = request.GET.get("refused") == "1", False
    try:
        found = calls.latest(account.pk, refused=refused)
    except redis.RedisError:
        found, away = [], True
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    # Moments as people read them; the log itself has numbers.
    rows = [(datetime.fromtimestamp(call.at / 1000, UTC), call) for call in page]
    context = {"account": account, "page": page, "rows": rows, "refused": refused, "away": away, "kept": calls.KEPT}
    return render(request, "staging/requests.html", context)


@never_cache
@login_required
@require_GET
def webhook_list(request: HttpRequest) -> HttpResponse:
    """The account's secret, and its latest deliveries with every attempt."""
    account = _account_whose_keys_are_mine(request)
    context = {"account": account, "secret": webhooks.secret_of(account), "deliveries": webhooks.latest(account)}
    return render(request, "staging/webhooks.html", context)


@login_required
@require_POST
def webhook_secret(request: HttpRequest) -> HttpResponse:
    """Make a new secret."""
    webhooks.renew_secret(_account_whose_keys_are_mine(request))
    messages.success(request, gettext("Webhooks are signed with a new secret from now on."))
    return redirect("staging:webhooks")


@login_required
@require_POST
def webhook_again(request: HttpRequest, event: UUID) -> HttpResponse:
    """Send a delivery once more."""
    account = _account_whose_keys_are_mine(request)
    mine = Q(run__account=account) | Q(subscription__account=account)
    webhooks.send_again(get_object_or_404(WebhookDelivery, mine, event_id=event))
    messages.success(request, gettext("It is being sent again."))
    return redirect("staging:webhooks")


def _account_whose_keys_are_mine(request: HttpRequest) -> Account:
    """The visitor's account. Raises PermissionDenied when its keys are not the visitor's to manage."""
    account = access.account_of(request.user)
    if not access.may_manage_keys(request.user, account):
        raise PermissionDenied(gettext("Owners and managers see calls and webhooks."))
    return account
