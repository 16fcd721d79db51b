"""The listing that a new demo account finds: our own sample rooms, ready to be staged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from listings import photos, records
from listings.models import Listing
from listings.reso_words import StandardStatus
from listings.samples import SAMPLES
from staging import credits, sources

if TYPE_CHECKING:
    from billing.models import Account

# No MLS has this name, so the listing is known again at the next start, also once it has been archived.
SYSTEM = "Openhouse samples"


def ensure_listing(account: Account) -> Listing:
    """The account's sample listing, made with its photos where there is none yet. Slow the first time: decodes."""
    known = _known(account)
    if known is not None:
        return known
    # Decoded before the transaction begins: nobody waits for a decoder while rows are locked.
    accepted = [(sample, sources.accept(account, raw=sample.file)) for sample in SAMPLES.values()]
    with transaction.atomic():
        # The account's row is locked first: of two clicks at once, the second finds the first one's listing.
        credits.lock(account)
        known = _known(account)
        if known is not None:
            return known
        listing = records.create(
            account,
            originating_system_name=SYSTEM,
            listing_key="sample",
            unparsed_address="1 Sample Street",
            city="Berkeley",
            state_or_province="CA",
            postal_code="94704",
            standard_status=StandardStatus.COMING_SOON,
            list_price=1_150_000,
            bedrooms_total=2,
            bathrooms_total_integer=1,
            living_area=1040,
            public_remarks="A sample listing with two empty rooms, ready to be staged.",
        )
        for sample, photo in accepted:
            photos.add(listing, photo, user=None, file_name=f"{sample.title}.jpg")
    return listing


def _known(account: Account) -> Listing | None:
    return Listing.objects.filter(account=account, originating_system_name=SYSTEM).first()
