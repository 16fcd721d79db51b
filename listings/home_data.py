"""What machines read of a public page: schema.org data in JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from listings import rules, xmp
from listings.homes import Altered, Shot
from listings.models import Listing, ListingPage

_CURRENCIES = {"": "USD", "US": "USD", "CA": "CAD", "MX": "MXN"}
_HOMES = {
    "single family residence": "SingleFamilyResidence",
    "apartment": "Apartment",
    "condominium": "Apartment",
    "stock cooperative": "Apartment",
}
_SOLD = {"Closed", "Canceled", "Expired", "Withdrawn", "Delete"}
_LEASES = {"Residential Lease", "Commercial Lease"}


def currency(listing: Listing) -> str:
    """ISO 4217, by the listing's country; empty where nobody knows."""
    return _CURRENCIES.get(listing.country.upper(), "")


def script(page: ListingPage, shots: Sequence[Shot], *, address: str, title: str, description: str, base: str) -> str:
    """RealEstateListing as JSON, safe inside a script element."""
    listing = page.listing
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "RealEstateListing",
        "@id": address,
        "url": address,
        "name": title,
        "description": description,
        "datePosted": (listing.on_market_date or page.published_at or page.made_at).isoformat()[:10],
        "image": [one for shot in shots for one in _images(shot, base)],
        "mainEntity": _home(listing),
    }
    if listing.list_price is not None and currency(listing):
        told["offers"] = _offer(listing, address)
    if listing.list_agent_full_name:
        told["provider"] = {"@type": "RealEstateAgent", "name": listing.list_agent_full_name}
    # "<" must not end the script element that this stands in.
    return json.dumps(told, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _images(shot: Shot, base: str) -> list[dict[str, Any]]:
    original = _image(shot.original.code, shot.original.width, shot.original.height, base) | {
        "digitalSourceType": _source_type(xmp.CAPTURED),
        "caption": shot.photo.short_description or shot.photo.image_of or None,
        "representativeOfPage": shot.photo.order == 0 or None,
    }
    return [_bare(original)] + [_altered(one, original["contentUrl"], base) for one in shot.altered]


def _altered(one: Altered, original: str, base: str) -> dict[str, Any]:
    output = one.page.output
    engine = str(output.record.get("engine", output.run.backend)) if output else "openhouse"
    kind = output.run.brief.kind.value if output else "staging"
    told = _image(one.picture.code, one.picture.width, one.picture.height, base) | {
        "digitalSourceType": _source_type(xmp.source_type(engine, kind)),
        "caption": f"Digitally altered: {one.page.said}.",
        "isBasedOn": {"@type": "ImageObject", "contentUrl": original, "url": rules.address(one.page)},
    }
    return _bare(told)


def _image(code: str, width: int, height: int, base: str) -> dict[str, Any]:
    return {"@type": "ImageObject", "contentUrl": f"{base}/{code.lower()}-large.jpg", "width": width, "height": height}


def _source_type(iptc: str) -> str:
    """schema.org's name of an IPTC digital source type: compositeSynthetic is CompositeSyntheticDigitalSource."""
    name = iptc.rsplit("/", 1)[1]
    return f"https://schema.org/{name[0].upper()}{name[1:]}DigitalSource"


def _home(listing: Listing) -> dict[str, Any]:
    address = {
        "@type": "PostalAddress",
        "streetAddress": listing.unparsed_address if listing.internet_address_display_yn else None,
        "addressLocality": listing.city or None,
        "addressRegion": listing.state_or_province or None,
        "postalCode": listing.postal_code or None,
        "addressCountry": listing.country or None,
    }
    unit = {"Square Feet": "FTK", "Square Meters": "MTK"}.get(listing.living_area_units)
    area = {"@type": "QuantitativeValue", "value": _number(listing.living_area), "unitCode": unit}
    return _bare(
        {
            "@type": _HOMES.get(listing.property_sub_type.lower(), "House"),
            "address": _bare(address),
            "numberOfBedrooms": listing.bedrooms_total,
            "numberOfBathroomsTotal": listing.bathrooms_total_integer,
            "yearBuilt": listing.year_built,
            "floorSize": _bare(area) if listing.living_area is not None else None,
        }
    )


def _offer(listing: Listing, address: str) -> dict[str, Any]:
    lease = listing.property_type in _LEASES
    return {
        "@type": "Offer",
        "url": address,
        "price": _number(listing.list_price),
        "priceCurrency": currency(listing),
        "businessFunction": f"http://purl.org/goodrelations/v1#{'LeaseOut' if lease else 'Sell'}",
        "availability": f"https://schema.org/{'SoldOut' if listing.standard_status in _SOLD else 'InStock'}",
    }


def _number(value: Decimal | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _bare(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None}
