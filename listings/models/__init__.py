"""What an agent came for: listings, their photos, and the staged pictures made of them."""

from listings.models.listings import Listing
from listings.models.photos import ListingPhoto, StagedPhoto, Upload

__all__ = ["Listing", "ListingPhoto", "StagedPhoto", "Upload"]
