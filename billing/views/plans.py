"""Plans and packs: what there is, what the account has, and the ways to Stripe."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing import access, checkout, customers, ledger, stripe_client, subscriptions, top_ups
from billing.forms import TopUpForm, WarningForm
from billing.models import Account, Customer, Pack, Payment, Plan, TopUpRule
from billing.views.guards import absolute, account_whose_bill_is_mine, member, paying


@login_required
@require_GET
def plans(request: HttpRequest) -> HttpResponse:
    """What there is to buy and what the account has."""
    user, account = member(request)
    return render(request, "billing/plans.html", _shop(account) | {"may_pay": access.may_manage_bill(user, account)})


@require_POST
@paying
def plan_buy(request: HttpRequest, slug: str) -> HttpResponse:
    """Buy a plan, or change to it."""
    account = account_whose_bill_is_mine(request)
    plan = get_object_or_404(Plan, slug=slug)
    subscription = subscriptions.of(account)
    if subscription is None or not subscription.is_live:
        return redirect(
            checkout.buy_plan(
                account,
                plan,
                done_url=absolute(request, reverse("billing:done")),
                back_url=absolute(request, reverse("billing:plans")),
                attempt=_attempt(request),
            )
        )
    if not subscriptions.change(subscription, plan, attempt=_attempt(request)):
        messages.error(
            request,
            gettext("Your card was declined, so the plan stays %(name)s. Change the card first.")
            % {"name": account.plan.name},
        )
    elif subscription.plan and plan.monthly_price_cents < subscription.plan.monthly_price_cents:
        messages.success(request, gettext("You go on with %(name)s when the paid month ends.") % {"name": plan.name})
    else:
        messages.success(request, gettext("You are on %(name)s now.") % {"name": plan.name})
    return redirect("billing:plans")


@require_POST
@paying
def pack_buy(request: HttpRequest, slug: str) -> HttpResponse:
    """Buy a pack."""
    account = account_whose_bill_is_mine(request)
    return redirect(
        checkout.buy_pack(
            account,
            get_object_or_404(Pack, slug=slug),
            done_url=absolute(request, reverse("billing:done")),
            back_url=absolute(request, reverse("billing:plans")),
            attempt=_attempt(request),
        )
    )


@require_GET
@paying
def done(request: HttpRequest) -> HttpResponse:
    """Back from Stripe's payment page: look at once, and not only when the webhook comes."""
    account = account_whose_bill_is_mine(request)
    if checkout.sync(request.GET.get("session", "")):
        messages.success(
            request,
            gettext("Thank you. %(name)s has %(number)s credits.")
            % {"name": account.name, "number": ledger.balance(account)},
        )
    return redirect("billing:plans")


@require_http_methods(["GET", "POST"])
@paying
def cancel(request: HttpRequest) -> HttpResponse:
    """The second of two clicks that cancel the plan."""
    account = account_whose_bill_is_mine(request)
    subscription = subscriptions.of(account)
    if subscription is None:
        return redirect("billing:plans")
    if request.method == "GET":
        return render(request, "billing/cancel.html", {"subscription": subscription, "attempt": uuid.uuid4().hex})
    subscriptions.cancel(subscription, attempt=_attempt(request))
    messages.success(
        request,
        gettext("Cancelled. Everything stays as it is until %(day)s.")
        % {"day": date_format(subscription.period_end, "j F Y")},
    )
    return redirect("billing:plans")


@require_POST
@paying
def resume(request: HttpRequest) -> HttpResponse:
    """Go on after all."""
    subscription = subscriptions.of(account_whose_bill_is_mine(request))
    if subscription:
        subscriptions.resume(subscription, attempt=_attempt(request))
        messages.success(request, gettext("Your plan goes on."))
    return redirect("billing:plans")


@require_POST
@paying
def portal(request: HttpRequest) -> HttpResponse:
    """To Stripe's page for card, invoices and tax number."""
    account = account_whose_bill_is_mine(request)
    back_url = absolute(request, reverse("billing:plans"))
    return redirect(checkout.portal(account, back_url=back_url, attempt=_attempt(request)))


@require_POST
@paying
def warning(request: HttpRequest) -> HttpResponse:
    """Set the balance below which the account is told."""
    account = account_whose_bill_is_mine(request)
    form = WarningForm(request.POST)
    if not form.is_valid():
        return render(request, "billing/plans.html", _shop(account) | {"may_pay": True, "warning_form": form})
    account.warn_below = form.cleaned_data["warn_below"]
    account.warned_at = None
    account.save(update_fields=["warn_below", "warned_at"])
    messages.success(request, gettext("Saved."))
    return redirect("billing:plans")


@require_POST
@paying
def top_up(request: HttpRequest) -> HttpResponse:
    """Set the standing order."""
    account = account_whose_bill_is_mine(request)
    form = TopUpForm(request.POST)
    if not form.is_valid():
        return render(request, "billing/plans.html", _shop(account) | {"may_pay": True, "top_up_form": form})
    user, _ = member(request)
    _see_card(account)
    top_ups.set_rule(account, user=user, **form.cleaned_data)
    messages.success(request, gettext("Credits are bought by themselves from now on."))
    return redirect("billing:plans")


@require_POST
@paying
def top_up_stop(request: HttpRequest) -> HttpResponse:
    """End the standing order."""
    top_ups.stop(account_whose_bill_is_mine(request))
    messages.success(request, gettext("No credits are bought by themselves any more."))
    return redirect("billing:plans")


def _shop(account: Account) -> dict[str, object]:
    rule = TopUpRule.objects.filter(account=account).select_related("pack").first()
    order = {"pack": rule.pack, "below": rule.below, "per_month": rule.per_month} if rule else {}
    return {
        "account": account,
        "credits": ledger.balance(account),
        "is_set_up": stripe_client.is_set_up(),
        "plans": Plan.objects.all(),
        "packs": Pack.objects.filter(on_sale=True),
        "subscription": subscriptions.of(account),
        "payments": Payment.objects.filter(account=account)[:12],
        "customer": Customer.objects.filter(account=account).first(),
        "rule": rule,
        "warning_form": WarningForm(initial={"warn_below": account.warn_below}),
        "top_up_form": TopUpForm(initial=order),
        # Names the click: the same button pressed twice is one purchase.
        "attempt": uuid.uuid4().hex,
    }


def _see_card(account: Account) -> None:
    """Learn of a card that was saved a moment ago, before its webhook comes."""
    customer = Customer.objects.filter(account=account, payment_method="").first()
    if customer:
        customers.sync(customer.stripe_id)


def _attempt(request: HttpRequest) -> str:
    return request.POST.get("attempt", "")[:40] or uuid.uuid4().hex
