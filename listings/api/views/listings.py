"""Listings: make, find, change, archive."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request

from billing.models import ApiKey
from listings import photos, records
from listings.api import answers, document, fields, paging
from listings.api.endpoints import Endpoint, account_of, answer, listing_of, once, require_match
from listings.api.errors import invalid
from listings.models import Listing
from listings.reso_words import PropertyType, StandardStatus
from staging.api.endpoints import require_scope

FILTERS = ("StandardStatus", "PropertyType", "City", "PostalCode", "StateOrProvince", "ListingId")


def shown(listing: Listing) -> dict[str, Any]:
    """A listing with the number of its photos."""
    return answers.listing(listing, photos.of_listing(listing).count())


@extend_schema_view(get=document.listings_find, post=document.listing_create)
class Listings(Endpoint):
    """/api/v2/listings"""

    def get(self, request: Request) -> HttpResponse:
        """The account's listings, in the order of their changes."""
        query = request.query_params
        given = fields.Fields(
            {name: query[name] for name in (*FILTERS, "q", "ModifiedSince", "ArchivedYN") if name in query}
        )
        wanted = {name: given.take(name, fields.text(255), "") for name in (*FILTERS, "q")}
        for name, known in (("StandardStatus", StandardStatus.values), ("PropertyType", PropertyType.values)):
            if wanted[name] and wanted[name] not in known:
                given.wrong[name] = f"must be one of: {', '.join(known)}"
        since = given.take("ModifiedSince", fields.moment, None)
        archived = given.take("ArchivedYN", fields.boolean, False)
        if given.wrong:
            raise invalid(given.wrong)
        columns = {name: value for name, value in wanted.items() if name != "q" and value}
        found = records.filtered(
            account_of(request), words=wanted["q"], columns=columns, since=since, archived=archived
        )
        many = paging.page(
            request,
            found,
            "modification_timestamp",
            _counted,
        )
        return answer(request, many)

    def post(self, request: Request) -> HttpResponse:
        """Make a listing."""
        also = ("ListingKey", "OriginatingSystemName")
        given = fields.Fields.of(request)
        named = {
            "listing_key": given.take("ListingKey", fields.text(255, least=1), ""),
            "originating_system_name": given.take("OriginatingSystemName", fields.text(255), ""),
        }
        if given.wrong:
            raise invalid(given.wrong)
        columns = fields.property_columns(given.given, also=also)
        if not columns.get("unparsed_address") and not columns.get("listing_id"):
            raise invalid({"UnparsedAddress": "A listing needs an address or a ListingId"})
        columns |= {name: value for name, value in named.items() if value}
        account = account_of(request)
        made = once(request, "listings", given.given, lambda: str(records.create_named(account, **columns).pk))
        return answer(request, shown(records.get(account, int(made))))


@extend_schema_view(get=document.listing_get, patch=document.listing_change, delete=document.listing_archive)
class OneListing(Endpoint):
    """/api/v2/listings/{ListingKey}"""

    def get(self, request: Request, key: str) -> HttpResponse:
        """One listing."""
        return answer(request, shown(listing_of(request, key)))

    def patch(self, request: Request, key: str) -> HttpResponse:
        """Change the fields that are given."""
        listing = listing_of(request, key)
        given = fields.Fields.of(request)
        archived = given.take("ArchivedYN", fields.boolean, None)
        if archived is not None:
            # The same as DELETE, and back.
            require_scope(request, ApiKey.Scope.ADMIN)
        if given.wrong:
            raise invalid(given.wrong)
        columns = fields.property_columns(given.given, also=("ArchivedYN",))
        with records.locked(listing) as listing:
            require_match(request, lambda: shown(listing))
            after = {name: columns.get(name, getattr(listing, name)) for name in ("unparsed_address", "listing_id")}
            if not any(after.values()):
                raise invalid({"UnparsedAddress": "A listing needs an address or a ListingId"})
            if columns:
                records.change(listing, listing.version, **columns)
            if archived is not None:
                (records.archive if archived else records.restore)(listing)
                listing.refresh_from_db()
        return answer(request, shown(listing))

    def delete(self, request: Request, key: str) -> HttpResponse:
        """Archive it: all of it is kept."""
        with records.locked(listing_of(request, key)) as listing:
            require_match(request, lambda: shown(listing))
            records.archive(listing)
            listing.refresh_from_db()
        return answer(request, shown(listing))


def _counted(rows: list[Any]) -> list[dict[str, Any]]:
    """Listings as `records.filtered` finds them, with the number of their photos."""
    return [answers.listing(row, row.photos_count) for row in rows]
