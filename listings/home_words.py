"""How a public page says things, in the page's language."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_noop

from listings import home_data
from listings.models import Listing, OriginalPage, Profile

_ALTERED = {
    "Virtual Staging - Item Addition": gettext_noop("furniture and decoration were added"),
    "Decluttered - Item Removed": gettext_noop("furniture and loose things were removed"),
    "Virtual Renovation": gettext_noop("surfaces such as walls, floors, cabinets or facade were changed"),
    "Twilight Conversion": gettext_noop("the time of day was changed to dusk"),
    "Virtual Enhancements": gettext_noop("sky or planting were changed"),
    "Virtual Representation - To Be Built": gettext_noop("the picture was rendered from a drawing"),
}
_STATUSES = {
    "Active": gettext_noop("For sale"),
    "Active Under Contract": gettext_noop("Under contract"),
    "Pending": gettext_noop("Sale pending"),
    "Coming Soon": gettext_noop("Coming soon"),
    "Closed": gettext_noop("Sold"),
}
_SIGNS = {"USD": "$", "CAD": "CA$", "MXN": "MX$"}


def altered(page: OriginalPage) -> str:
    """What was altered, as a sentence's end."""
    return "; ".join(gettext(_ALTERED[kind]) if kind in _ALTERED else kind for kind in page.alterations)


def disclosed(profile: Profile) -> str:
    """The profile's own words for an altered picture; they stay as the MLS prescribes them, in every language."""
    return profile.caption_words or gettext("Digitally altered")


def title(listing: Listing) -> str:
    """What the page is called; without the address where the MLS says that it must not be shown."""
    if listing.internet_address_display_yn and listing.unparsed_address:
        return listing.unparsed_address
    if listing.city:
        return gettext("Home in %(city)s") % {"city": listing.city}
    return gettext("Home for sale")


def price(listing: Listing) -> str:
    """The price as people read it; empty where there is none."""
    if listing.list_price is None:
        return ""
    return _SIGNS.get(home_data.currency(listing), "") + _figure(listing.list_price)


def status(listing: Listing) -> str:
    """Where the sale stands; empty for what buyers need not know."""
    if listing.standard_status == "Active" and "Lease" in listing.property_type:
        return gettext("For rent")
    said = _STATUSES.get(listing.standard_status)
    return gettext(said) if said else ""


def facts(listing: Listing) -> list[str]:
    """Price, rooms, area and year, as far as they are known."""
    found = [status(listing), price(listing)]
    if listing.bedrooms_total is not None:
        found.append(gettext("%(total)s bedrooms") % {"total": listing.bedrooms_total})
    if listing.bathrooms_total_integer is not None:
        found.append(gettext("%(total)s bathrooms") % {"total": listing.bathrooms_total_integer})
    if listing.living_area is not None:
        unit = gettext("m²") if "Meter" in listing.living_area_units else gettext("sq ft")
        found.append(f"{_figure(listing.living_area)} {unit}")
    if listing.year_built:
        found.append(gettext("Built in %(year)s") % {"year": listing.year_built})
    return [fact for fact in found if fact]


def facts_line(listing: Listing) -> str:
    """The facts in one line."""
    return ", ".join([*facts(listing), listing.place] if listing.place else facts(listing))


def _figure(value: Decimal) -> str:
    places = 0 if value == value.to_integral_value() else 2
    return number_format(value, places, force_grouping=True, use_l10n=True)
