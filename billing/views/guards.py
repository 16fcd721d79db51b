"""What every page of billing asks first, and what it says when Stripe does not do what was asked."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext

from billing import access, checkout, payments, stripe_client, subscriptions, top_ups
from billing.models import Account, User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

# Conditions of the trade, whose text is written for members.
TOLD = (
    checkout.AlreadySubscribed,
    checkout.NotOnSale,
    payments.NotRefundable,
    stripe_client.CardDeclined,
    subscriptions.NotChangeable,
    top_ups.NoSavedCard,
)


def member(request: HttpRequest) -> tuple[User, Account]:
    """Who asks, and the account they work in. Raises NoAccount (403)."""
    # login_required stands before every caller.
    assert isinstance(request.user, User)
    return request.user, access.account_of(request.user)


def account_whose_bill_is_mine(request: HttpRequest) -> Account:
    """The account, for members who look after its bill. Raises PermissionDenied (403)."""
    user, account = member(request)
    if not access.may_manage_bill(user, account):
        raise PermissionDenied(gettext("Only owners and billing members may do this."))
    return account


def paying(view: View[P]) -> Callable[..., Any]:
    """For members who are signed in; what Stripe refuses is told on the plans page."""

    @login_required
    @functools.wraps(view)
    def told(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except stripe_client.NotSetUp:
            messages.error(request, gettext("Billing is not set up on this server, so nothing can be bought here."))
        except stripe_client.StripeAway:
            messages.error(
                request, gettext("Our payment provider does not answer. Nothing was charged; please try again.")
            )
        except TOLD as error:
            messages.error(request, str(error))
        except stripe_client.Refused:
            messages.error(
                request, gettext("Our payment provider refused this. Nothing was charged; please reload and retry.")
            )
        return redirect("billing:plans")

    return told


def absolute(request: HttpRequest, path: str) -> str:
    """The address of one of our pages, for Stripe to send the browser back to."""
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)
