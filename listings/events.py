"""What partners hear of listings, by the webhooks that they subscribed to (staging.webhooks)."""

from __future__ import annotations

from typing import Any

from listings.models import Listing
from staging import jobs, webhooks

LISTING_CREATED, LISTING_CHANGED, LISTING_ARCHIVED = "listing.created", "listing.changed", "listing.archived"
PHOTOS_CHANGED = "photos.changed"
PICTURE_JUDGED = "picture.judged"
DELIVERY_DONE, DELIVERY_FAILED = "delivery.done", "delivery.failed"
EVENTS = (
    LISTING_CREATED,
    LISTING_CHANGED,
    LISTING_ARCHIVED,
    PHOTOS_CHANGED,
    PICTURE_JUDGED,
    DELIVERY_DONE,
    DELIVERY_FAILED,
    *webhooks.RENDER_EVENTS,
)


def tell(listing: Listing, event: str, **data: Any) -> None:
    """Have the listing's account told of an event, with what names the listing. Called in its transaction."""
    named = {"ListingKey": str(listing.listing_key), "OriginatingSystemName": listing.originating_system_name}
    for delivery_id in webhooks.tell(listing.account_id, event, named | data):
        jobs.enqueue_after_commit(jobs.deliver, delivery_id)
