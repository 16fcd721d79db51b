"""RESO names and our columns, and how values of either are read and written."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models

from listings.models import Listing

# RESO Property, as far as a listing has columns for it.
PROPERTY = (
    "ListingId", "OriginatingSystemKey", "StandardStatus", "MlsStatus", "PropertyType", "PropertySubType",
    "UnparsedAddress", "StreetNumber", "StreetName", "StreetSuffix", "UnitNumber", "City", "StateOrProvince",
    "PostalCode", "CountyOrParish", "Country", "Latitude", "Longitude", "ListPrice", "OriginalListPrice",
    "ClosePrice", "BedroomsTotal", "BathroomsTotalInteger", "BathroomsFull", "BathroomsHalf", "LivingArea",
    "LivingAreaUnits", "LotSizeArea", "LotSizeUnits", "YearBuilt", "Stories", "Furnished", "PublicRemarks",
    "Disclaimer", "ListAgentFullName", "ListAgentEmail", "ListAgentStateLicense", "ListOfficeName", "ListingURL",
    "InternetEntireListingDisplayYN", "InternetAddressDisplayYN", "ListingContractDate", "OnMarketDate", "CloseDate",
)  # fmt: skip
# What identifies a row or tells of its times, beside the columns above.
ROW = (
    "ListingKey", "OriginatingSystemName", "ModificationTimestamp", "PhotosChangeTimestamp", "StatusChangeTimestamp",
    "PhotosCount",
)  # fmt: skip
MEDIA = (
    "MediaKey", "ResourceName", "ResourceRecordKey", "MediaURL", "MediaType", "MediaCategory", "MediaAlteration",
    "ImageOf", "Order", "PreferredPhotoYN", "ShortDescription", "LongDescription", "ImageWidth", "ImageHeight",
    "MediaStatus", "MediaModificationTimestamp", "ModificationTimestamp",
)  # fmt: skip

_TRUE, _FALSE = {"true", "1", "y", "yes"}, {"false", "0", "n", "no"}
_LEGACY = re.compile(r"(?:[A-Z][a-z]+){2,}")
_COUNTRIES = {"usa": "US", "unitedstates": "US", "unitedstatesofamerica": "US", "canada": "CA", "mexico": "MX"}


def column(name: str) -> str:
    """The model's name of a RESO field: "ListPrice" is list_price, "ListingURL" listing_url."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def field(name: str) -> models.Field[Any, Any]:
    """The column of a RESO Property name."""
    found = Listing._meta.get_field(column(name))
    assert isinstance(found, models.Field)
    return found


def read(name: str, raw: Any) -> Any:
    """A value of a RESO Property field for its column. Raises ValueError with what is wrong, for people."""
    target = field(name)
    if isinstance(raw, (dict, list)):
        raw = ", ".join(map(str, raw))
    text = "" if raw is None else str(raw).strip()
    if name == "Country":
        text = _COUNTRIES.get(folded(text), text)
    if isinstance(target, models.BooleanField):
        return _boolean(text, bool(target.default))
    if isinstance(target, models.CharField | models.TextField):
        return _words(target, spaced(text) if name.endswith(("Type", "Units", "Furnished")) else text)
    if not text:
        return None
    if isinstance(target, models.DateField):
        return _date(text)
    if isinstance(target, models.DecimalField):
        return _decimal(target, text)
    return _integer(text)


def choice(known: Iterable[str], raw: str, mapping: dict[str, str]) -> str | None:
    """The known value that `raw` means: as shown, as legacy name ("ActiveUnderContract"), or as mapped; else None."""
    by_fold = {folded(one): one for one in known}
    return by_fold.get(folded(mapping.get(raw, raw)))


def folded(text: str) -> str:
    """Letters and digits alone, in lower case: spellings of one value are the same."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def spaced(text: str) -> str:
    """A legacy name of a lookup as it is shown: "SquareFeet" is "Square Feet"; all else stays."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text) if _LEGACY.fullmatch(text) else text


def moment(raw: Any) -> datetime.datetime | None:
    """An ISO time with its zone (UTC where it names none); None where there is none or it cannot be read."""
    try:
        found = datetime.datetime.fromisoformat(str(raw))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)


def plain(name: str, value: Any) -> Any:
    """A column's value as JSON has it, the same for equal values: decimals with all their places, ISO dates."""
    target = field(name)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(target, models.DecimalField):
        return format(Decimal(str(value)).quantize(Decimal(1).scaleb(-target.decimal_places)), "f")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value if isinstance(value, int) else str(value)


def _words(target: models.Field[Any, Any], text: str) -> str:
    if target.max_length and len(text) > target.max_length:
        raise ValueError(f"has {len(text)} characters; {target.max_length} are kept at most")
    return text.replace("\x00", "")


def _boolean(text: str, default: bool) -> bool:
    if not text:
        return default
    if text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    raise ValueError(f"“{text[:40]}” is neither true nor false")


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text[:10])
    except ValueError:
        raise ValueError(f"“{text[:40]}” is not a date like 2026-12-31") from None


def _decimal(target: models.DecimalField[Any, Any], text: str) -> Decimal:
    try:
        value = Decimal(text.replace(",", "").lstrip("$"))
        rounded = value.quantize(Decimal(1).scaleb(-target.decimal_places))
    except InvalidOperation:
        raise ValueError(f"“{text[:40]}” is not a number") from None
    if not value.is_finite() or len(rounded.as_tuple().digits) > target.max_digits:
        raise ValueError(f"“{text[:40]}” is too large")
    return rounded


def _integer(text: str) -> int:
    try:
        value = Decimal(text)
        # Ten thousand digits are no number of bedrooms, and take a while to be made.
        whole = int(value) if value.is_finite() and value.adjusted() < 10 else -1
    except (InvalidOperation, ValueError, OverflowError):
        raise ValueError(f"“{text[:40]}” is not a whole number") from None
    if value != whole or not 0 <= whole <= 32767:
        raise ValueError(f"“{text[:40]}” is not a whole number from 0 to 32767")
    return whole
