"""RESO's own words for a listing: statuses, kinds of property, and what a photo shows (RESO Data Dictionary 2.1)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy

from staging.briefs import RoomType


class StandardStatus(models.TextChoices):
    """RESO StandardStatus: where a listing stands in every MLS."""

    ACTIVE = "Active", gettext_lazy("Active")
    ACTIVE_UNDER_CONTRACT = "Active Under Contract", gettext_lazy("Active Under Contract")
    CANCELED = "Canceled", gettext_lazy("Canceled")
    CLOSED = "Closed", gettext_lazy("Closed")
    COMING_SOON = "Coming Soon", gettext_lazy("Coming Soon")
    DELETE = "Delete", gettext_lazy("Delete")
    EXPIRED = "Expired", gettext_lazy("Expired")
    HOLD = "Hold", gettext_lazy("Hold")
    INCOMPLETE = "Incomplete", gettext_lazy("Incomplete")
    PENDING = "Pending", gettext_lazy("Pending")
    WITHDRAWN = "Withdrawn", gettext_lazy("Withdrawn")


class PropertyType(models.TextChoices):
    """RESO PropertyType."""

    RESIDENTIAL = "Residential", gettext_lazy("Residential")
    RESIDENTIAL_LEASE = "Residential Lease", gettext_lazy("Residential Lease")
    RESIDENTIAL_INCOME = "Residential Income", gettext_lazy("Residential Income")
    LAND = "Land", gettext_lazy("Land")
    FARM = "Farm", gettext_lazy("Farm")
    COMMERCIAL_SALE = "Commercial Sale", gettext_lazy("Commercial Sale")
    COMMERCIAL_LEASE = "Commercial Lease", gettext_lazy("Commercial Lease")
    BUSINESS_OPPORTUNITY = "Business Opportunity", gettext_lazy("Business Opportunity")
    MANUFACTURED_IN_PARK = "Manufactured In Park", gettext_lazy("Manufactured In Park")


# RESO ImageOf, as far as it maps to staging.
IMAGES_OF = (
    "Living Room", "Family Room", "Great Room", "Den", "Bedroom", "Primary Bedroom", "Nursery", "Kitchen",
    "Dining Room", "Dining Area", "Bathroom", "Office", "Study", "Library", "Loft", "Basement", "Hallway", "Entry",
    "Laundry", "Garage", "Front of Structure", "Back of Structure", "Patio", "Deck", "Balcony", "Yard", "Garden",
    "Pool", "View", "Floor Plan", "Other",
)  # fmt: skip

# RESO MediaAlteration: what was done to a picture.
MEDIA_ALTERATIONS = (
    "None", "Decluttered - Item Removed", "Virtual Staging - Item Addition", "Virtual Renovation",
    "Virtual Enhancements", "Twilight Conversion", "Virtual Representation - To Be Built",
    "Virtual Representation - Under Construction", "Model Home", "Other Media Modification",
)  # fmt: skip

IMAGE_OF_ROOM = {
    RoomType.LIVING: "Living Room",
    RoomType.BED: "Bedroom",
    RoomType.KITCHEN: "Kitchen",
    RoomType.DINING: "Dining Room",
    RoomType.BATHROOM: "Bathroom",
    RoomType.HOME_OFFICE: "Office",
    RoomType.OUTDOOR: "Patio",
    RoomType.KIDS_ROOM: "Bedroom",
}
ROOM_OF_IMAGE = {
    **{name: room for room, name in IMAGE_OF_ROOM.items() if room != RoomType.KIDS_ROOM},
    "Family Room": RoomType.LIVING,
    "Great Room": RoomType.LIVING,
    "Den": RoomType.LIVING,
    "Basement": RoomType.LIVING,
    "Loft": RoomType.LIVING,
    "Primary Bedroom": RoomType.BED,
    "Nursery": RoomType.KIDS_ROOM,
    "Dining Area": RoomType.DINING,
    "Study": RoomType.HOME_OFFICE,
    "Library": RoomType.HOME_OFFICE,
    "Deck": RoomType.OUTDOOR,
    "Balcony": RoomType.OUTDOOR,
    "Yard": RoomType.OUTDOOR,
    "Garden": RoomType.OUTDOOR,
}
