"""Subscriptions: mirrored from Stripe, changed there, and what they mean for the account's plan.

The account's plan is that of its best live subscription, and Free when what it paid for has ended. An account whose
subscriptions were never paid keeps the plan that staff gave it.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from billing import accounts, customers, fetches, ledger, notices, payments, prices, stripe_client
from billing.models import Account, Plan, Subscription
from billing.remote import RemoteSubscription


class NotChangeable(ValueError):
    """The subscription cannot be changed so; the message says why."""


def of(account: Account) -> Subscription | None:
    """The subscription that the account's pages are about: the newest that is not over; None when there is none."""
    open_ones = Subscription.objects.filter(account=account).exclude(status__in=Subscription.OVER)
    return open_ones.select_related("plan", "next_plan").order_by("-pk").first()


def sync(stripe_id: str) -> bool:
    """Fetch a subscription and mirror it; whether it is ours. Raises StripeError."""
    number = fetches.take(stripe_id)
    return store(stripe_client.subscription(stripe_id), number)


def store(remote: RemoteSubscription, number: int) -> bool:
    """Mirror what fetch `number` brought, and bring the account's plan in line; whether it is ours."""
    account = customers.account_of(remote.customer)
    price = prices.of(remote.price)
    if account is None or price is None:
        return False
    after = prices.of(remote.next_price)
    row = {
        "account": account,
        "plan": price.plan,
        "item_id": remote.item,
        "status": remote.status,
        "period_start": remote.period_start,
        "period_end": remote.period_end,
        "cancel_at_period_end": remote.cancel_at_period_end,
        "next_plan": after.plan if after else None,
        "schedule_id": remote.schedule,
        "ended_at": remote.ended_at,
        "seen_at": timezone.now(),
    }
    with transaction.atomic():
        ledger.lock(account.pk)
        if fetches.may_write(remote.id, number):
            Subscription.objects.update_or_create(stripe_id=remote.id, defaults=row)
            review(account)
    return True


def review(account: Account) -> None:
    """Put the account on the plan that its subscriptions pay for."""
    ever_paid = Subscription.objects.filter(account=account).exclude(status__in=Subscription.NEVER_PAID)
    subscriptions = list(ever_paid.select_related("plan"))
    if not subscriptions:
        return
    paid = [found.plan for found in subscriptions if found.is_live and found.plan]
    best = max(paid, key=lambda plan: plan.monthly_price_cents).slug if paid else Plan.FREE
    if best != account.plan_id:
        accounts.change_plan(account, best)
    ended = [found for found in subscriptions if found.is_over]
    if ended and not paid:
        _tell_ended(account, ended[-1])


def change(subscription: Subscription, plan: Plan, *, attempt: str) -> bool:
    """Go on with another plan: a dearer one now, for the difference; a cheaper one when the paid month ends.

    `attempt` names the member's click, so that two of it are one. Whether the change is in force, or planned;
    False when the card was declined and nothing has changed. Raises NotChangeable, StripeError.
    """
    now = subscription.plan
    if not subscription.is_live or now is None or plan.monthly_price_cents == 0:
        raise NotChangeable("There is no running subscription to change.")
    if subscription.status == "past_due":
        raise NotChangeable("The last payment failed. Please change the card first.")
    if plan == now:
        raise NotChangeable(f"The account is on {plan.name} already.")
    price = prices.ensure(plan)
    key = f"change:{subscription.stripe_id}:{price.stripe_id}:{attempt}"
    _forget_plans(subscription, key)
    if plan.monthly_price_cents > now.monthly_price_cents:
        number = fetches.take(subscription.stripe_id)
        remote = stripe_client.upgrade_subscription(
            subscription.stripe_id, item_id=subscription.item_id, price_id=price.stripe_id, key=key
        )
        store(remote, number)
        if remote.latest_invoice:
            payments.sync_invoice(remote.latest_invoice)
        return not remote.changes_pending
    schedule = stripe_client.create_schedule(subscription.stripe_id, key=f"{key}:schedule")
    stripe_client.schedule_price(schedule, price.stripe_id, key=f"{key}:phases")
    return sync(subscription.stripe_id)


def cancel(subscription: Subscription, *, attempt: str) -> None:
    """End the subscription when the paid month ends; until then everything stays. Raises NotChangeable, StripeError."""
    if subscription.is_over:
        raise NotChangeable("The subscription has ended already.")
    key = f"cancel:{subscription.stripe_id}:{attempt}"
    _forget_plans(subscription, key)
    number = fetches.take(subscription.stripe_id)
    store(stripe_client.set_cancel_at_period_end(subscription.stripe_id, True, key=key), number)


def resume(subscription: Subscription, *, attempt: str) -> None:
    """Let a subscription go on that was to end, or to change. Raises NotChangeable, StripeError."""
    if subscription.is_over:
        raise NotChangeable("The subscription has ended already.")
    key = f"resume:{subscription.stripe_id}:{attempt}"
    _forget_plans(subscription, key)
    number = fetches.take(subscription.stripe_id)
    store(stripe_client.set_cancel_at_period_end(subscription.stripe_id, False, key=key), number)


def end_now(account: Account) -> None:
    """End everything that would charge the account again. Raises StripeError."""
    for subscription in Subscription.objects.filter(account=account).exclude(status__in=Subscription.OVER):
        number = fetches.take(subscription.stripe_id)
        key = f"end:{subscription.stripe_id}"
        store(stripe_client.cancel_subscription(subscription.stripe_id, key=key), number)


def _forget_plans(subscription: Subscription, key: str) -> None:
    """Drop a change that was planned for the period's end: what is asked for now replaces it."""
    if subscription.schedule_id:
        stripe_client.release_schedule(subscription.schedule_id, key=f"{key}:release:{subscription.schedule_id}")
        Subscription.objects.filter(pk=subscription.pk).update(schedule_id="", next_plan=None)


def _tell_ended(account: Account, ended: Subscription) -> None:
    plan = gettext_lazy(ended.plan.name) if ended.plan else ""
    notices.tell(
        account,
        f"ended:{ended.stripe_id}",
        subject=format_lazy(gettext_lazy("Your {plan} plan has ended"), plan=plan),
        paragraphs=[
            format_lazy(
                gettext_lazy("{name} is on the free plan again. Its credits stay; none of them expires."),
                name=account.name,
            )
        ],
        label=gettext_lazy("See plans"),
        path="/billing/plans/",
    )
