"""A listing's photos: upload, order, describe, remove."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request

from listings import photos, records
from listings.api import answers, document, fields
from listings.api.endpoints import Endpoint, account_of, answer, listing_of, once, require_body, require_match
from listings.api.errors import ApiError
from listings.models import Listing
from staging import exchange, sources
from staging.models import Photo

CAPTION = 50


def shown(listing: Listing, request: Request) -> dict[str, Any]:
    """All photos, in their order."""
    found = photos.of_listing(listing).select_related("listing")
    return {"value": [answers.photo(one, request) for one in found], "next": None}


@extend_schema_view(get=document.photos_list, post=document.photo_add)
class Photos(Endpoint):
    """/api/v2/listings/{ListingKey}/photos"""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A place for a body is taken by uploads alone."""
        self.takes_photos = request.method == "POST"
        super().initial(request, *args, **kwargs)

    def get(self, request: Request, key: str) -> HttpResponse:
        """The photos in their order."""
        return answer(request, shown(listing_of(request, key), request))

    def post(self, request: Request, key: str) -> HttpResponse:
        """Add a photo behind the others; one that is there already stays where it is."""
        listing = listing_of(request, key)
        require_body(request)
        given = fields.Fields(
            {name: value for name, value in fields.Fields.of(request).given.items() if name != "file"}
        )
        address = given.take("MediaURL", fields.text(10_000_000), "")
        room = given.take("RoomType", fields.room_type, None)
        caption = given.take("ShortDescription", fields.text(CAPTION), "")
        name = given.take("FileName", fields.text(255), "")
        given.done()
        photo = _photo(request, address)
        file = request.FILES.get("file")

        def add() -> str:
            added, is_new = photos.add(listing, photo, user=None, file_name=name or (file.name if file else "") or "")
            if is_new and (room or caption):
                photos.describe(added, room_type=room or added.room_type, short_description=caption)
            return str(added.media_key)

        made = once(request, "photos", {"photo": photo.sha256, "room": room, "caption": caption}, add)
        return answer(request, answers.photo(photos.get(listing, UUID(made)), request))


def _photo(request: Request, address: str) -> Photo:
    """The photo, fetched and decoded outside of this thread. Raises InvalidImage."""
    accept, file = partial(sources.accept, account_of(request)), request.FILES.get("file")
    if file is not None:
        return exchange.outside(request, "photo", partial(accept, upload=file), lane="decode")
    if not address:
        raise ApiError(400, "invalid_image", "Send the photo as the form's file, or its address as MediaURL")
    return exchange.outside(request, "photo", partial(accept, image_url=address), lane="fetch")


@extend_schema_view(put=document.photos_order)
class PhotoOrder(Endpoint):
    """/api/v2/listings/{ListingKey}/photos/order"""

    def put(self, request: Request, key: str) -> HttpResponse:
        """Order the photos; the first is the primary one."""
        listing = listing_of(request, key)
        given = fields.Fields.of(request)
        keys = given.take("MediaKeys", fields.listed(fields.uuid, 1000), [], required=True)
        given.done()
        with records.locked(listing) as listing:
            require_match(request, lambda: shown(listing, request))
            photos.reorder(listing, keys)
        return answer(request, shown(listing, request))


@extend_schema_view(get=document.photo_get, patch=document.photo_change, delete=document.photo_remove)
class OnePhoto(Endpoint):
    """/api/v2/listings/{ListingKey}/photos/{MediaKey}"""

    def get(self, request: Request, key: str, media: UUID) -> HttpResponse:
        """One photo."""
        return answer(request, answers.photo(photos.get(listing_of(request, key), media), request))

    def patch(self, request: Request, key: str, media: UUID) -> HttpResponse:
        """Say which room it shows, its caption, or its place."""
        listing = listing_of(request, key)
        with photos.locked(photos.get(listing, media)) as photo:
            require_match(request, lambda: answers.photo(photo, request))
            given = fields.Fields.of(request)
            said = {
                "room_type": given.take("RoomType", fields.room_type, photo.room_type),
                "short_description": given.take("ShortDescription", fields.text(CAPTION), ""),
            }
            place = given.take("Order", fields.whole(100_000), None)
            given.done()
            names = {"RoomType": "room_type", "ShortDescription": "short_description"}
            if wanted := {column: said[column] for name, column in names.items() if name in given.given}:
                photos.describe(photo, **wanted)
            if place is not None:
                photos.move(photo, place)
        return answer(request, answers.photo(photos.get(listing, media), request))

    def delete(self, request: Request, key: str, media: UUID) -> HttpResponse:
        """Take it out of the listing; pictures made of it stay on record."""
        listing = listing_of(request, key)
        with photos.locked(photos.get(listing, media)) as photo:
            require_match(request, lambda: answers.photo(photo, request))
            photos.remove(photo)
        return answer(request, shown(listing, request))
