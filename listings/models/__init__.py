"""What an agent came for: listings, their photos, the staged pictures made of them, and what is published of them."""

from listings.models.disclosures import Delivery, OriginalPage, Profile
from listings.models.homes import ListingPage, PagePicture
from listings.models.imports import Connection, Import, ImportedListing, ImportedPhoto
from listings.models.listings import Listing
from listings.models.notifications import Notification, Preferences
from listings.models.photos import ListingPhoto, StagedPhoto, Upload
from listings.models.prepared import PreparedCopy

__all__ = [
    "Connection",
    "Delivery",
    "Import",
    "ImportedListing",
    "ImportedPhoto",
    "Listing",
    "ListingPage",
    "ListingPhoto",
    "Notification",
    "OriginalPage",
    "PagePicture",
    "Preferences",
    "PreparedCopy",
    "Profile",
    "StagedPhoto",
    "Upload",
]
