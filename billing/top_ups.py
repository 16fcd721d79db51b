"""Standing orders: credits bought with the saved card when the balance runs low.

asked (row) -> charged at Stripe, with the row's id in the idempotency key -> paid or failed (row)

A crash between two of these leaves an asked row; `go_on` asks Stripe again with the same key and learns what became
of the first charge. Bought credits come as those of any payment, through billing.payments.
"""

from __future__ import annotations

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from billing import jobs, ledger, notices, stripe_client
from billing.models import Account, Customer, Pack, Payment, TopUp, TopUpRule, User
from billing.remote import RemotePayment

State = TopUp.State
# Stripe forgets an idempotency key after 24 hours; a charge must not be asked for again then.
GIVE_UP_AFTER = datetime.timedelta(hours=20)


class NoSavedCard(ValueError):
    """A standing order needs a card that may be charged; buying a pack or a plan saves one."""


def set_rule(account: Account, *, pack: Pack, below: int, per_month: int, user: User | None) -> TopUpRule:
    """Buy `pack` whenever the balance falls below `below`, at most `per_month` times in a calendar month.

    Raises NoSavedCard.
    """
    if below < 1:
        raise ValueError("a standing order buys below 1 credit or more")
    if not Customer.objects.filter(account=account).exclude(payment_method="").exists():
        raise NoSavedCard("Buy a pack or a plan first; its card is then used.")
    order = {"pack": pack, "below": below, "per_month": per_month, "enabled": True, "stopped_why": "", "set_by": user}
    with transaction.atomic():
        ledger.lock(account.pk)
        rule, _ = TopUpRule.objects.update_or_create(account=account, defaults={**order, "set_at": timezone.now()})
        Account.objects.filter(pk=account.pk).update(top_up_below=below)
        jobs.enqueue_after_commit("billing.low_balance.look", account.pk)
    return rule


def stop(account: Account, *, why: str = "") -> None:
    """End the standing order; `why` is shown to the members where we ended it."""
    with transaction.atomic():
        TopUpRule.objects.filter(account=account).update(enabled=False, stopped_why=why[:200])
        Account.objects.filter(pk=account.pk).update(top_up_below=0)


def ask(account: Account) -> TopUp | None:
    """Write down that credits shall be bought now; None where the order, its limit or an open charge says no."""
    with transaction.atomic():
        locked = ledger.lock(account.pk)
        rule = TopUpRule.objects.filter(account=account, enabled=True).select_related("pack").first()
        if rule is None or locked.frozen_at or locked.closed_at or ledger.balance(account) >= rule.below:
            return None
        since = timezone.now().astimezone(datetime.UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        made = TopUp.objects.filter(account=account, made_at__gte=since).exclude(state=State.FAILED).count()
        if made >= rule.per_month:
            _tell_limit(account, rule, since)
            return None
        try:
            with transaction.atomic():
                return TopUp.objects.create(
                    account=account, pack=rule.pack, credits=rule.pack.credits, cents=rule.pack.price_cents
                )
        except IntegrityError:
            return None


def charge(top_up: TopUp) -> str:
    """Charge the saved card for a top-up that was asked for; the payment intent, empty when it failed.

    Raises StripeAway, StripeError when nothing is known of the outcome.
    """
    customer = Customer.objects.filter(account_id=top_up.account_id).exclude(payment_method="").first()
    if customer is None:
        _fail(top_up, "There is no saved card.")
        return ""
    metadata = {
        "kind": Payment.Kind.TOP_UP.value,
        "credits": str(top_up.credits),
        "name": f"Automatic top-up: {top_up.pack.name}",
        "top_up": str(top_up.pk),
    }
    try:
        remote = stripe_client.charge_saved_card(
            customer.stripe_id,
            payment_method=customer.payment_method,
            cents=top_up.cents,
            description=metadata["name"],
            metadata=metadata,
            key=f"top-up:{top_up.account.uid}:{top_up.pk}",
        )
    except (stripe_client.CardDeclined, stripe_client.Refused) as error:
        _fail(top_up, str(error))
        return ""
    TopUp.objects.filter(pk=top_up.pk).update(stripe_id=remote.id)
    return remote.id


def overdue(account_id: int) -> TopUp | None:
    """The top-up of this account that was asked for and has no outcome yet."""
    waiting = TopUp.objects.filter(account_id=account_id, state=State.ASKED).select_related("account", "pack").first()
    if waiting and waiting.made_at < timezone.now() - GIVE_UP_AFTER:
        _fail(waiting, "Stripe did not answer for a day.")
        return None
    return waiting


def note_success(payment: Payment) -> None:
    """End the top-up that this payment paid, and look whether it was enough."""
    if payment.kind == Payment.Kind.TOP_UP:
        TopUp.objects.filter(stripe_id=payment.stripe_id, state=State.ASKED).update(state=State.PAID)
        jobs.enqueue_after_commit("billing.low_balance.look", payment.account_id)


def note_failure(remote: RemotePayment) -> None:
    """End the top-up whose payment Stripe reports as failed."""
    if remote.metadata.get("kind") == Payment.Kind.TOP_UP and remote.status in {"requires_payment_method", "canceled"}:
        number = remote.metadata.get("top_up", "")
        top_up = TopUp.objects.filter(pk=number, state=State.ASKED).first() if number.isdigit() else None
        if top_up:
            _fail(top_up, remote.error or "The card was declined.")


def _fail(top_up: TopUp, why: str) -> None:
    with transaction.atomic():
        if not TopUp.objects.filter(pk=top_up.pk, state=State.ASKED).update(state=State.FAILED, error=why[:200]):
            return
        stop(top_up.account, why=why)
        notices.tell(
            top_up.account,
            f"top-up-failed:{top_up.pk}",
            subject=gettext_lazy("Credits could not be bought"),
            paragraphs=[
                format_lazy(
                    gettext_lazy("The automatic top-up of {name} failed and is switched off. {why}"),
                    name=top_up.account.name,
                    why=why,
                )
            ],
            label=gettext_lazy("Change the card"),
            path="/billing/plans/",
        )


def _tell_limit(account: Account, rule: TopUpRule, since: datetime.datetime) -> None:
    notices.tell(
        account,
        f"top-up-limit:{since:%Y-%m}",
        subject=gettext_lazy("The automatic top-up has reached its limit"),
        paragraphs=[
            format_lazy(
                gettext_lazy("{name} has bought credits {count} times this month, as often as it may."),
                name=account.name,
                count=rule.per_month,
            )
        ],
        label=gettext_lazy("See credits and limits"),
        path="/billing/plans/",
    )
