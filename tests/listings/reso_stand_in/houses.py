"""What the provider has: Property records with Media, and the photos' bytes."""

from __future__ import annotations

import datetime
from typing import Any

from tests.staging.pictures import encoded, room

START = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
STREETS = ("Elm Street", "Oak Avenue", "Pine Road", "Cedar Lane", "Birch Court")
_PHOTO = encoded(room(300, 260), quality=60)


def said(moment: datetime.datetime) -> str:
    """As OData writes it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def photo(key: str, version: int) -> bytes:
    """A JPEG that is nobody else's: a comment with its key makes the difference."""
    note = f"{key} {version}".encode()
    return _PHOTO[:2] + b"\xff\xfe" + (len(note) + 2).to_bytes(2, "big") + note + _PHOTO[2:]


def house(number: int, photos: int) -> dict[str, Any]:
    """A record as a provider tells it: legacy names of lookups, words of its own, fields that nobody else has."""
    moment = said(START + datetime.timedelta(seconds=number))
    key = f"H{number:06d}"
    return {
        "ListingKey": key,
        "ListingId": f"MLS{number}",
        "StandardStatus": ("Active", "ActiveUnderContract", "ComingSoon")[number % 3],
        "MlsStatus": "Act",
        "PropertyType": "ResidentialLease" if number % 4 == 0 else "Residential",
        "PropertySubType": "SingleFamilyResidence",
        "UnparsedAddress": f"{number + 1} {STREETS[number % 5]}",
        "City": "Salem",
        "StateOrProvince": "OR",
        "PostalCode": f"{97301 + number % 20}",
        "Country": "United States",
        "Latitude": 44.94 + number / 1e5,
        "Longitude": -123.03,
        "ListPrice": 300000.0 + 1000 * number,
        "BedroomsTotal": 1 + number % 5,
        "BathroomsTotalInteger": 1 + number % 3,
        "LivingArea": 900 + number % 700,
        "LivingAreaUnits": "SquareFeet",
        "YearBuilt": 1950 + number % 70,
        "PublicRemarks": f"House number {number}.",
        "InternetEntireListingDisplayYN": True,
        "ListingContractDate": "2026-01-02",
        "XYZ_SolarPanels": "Owned",
        "Appliances": ["Dishwasher", "Range"],
        "PhotosCount": photos,
        "PhotosChangeTimestamp": moment,
        "ModificationTimestamp": moment,
        "Media": [media(key, order, moment) for order in range(photos)],
    }


def media(key: str, order: int, moment: str) -> dict[str, Any]:
    """A Media record; the address is put in when it is told, since it is good for a while only."""
    return {
        "MediaKey": f"{key}-{order}",
        "ResourceName": "Property",
        "ResourceRecordKey": key,
        "MediaCategory": "Photo",
        "MediaType": "jpeg",
        "Order": order,
        "ImageOf": ("LivingRoom", "Kitchen", "MasterBedroom", "Mstr Suite")[order % 4],
        "ShortDescription": f"Photo {order + 1}",
        "MediaModificationTimestamp": moment,
        "Version": 1,
    }
