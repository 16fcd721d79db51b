"""What this API alone says of what can go wrong; all else is said as in every API (staging.api.errors).

The error body is `{"error": TEXT, "message": TEXT, "code": SLUG}`, and `errors` by field where fields are wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from listings import deliveries, photos, records, reviews
from listings.rules import NoCaptionFits
from staging import masks, offers, renders, webhooks
from staging.api.errors import ApiError, Dialect, Say, by_kind, plain

__all__ = ["ApiError", "answer_of", "invalid", "not_found", "translate"]


def not_found(what: str = "There is nothing at this address") -> ApiError:
    """What is not there, and what is another account's."""
    return ApiError(404, "not_found", what)


def invalid(fields: Mapping[str, str]) -> ApiError:
    """Fields that cannot be meant so."""
    text = "; ".join(f"{name}: {said}" for name, said in fields.items())
    return ApiError(400, "invalid_field", text, more={"errors": dict(fields)})


_SAID: dict[type[Exception], Say] = {
    records.ListingNotFound: plain(404, "not_found", "There is no such listing"),
    photos.PhotoNotFound: plain(404, "not_found", "There is no such photo"),
    renders.RenderNotFound: plain(404, "not_found", "There is no such picture"),
    deliveries.NoSuchDelivery: plain(404, "not_found", "There is no such delivery"),
    records.Ambiguous: plain(409, "ambiguous_listing"),
    records.Exists: plain(409, "listing_exists", "A listing of this ListingKey is there already"),
    records.Stale: plain(409, "conflict", "Somebody else has just changed this listing"),
    photos.Stale: plain(409, "conflict", "Somebody else has just changed this photo"),
    photos.Reordered: plain(409, "conflict", "MediaKeys must name each of the listing's photos once"),
    deliveries.NothingApproved: plain(409, "nothing_approved", "No picture is approved yet"),
    reviews.NotReady: plain(409, "not_ready", "There is no picture yet"),
    reviews.AnotherApproved: plain(409, "another_approved", "Another picture of this render is approved"),
    reviews.NotRefused: plain(409, "not_refused", "No picture of this render waits for an override"),
    reviews.NoReason: plain(400, "invalid_field"),
    NoCaptionFits: plain(503, "unavailable"),
    masks.InvalidMask: lambda error: invalid({"Mask": str(error)}),
    offers.NotOffered: plain(400, "not_offered"),
    webhooks.Blocked: plain(400, "invalid_field"),
    webhooks.TooManySubscriptions: plain(409, "too_many_webhooks"),
}


DIALECT = Dialect(
    names=("error", "message"),
    scheme="Api-Key",
    no_api=("plan_without_api", "The plan of this account has no API access"),
    own=partial(by_kind, _SAID),
)
answer_of = DIALECT.answer
translate = DIALECT.translate
