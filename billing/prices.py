"""Plans as Stripe's prices."""

from __future__ import annotations

from billing import stripe_client
from billing.models import Plan, Price


def ensure(plan: Plan) -> Price:
    """The price at Stripe of what the plan costs now, made there when there is none. Raises StripeError."""
    known = plan.prices.filter(cents=plan.monthly_price_cents, currency="usd").first()
    if known:
        return known
    key = f"price:{plan.slug}:{plan.monthly_price_cents}:usd:{plan.name}"
    product = f"Openhouse {plan.name}"
    remote = stripe_client.create_price(cents=plan.monthly_price_cents, product=product, plan=plan.slug, key=key)
    return _remember(remote.id, plan, remote.cents, remote.currency)


def of(price_id: str) -> Price | None:
    """A price, asked at Stripe the first time; None when it is of no plan of ours. Raises StripeError."""
    known = Price.objects.filter(stripe_id=price_id).select_related("plan").first()
    if known or not price_id:
        return known
    remote = stripe_client.price(price_id)
    plan = Plan.objects.filter(slug=remote.plan).first() if remote.plan else None
    return _remember(remote.id, plan, remote.cents, remote.currency) if plan else None


def _remember(stripe_id: str, plan: Plan, cents: int, currency: str) -> Price:
    row = {"plan": plan, "cents": cents, "currency": currency}
    return Price.objects.get_or_create(stripe_id=stripe_id, defaults=row)[0]
