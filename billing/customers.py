"""Accounts as Stripe's customers."""

from __future__ import annotations

import contextlib
import hashlib

from django.db import transaction

from billing import accounts, fetches, stripe_client
from billing.models import Account, Customer


def ensure(account: Account) -> Customer:
    """The account's customer at Stripe, made there when there is none. Raises StripeError."""
    known = Customer.objects.filter(account=account).first()
    if known:
        return known
    owner = accounts.owner_of(account)
    email = owner.email if owner else ""
    # The address is in the key because Stripe refuses a key that comes again with other words.
    key = f"customer:{account.uid}:{hashlib.sha256(email.encode()).hexdigest()[:12]}"
    remote = stripe_client.create_customer(email=email, name=account.name, account_uid=str(account.uid), key=key)
    return Customer.objects.get_or_create(account=account, defaults={"stripe_id": remote.id})[0]


def account_of(customer_id: str) -> Account | None:
    """The account that this customer of Stripe's stands for; None when it is none of ours."""
    return Account.objects.filter(customer__stripe_id=customer_id).select_related("plan").first()


def sync(customer_id: str) -> bool:
    """Mirror the customer's saved payment method; whether the customer is ours. Raises StripeError."""
    if account_of(customer_id) is None:
        return False
    number = fetches.take(customer_id)
    remote = stripe_client.customer(customer_id)
    with transaction.atomic():
        if fetches.may_write(customer_id, number):
            saved = {"payment_method": remote.payment_method, "card": remote.card[:60]}
            Customer.objects.filter(stripe_id=customer_id).update(**saved)
    return True


def save_first_card(customer_id: str, payment_method: str) -> None:
    """Charge this card from now on where the customer has saved none: it was just used. Raises StripeError."""
    if payment_method and Customer.objects.filter(stripe_id=customer_id, payment_method="").exists():
        sync(customer_id)
        if Customer.objects.filter(stripe_id=customer_id, payment_method="").exists():
            key = f"card:{customer_id}:{payment_method}"
            # Refused where the card was used once and is not kept: then there is none to charge later.
            with contextlib.suppress(stripe_client.Refused):
                stripe_client.set_default_payment_method(customer_id, payment_method, key=key)
                sync(customer_id)
