"""The accounts that a simulation plays on."""

from __future__ import annotations

import itertools

from django.utils import timezone

from billing.models import Account, Plan, User

_numbers = itertools.count()


def make_world(accounts: int) -> tuple[list[Account], User]:
    """Accounts without entries, the last of them frozen, and a member of staff who corrects."""
    number = next(_numbers)
    plan = Plan.objects.get(slug=Plan.PRO)
    made = [Account.objects.create(name=f"simulated {number}.{n}", plan=plan) for n in range(accounts)]
    made[-1].frozen_at = timezone.now()
    made[-1].save(update_fields=["frozen_at"])
    return made, User.objects.create_user(f"staff{number}@example.com")
