"""A RESO Web API provider over real HTTP, whose listings and bad days tests decide."""

from tests.listings.reso_stand_in.server import StandIn, Switches

__all__ = ["StandIn", "Switches"]
