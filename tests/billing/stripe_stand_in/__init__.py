"""A stateful stand-in for Stripe's HTTP API, for the real library to talk to over HTTP.

It keeps what it is told, moves its own clock, charges cards that work or do not, makes the events that Stripe would,
signs them, and delivers them in the order, number and time that a test asks for. Answers are shaped as Stripe documents
them for API version 2026-10-28; unknown parameters and missing objects are refused with Stripe's errors.

Only Stripe itself can prove agreement with Stripe: this proves what we do with such answers.
"""

from tests.billing.stripe_stand_in.server import StandIn

__all__ = ["StandIn"]
