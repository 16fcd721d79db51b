"""The rows of billing.

Who pays (User, Account, Membership, Invitation), how partners come in (ApiKey), what is on sale (Plan, Pack), what an
account holds (Entry), what Stripe has of it (Customer, Price, Subscription, Payment), what came in (StripeEvent).
"""

from billing.models.accounts import Account, Membership, User
from billing.models.events import Notice, StripeEvent, TopUp, TopUpRule
from billing.models.invitations import Invitation
from billing.models.keys import ApiKey
from billing.models.ledger import Entry
from billing.models.mirror import Customer, Fetch, Payment, Price, Subscription
from billing.models.plans import Pack, Plan

__all__ = [
    "Account",
    "ApiKey",
    "Customer",
    "Entry",
    "Fetch",
    "Invitation",
    "Membership",
    "Notice",
    "Pack",
    "Payment",
    "Plan",
    "Price",
    "StripeEvent",
    "Subscription",
    "TopUp",
    "TopUpRule",
    "User",
]
