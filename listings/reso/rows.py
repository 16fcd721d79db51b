"""A row as a provider or a file has it, read into what a listing and its photos keep."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from listings.reso import names
from listings.reso_words import IMAGES_OF, MEDIA_ALTERATIONS, PropertyType, StandardStatus

_LOOKUPS: dict[str, list[str]] = {"StandardStatus": StandardStatus.values, "PropertyType": PropertyType.values}
_LOCAL_MOST = 200
Mappings = Mapping[str, dict[str, str]]


@dataclass(frozen=True)
class Media:
    """One photo of a row: RESO Media. `alteration` is empty where the photo is as it was taken."""

    key: str
    address: str
    moment: datetime.datetime | None
    order: int
    image_of: str
    short_description: str
    long_description: str
    alteration: list[str]


@dataclass
class Row:
    """One property. `media` is None where the source said nothing of photos; `problems` are (name, why)."""

    key: str = ""
    system: str = ""
    moment: datetime.datetime | None = None
    photos_moment: datetime.datetime | None = None
    values: dict[str, Any] = field(default_factory=dict)
    local: dict[str, Any] = field(default_factory=dict)
    media: list[Media] | None = None
    gone: bool = False
    problems: list[tuple[str, str]] = field(default_factory=list)
    unmapped: list[tuple[str, str]] = field(default_factory=list)


class Unusable(Exception):
    """The row is none that a listing can be made of; the message is a sentence."""


def read(raw: Any, *, system: str, mappings: Mappings) -> Row:
    """Read a RESO Property. `values` has RESO names; what we have no column for is `local`.

    A value that cannot be read is left out and told in `problems`. Raises Unusable.
    """
    if not isinstance(raw, dict):
        raise Unusable("This is not a record with names and values.")
    row = Row(system=str(raw.get("OriginatingSystemName") or system)[:255])
    row.key = str(raw.get("ListingKey") or raw.get("ListingId") or "").strip()
    if not row.key or len(row.key) > 255:
        raise Unusable("ListingKey or ListingId is needed, of at most 255 characters.")
    row.moment = names.moment(raw.get("ModificationTimestamp"))
    row.photos_moment = names.moment(raw.get("PhotosChangeTimestamp"))
    for name in names.PROPERTY:
        if name in raw:
            _take(row, name, raw[name], mappings)
    for name, said in row.unmapped:
        if name == "StandardStatus" and not row.values.get("MlsStatus"):
            row.values["MlsStatus"] = said
    row.gone = row.values.get("StandardStatus") == StandardStatus.DELETE or raw.get("MlgCanView") is False
    if not row.values.get("UnparsedAddress"):
        row.values["UnparsedAddress"] = _address(raw)
        if not row.values["UnparsedAddress"]:
            del row.values["UnparsedAddress"]
    row.local |= _local(raw)
    if isinstance(raw.get("Media"), list):
        row.media = media(raw["Media"], mappings)
    return row


def media(raw: list[Any], mappings: Mappings) -> list[Media]:
    """The photos among RESO Media records, by their Order; private and deleted ones left out."""
    found = {}
    for number, one in enumerate(raw):
        if not isinstance(one, dict) or not one.get("MediaURL") or not _is_photo(one):
            continue
        key = str(one.get("MediaKey") or one["MediaURL"])[-255:]
        found[key] = Media(
            key=key,
            address=str(one["MediaURL"])[:4000],
            moment=names.moment(one.get("MediaModificationTimestamp") or one.get("ModificationTimestamp")),
            order=_order(one.get("Order"), number),
            image_of=_image_of(one.get("ImageOf"), mappings.get("ImageOf", {})),
            short_description=str(one.get("ShortDescription") or "")[:50],
            long_description=str(one.get("LongDescription") or "")[:1024],
            alteration=_alteration(one.get("MediaAlteration")),
        )
    return sorted(found.values(), key=lambda one: one.order)


def _take(row: Row, name: str, raw: Any, mappings: Mappings) -> None:
    """Read one value into the row: a lookup by its mapping, all else by its column."""
    said = ", ".join(map(str, raw)) if isinstance(raw, list) else str("" if raw is None else raw).strip()
    if name in _LOOKUPS:
        known = names.choice(_LOOKUPS[name], said, mappings.get(name, {}))
        if known is not None:
            row.values[name] = known
        elif said:
            row.unmapped.append((name, said[:60]))
            row.local[name] = said[:60]
        return
    try:
        row.values[name] = names.read(name, raw)
    except ValueError as error:
        row.problems.append((name, str(error)))


def _address(raw: dict[str, Any]) -> str:
    """The address from its parts, where the source gives no whole one."""
    parts = [str(raw.get(name) or "").strip() for name in ("StreetNumber", "StreetName", "StreetSuffix")]
    street = " ".join(filter(None, parts))
    unit = str(raw.get("UnitNumber") or "").strip()
    return (f"{street} #{unit}" if street and unit else street)[:255]


def _local(raw: dict[str, Any]) -> dict[str, Any]:
    """What there is no column for: plain values and lists of them, no further records."""
    ours = {*names.PROPERTY, *names.ROW}
    kept = {
        name: value
        for name, value in raw.items()
        if name not in ours and "@" not in name and value not in (None, "") and _is_plain(value)
    }
    return dict(list(kept.items())[:_LOCAL_MOST])


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, str | int | float) for one in value)
    return isinstance(value, str | int | float)


def _is_photo(one: dict[str, Any]) -> bool:
    category, status = names.folded(str(one.get("MediaCategory") or "photo")), str(one.get("MediaStatus") or "")
    permission = str(one.get("Permission") or "").lower()
    return (
        ("photo" in category or category == "floorplan") and status.lower() != "deleted" and "private" not in permission
    )


def _order(raw: Any, fallback: int) -> int:
    try:
        return min(max(0, int(raw)), 100_000)
    except (TypeError, ValueError):
        return fallback


def _image_of(raw: Any, mapping: dict[str, str]) -> str:
    """The RESO ImageOf; a local word stays as it is said, so that it can be mapped later."""
    said = str((raw[0] if isinstance(raw, list) and raw else raw) or "")
    if not said or isinstance(raw, dict):
        return ""
    if names.folded(said) == "masterbedroom":
        return "Primary Bedroom"
    return names.choice(IMAGES_OF, said, mapping) or said[:40]


def _alteration(raw: Any) -> list[str]:
    """RESO MediaAlteration without "None"; a word that is none of RESO's is "Other Media Modification"."""
    said = raw if isinstance(raw, list) else [one for one in str(raw or "").split(",") if one.strip()]
    found = []
    for one in map(str, said):
        if names.folded(one) not in {"none", ""}:
            found.append(names.choice(MEDIA_ALTERATIONS, one, {}) or "Other Media Modification")
    return list(dict.fromkeys(found))
