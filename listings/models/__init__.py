"""What an agent came for: listings, their photos, the staged pictures made of them, and what is published of them."""

from listings.models.disclosures import Delivery, OriginalPage, Profile
from listings.models.listings import Listing
from listings.models.photos import ListingPhoto, StagedPhoto, Upload

__all__ = ["Delivery", "Listing", "ListingPhoto", "OriginalPage", "Profile", "StagedPhoto", "Upload"]
