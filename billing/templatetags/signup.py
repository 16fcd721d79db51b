"""What the pages and mails of signing up say about credits."""

from __future__ import annotations

from django import template

from billing import accounts
from billing.models import Plan, User

register = template.Library()


@register.simple_tag
def signup_credits() -> int:
    """Credits that a new account is given when its address is confirmed."""
    return Plan.objects.filter(slug=Plan.FREE).values_list("signup_credits", flat=True).first() or 0


@register.simple_tag
def credits_on_confirmation(user: User) -> int:
    """Credits that still wait for this user to confirm an address; 0 when none do."""
    return accounts.credits_on_confirmation(user)
