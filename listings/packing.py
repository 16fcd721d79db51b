"""The delivery's ZIP: pictures in their order with captions and XMP, manifest.json, DISCLOSURE.txt and remarks.

The same listing, verdicts and profile give the same bytes: entries are in order, their dates fixed, and no file holds
the time of the making.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any, Final

from listings import contents, credentials, prepared, prints, proofs, rules, xmp
from listings.contents import Altered, Item
from listings.models import Delivery, Profile
from listings.reso_words import IMAGE_OF_ROOM
from staging.briefs import RoomType

_DATE: Final = (1980, 1, 1, 0, 0, 0)
_TOOL: Final = "Openhouse"


@dataclass(frozen=True)
class Picture:
    """One JPEG of the delivery and its RESO Media record."""

    name: str
    data: bytes
    media: dict[str, Any]


@dataclass(frozen=True)
class Packed:
    """A JPEG and its width and height."""

    data: bytes
    size: tuple[int, int]


@dataclass(frozen=True)
class _Shot:
    """What a picture of the delivery is: of which photo, the how many-th, `ending` original or altered."""

    item: Item
    order: int
    ending: str
    kinds: tuple[str, ...]
    captions: rules.Captions


def write(target: IO[bytes], delivery: Delivery, items: list[Item], tell: Callable[[float], None]) -> dict[str, Any]:
    """Write the ZIP to `target`; the manifest that went into it. `tell` is told the share that is done, 0 to 1."""
    media = []
    out = contents.outgoing(items)
    total = sum(1 + len(item.altered) for item in out) or 1
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for number, picture in enumerate(_pictures(delivery, out)):
            _add(archive, picture.name, picture.data)
            media.append(picture.media)
            tell(min(1.0, (number + 1) / total))
        manifest = _manifest(delivery, items, media)
        _add(archive, "manifest.json", json.dumps(manifest, indent=1, sort_keys=True).encode())
        _add(archive, "DISCLOSURE.txt", _disclosure(delivery, media).encode())
        _add(archive, "captions.csv", _captions(media).encode())
        _add(archive, "REMARKS.txt", remarks(delivery, items).encode())
        for name, data in prints.of(out):
            _add(archive, name, data)
    return manifest


def remarks(delivery: Delivery, items: list[Item]) -> str:
    """The listing's public remarks as the profile asks for them."""
    text = delivery.listing.public_remarks
    prescribed = delivery.profile.remarks
    altered = any(item.altered or item.kinds for item in contents.outgoing(items))
    if altered and prescribed and not text.startswith(prescribed):
        text = f"{prescribed} {text}".rstrip()
    return text


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data)


def _pictures(delivery: Delivery, items: list[Item]) -> Iterator[Picture]:
    """In the order that the profile asks for, a few in memory at a time."""
    labelled = rules.is_labelled(delivery)
    wanted = []
    for item in items:
        wanted.append(prepared.of_photo(item.photo.photo, delivery.preset))
        wanted += [prepared.of_output(one.output, delivery.preset, labelled=labelled) for one in item.altered]
    order, copies = 0, prepared.copies(delivery.listing, wanted)
    for item in items:
        original = _packed_original(next(copies), item)
        for altered in _in_order(delivery.profile, item, primary=order == 0):
            if altered is None:
                yield _original(delivery, item, original, order)
            else:
                yield _altered(delivery, item, altered, next(copies), original, order=order)
            order += 1


def _in_order(profile: Profile, item: Item, *, primary: bool) -> list[Altered | None]:
    """The altered pictures of one photo, and None where the original stands."""
    original: list[Altered | None] = [None]
    if not item.altered:
        return original
    if primary and profile.primary_unaltered:
        return original + list(item.altered)
    if profile.original == Profile.Original.NONE:
        return list(item.altered)
    if profile.original == Profile.Original.BEFORE:
        return original + list(item.altered)
    # Directly after: with several altered pictures of one photo, each has the original next to it once.
    return [item.altered[0], None, *item.altered[1:]]


def _original(delivery: Delivery, item: Item, packed: Packed, order: int) -> Picture:
    came = item.kinds
    words = delivery.profile.caption_words or "Digitally altered"
    said = words if came else "Original, unaltered photo" if item.altered else ""
    captions = rules.Captions(item.photo.short_description or said, item.photo.long_description)
    shot = _Shot(item, order, "altered" if came else "original", came or ("None",), captions)
    original = {"OriginalSHA256": None if came else item.photo.photo.sha256}
    media = _media(delivery, shot, packed)
    return Picture(media["MediaURL"], packed.data, media | original)


def _packed_original(copy: prepared.Copy, item: Item) -> Packed:
    """The photo as it goes out: once for itself and for the credentials of all that was made of it.

    One that came altered from an MLS says so.
    """
    said = "Original, unaltered photo."
    if item.altered:
        said += f" The altered pictures of it are marked as such: {rules.address(item.altered[0].page)}"
    came = item.kinds
    if came:
        said = f"Digitally altered before it was imported: {rules.in_words(came)}."
    packet = xmp.packet(source_type=xmp.COMPOSITE if came else xmp.CAPTURED, description=said, tool=_TOOL)
    return Packed(xmp.embedded(copy.data, packet), copy.size)


