"""The shop's view: everything to read, plans and packs to change. Credits move by the verbs alone, never by a form."""

from billing.admin import accounts, audit, shop, stripe

__all__ = ["accounts", "audit", "shop", "stripe"]
