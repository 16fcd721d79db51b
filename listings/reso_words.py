"""RESO's own words for a listing: statuses, kinds of property, and what a photo shows (RESO Data Dictionary 2.1)."""

from __future__ import annotations

from django.db import models

from staging.briefs import RoomType


class StandardStatus(models.TextChoices):
    """RESO StandardStatus: where a listing stands in every MLS."""

    ACTIVE = "Active"
    ACTIVE_UNDER_CONTRACT = "Active Under Contract"
    CANCELED = "Canceled"
    CLOSED = "Closed"
    COMING_SOON = "Coming Soon"
    DELETE = "Delete"
    EXPIRED = "Expired"
    HOLD = "Hold"
    INCOMPLETE = "Incomplete"
    PENDING = "Pending"
    WITHDRAWN = "Withdrawn"


class PropertyType(models.TextChoices):
    """RESO PropertyType."""

    RESIDENTIAL = "Residential"
    RESIDENTIAL_LEASE = "Residential Lease"
    RESIDENTIAL_INCOME = "Residential Income"
    LAND = "Land"
    FARM = "Farm"
    COMMERCIAL_SALE = "Commercial Sale"
    COMMERCIAL_LEASE = "Commercial Lease"
    BUSINESS_OPPORTUNITY = "Business Opportunity"
    MANUFACTURED_IN_PARK = "Manufactured In Park"


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
