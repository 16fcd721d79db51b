"""Roles of our own people in the admin, each with no more than its work needs.

The roles are groups, made once by `migrate`; what an operator changes in them afterwards stays.
"""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

# What each role may do, as app.codename. Viewing a page and doing what its actions do are rights of their own.
ROLES: Final[dict[str, tuple[str, ...]]] = {
    # Answers customers: sees accounts and renders, tries again and cancels; moves no credits and no money.
    "Support": (
        "billing.view_account", "billing.view_user", "billing.view_membership", "billing.view_apikey",
        "billing.view_invitation", "billing.view_entry", "billing.view_plan",
        "staging.view_photo", "staging.view_render", "staging.change_render", "staging.view_run", "staging.view_output",
        "staging.view_webhookdelivery", "staging.view_webhookattempt", "staging.change_webhookdelivery",
    ),
    # Looks after the books: credits, payments, refunds, Stripe.
    "Finance": (
        "billing.view_account", "billing.view_entry", "billing.add_entry", "billing.view_plan", "billing.view_pack",
        "billing.view_payment", "billing.change_payment", "billing.view_subscription", "billing.view_customer",
        "billing.view_price", "billing.view_topup", "billing.view_stripeevent",
        "staging.view_render", "staging.view_run",
    ),
    # Sets prices and packs.
    "Catalogue": (
        "billing.view_plan", "billing.change_plan", "billing.view_pack", "billing.add_pack", "billing.change_pack",
    ),
    # Reads what everybody did.
    "Audit": ("admin.view_logentry", "billing.view_account", "billing.view_entry", "billing.view_user"),
}  # fmt: skip


def ensure(**_said: Any) -> None:
    """Make the roles that are not there yet. Connected to `post_migrate`, when permissions have been made."""
    for name, rights in ROLES.items():
        group, made = Group.objects.get_or_create(name=name)
        if made:
            group.permissions.set(_permissions(rights))


def _permissions(rights: tuple[str, ...]) -> list[Permission]:
    wanted = Q()
    for right in rights:
        app, codename = right.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    return list(Permission.objects.filter(wanted))