def _altered(
    delivery: Delivery, item: Item, altered: Altered, copy: prepared.Copy, original: Packed, *, order: int
) -> Picture:
    captions = rules.captions(delivery.profile, altered.page)
    record = altered.output.record
    engine, version = str(record.get("engine", altered.output.run.backend)), str(record.get("version", ""))
    packet = xmp.packet(
        source_type=xmp.source_type(engine, altered.output.run.brief.kind.value),
        description=f"Digitally altered: {altered.page.said}. Original: {rules.address(altered.page)}",
        tool=_TOOL,
        system=engine,
        version=version,
    )
    plain = xmp.embedded(copy.data, packet)
    data = credentials.signed(
        plain,
        original.data,
        source_type=xmp.source_type(engine, altered.output.run.brief.kind.value),
        said=altered.page.said,
        title=f"{order + 1:03d}",
    )
    # What it came with is in it still.
    kinds = tuple(dict.fromkeys((*item.kinds, *altered.page.alterations)))
    shot = _Shot(item, order, "altered", kinds, captions)
    media = _media(delivery, shot, Packed(data, copy.size))
    # The signature differs each time; what it covers does not.
    media["UnsignedSHA256"] = hashlib.sha256(plain).hexdigest()
    return Picture(
        media["MediaURL"],
        data,
        media | proofs.of(item, altered, labelled=rules.is_labelled(delivery)) | {"Engine": engine, "Version": version},
    )


def _media(delivery: Delivery, shot: _Shot, packed: Packed) -> dict[str, Any]:
    """A RESO Media record; MediaURL is the file's name in the ZIP."""
    item, order, captions = shot.item, shot.order, shot.captions
    room = item.photo.room_type or "photo"
    name = f"{order + 1:03d}_{room}_{shot.ending}.jpg"
    image_of = item.photo.image_of or (IMAGE_OF_ROOM.get(RoomType(room), "Other") if room != "photo" else "Other")
    return {
        "MediaKey": f"{item.photo.media_key}-{shot.ending}",
        "ResourceName": "Property",
        "ResourceRecordKey": str(delivery.listing.listing_key),
        "MediaURL": name,
        "MediaType": "jpeg",
        "MediaCategory": "Photo",
        "MediaAlteration": list(shot.kinds),
        "ImageOf": image_of,
        "Order": order,
        "PreferredPhotoYN": order == 0,
        "ShortDescription": captions.short,
        "LongDescription": captions.long,
        "ImageWidth": packed.size[0],
        "ImageHeight": packed.size[1],
        "SHA256": hashlib.sha256(packed.data).hexdigest(),
    }


def _manifest(delivery: Delivery, items: list[Item], media: list[dict[str, Any]]) -> dict[str, Any]:
    profile, listing = delivery.profile, delivery.listing
    return {
        "Profile": {
            "Name": profile.name,
            "Version": profile.version,
            "Rule": profile.rule,
            "Status": profile.status,
            "Source": profile.source,
            "ReadOn": profile.read_on.isoformat(),
        },
        "Preset": delivery.preset,
        "Property": {
            "ListingKey": str(listing.listing_key),
            "ListingId": listing.listing_id,
            "UnparsedAddress": listing.unparsed_address,
            "StandardStatus": listing.standard_status,
            "PublicRemarks": remarks(delivery, items),
            "PhotosCount": len(media),
        },
        "Media": media,
        "Withheld": [
            *({"MediaKey": str(item.photo.media_key), "Why": item.banned} for item in items if item.banned),
            *({"Render": staged.render.public_id, "Why": why} for item in items for staged, why in item.withheld),
        ],
    }


def _disclosure(delivery: Delivery, media: list[dict[str, Any]]) -> str:
    """In plain words, for whoever opens the folder."""
    lines = [
        "Disclosure of altered pictures",
        "",
        f"Listing: {delivery.listing.title}",
        f"Prepared for: {delivery.profile.name}, version {delivery.profile.version} of the rules as we know them",
        f"({delivery.profile.get_status_display().lower()}, {delivery.profile.read_on.isoformat()}).",
        "",
    ]
    altered = [one for one in media if one["MediaAlteration"] != ["None"]]
    for one in altered:
        lines += [
            f"{one['MediaURL']} is digitally altered: {rules.in_words(one['MediaAlteration'])}.",
            f"  The original, unaltered photo can be seen at {one['OriginalURL']}"
            if "OriginalURL" in one
            else "  It came altered from its source; the original is not in this delivery.",
            "",
        ]
    if not altered:
        lines += ["No picture in this delivery is altered.", ""]
    lines += ["This is not legal advice. Please check your MLS's rules before you publish.", ""]
    return "\n".join(lines)


def _captions(media: list[dict[str, Any]]) -> str:
    """File name, short and long caption, for pasting; quoted as RFC 4180 asks."""

    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    rows = [["File", "ShortDescription", "LongDescription"]]
    rows += [[one["MediaURL"], one["ShortDescription"], one["LongDescription"]] for one in media]
    return "".join(",".join(map(quoted, row)) + "\r\n" for row in rows)
