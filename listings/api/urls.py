"""The Listing API's paths. Each answers with and without a trailing slash, and never redirects."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import re_path
from django.urls.resolvers import URLPattern
from django.views.decorators.csrf import csrf_exempt

from listings.api import errors
from listings.api.endpoints import CROSS_ORIGIN, Endpoint
from listings.api.views import deliveries, listings, photos, pictures, webhooks
from staging.api.bodies import json_answer

app_name = "listings_api"

# A ListingKey is the MLS's own and may hold slashes, which servers hand on decoded, so what follows it decides where it
# ends: the shortest key for which the rest of the path is one of ours.
_LISTING = r"listings/(?P<key>[^/].*?)"
_UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_PHOTO = rf"{_LISTING}/photos/(?P<media>{_UUID})"
_DELIVERY = rf"{_LISTING}/deliveries/(?P<delivery>{_UUID})"
_PICTURE = r"pictures/(?P<public_id>[A-Za-z0-9]{20})"


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    """Any other path: there is nothing, for anybody and in every method."""
    if request.method == "OPTIONS":
        return json_answer({}, headers=CROSS_ORIGIN)
    return errors.answer_of(errors.not_found())


def _at(path: str, view: type[Endpoint], name: str) -> URLPattern:
    return re_path(rf"^api/v2/{path}/?$", view.as_view(), name=name)


urlpatterns = [
    _at("listings", listings.Listings, "listings"),
    _at(f"{_LISTING}/photos", photos.Photos, "photos"),
    _at(f"{_LISTING}/photos/order", photos.PhotoOrder, "photo_order"),
    _at(_PHOTO, photos.OnePhoto, "photo"),
    _at(f"{_PHOTO}/pictures", pictures.PhotoPictures, "photo_pictures"),
    _at(f"{_LISTING}/pictures", pictures.ListingPictures, "listing_pictures"),
    _at(f"{_LISTING}/deliveries", deliveries.Deliveries, "deliveries"),
    _at(_DELIVERY, deliveries.OneDelivery, "delivery"),
    _at(f"{_DELIVERY}/file", deliveries.DeliveryFile, "delivery_file"),
    # Last of these: as far as its pattern goes, the others are keys.
    _at(_LISTING, listings.OneListing, "listing"),
    _at(_PICTURE, pictures.Picture, "picture"),
    _at(f"{_PICTURE}/verdict", pictures.Judgement, "verdict"),
    _at(f"{_PICTURE}/override", pictures.Override, "override"),
    _at(f"{_PICTURE}/original", pictures.Original, "original"),
    _at("profiles", deliveries.Profiles, "profiles"),
    _at("webhooks", webhooks.Webhooks, "webhooks"),
    _at(f"webhooks/(?P<key>{_UUID})", webhooks.OneWebhook, "webhook"),
    re_path(r"^api/v2(?:/.*)?$", unknown, name="unknown"),
]
