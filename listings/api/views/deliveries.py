"""Deliveries: ask, poll, download; and the MLS profiles that they follow."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.text import slugify
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request

from listings import deliveries
from listings.api import answers, document, fields, paging
from listings.api.endpoints import CROSS_ORIGIN, Endpoint, answer, listing_of, once
from listings.api.errors import ApiError, invalid
from listings.models import Delivery
from staging.api.bodies import CORS


@extend_schema_view(get=document.profiles)
class Profiles(Endpoint):
    """/api/v2/profiles"""

    def get(self, request: Request) -> HttpResponse:
        """The MLS rules in force."""
        return answer(request, {"value": [answers.profile(one) for one in deliveries.profiles()], "next": None})


@extend_schema_view(get=document.deliveries_list, post=document.delivery_create)
class Deliveries(Endpoint):
    """/api/v2/listings/{ListingKey}/deliveries"""

    def get(self, request: Request, key: str) -> HttpResponse:
        """The listing's deliveries, the oldest first."""
        rows = deliveries.of_listing(listing_of(request, key)).select_related("listing")
        return answer(
            request,
            paging.page(request, rows, "made_at", lambda found: [answers.delivery(one, request) for one in found]),
        )

    def post(self, request: Request, key: str) -> HttpResponse:
        """Ask for the ZIP of approved pictures for an MLS."""
        listing = listing_of(request, key)
        given = fields.Fields.of(request)
        slug = given.take("Profile", fields.text(40), "", required=True)
        preset = given.take("Preset", fields.one_of(deliveries.PRESETS), "mls_large")
        labelled = given.take("LabelledYN", fields.boolean, False)
        given.done()
        profile = deliveries.profiles().filter(slug=slug).first()
        if profile is None:
            raise invalid({"Profile": "There are no such rules; GET /api/v2/profiles lists them"})

        def ask() -> str:
            made = deliveries.request(listing, profile, preset=preset, labelled=labelled, user=None)
            return str(made.key)

        made = once(request, "deliveries", given.given, ask)
        return answer(request, answers.delivery(deliveries.get(listing, UUID(made)), request))


@extend_schema_view(get=document.delivery_get)
class OneDelivery(Endpoint):
    """/api/v2/listings/{ListingKey}/deliveries/{DeliveryKey}"""

    def get(self, request: Request, key: str, delivery: UUID) -> HttpResponse:
        """Where it stands."""
        return answer(request, answers.delivery(deliveries.get(listing_of(request, key), delivery), request))


@extend_schema_view(get=document.delivery_file)
class DeliveryFile(Endpoint):
    """/api/v2/listings/{ListingKey}/deliveries/{DeliveryKey}/file"""

    def get(self, request: Request, key: str, delivery: UUID) -> HttpResponseBase:
        """The ZIP."""
        listing = listing_of(request, key)
        found = deliveries.get(listing, delivery)
        if found.state != Delivery.State.DONE:
            raise ApiError(409, "not_ready", "This delivery is not done")
        name = f"{slugify(listing.title)}-{found.profile.slug}.zip"
        headers = {**CORS, **CROSS_ORIGIN, "ETag": f'"{found.sha256[:32]}"'}
        return FileResponse(
            found.file.open("rb"), as_attachment=True, filename=name, content_type="application/zip", headers=headers
        )
