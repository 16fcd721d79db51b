"""The bodies of this API's successes, in RESO's names where RESO has one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from rest_framework.request import Request

from listings import proofs, rules
from listings.api.endpoints import absolute
from listings.models import Delivery, Listing, ListingPhoto, OriginalPage, Profile, StagedPhoto
from listings.reso import names
from staging import alterations, files, refusals, renders
from staging.models import Alteration, Output, Render, WebhookSubscription

Asked = HttpRequest | Request


def listing(found: Listing, photos_count: int) -> dict[str, Any]:
    """A RESO Property."""
    told = {name: _number(name, getattr(found, names.column(name))) for name in names.PROPERTY}
    return {
        "ListingKey": str(found.listing_key),
        "OriginatingSystemName": found.originating_system_name,
        **told,
        "PhotosCount": photos_count,
        "ArchivedYN": found.archived_at is not None,
        "ModificationTimestamp": found.modification_timestamp.isoformat(),
        "PhotosChangeTimestamp": found.photos_change_timestamp.isoformat(),
        "StatusChangeTimestamp": found.status_change_timestamp.isoformat(),
    }


def _number(name: str, value: Any) -> Any:
    """As JSON has it: decimals are numbers here."""
    if value is not None and isinstance(names.field(name), models.DecimalField):
        return float(value)
    return names.plain(name, value)


def photo(found: ListingPhoto, request: Asked) -> dict[str, Any]:
    """A RESO Media record of a photo as it was uploaded; the addresses are of copies without metadata."""
    kept = found.photo
    return {
        "MediaKey": str(found.media_key),
        "ResourceName": "Property",
        "ResourceRecordKey": str(found.listing.listing_key),
        "MediaURL": absolute(request, files.photo_url(kept)),
        "PreviewURL": absolute(request, files.photo_preview_url(kept)),
        "ThumbnailURL": absolute(request, files.photo_thumbnail_url(kept)),
        "MediaType": "png",
        "MediaCategory": "Photo",
        "MediaAlteration": found.media_alteration or ["None"],
        "ImageOf": found.image_of or None,
        "RoomType": found.room_type or None,
        "Order": found.order,
        "PreferredPhotoYN": found.order == 0,
        "ShortDescription": found.short_description,
        "LongDescription": found.long_description,
        "ImageWidth": kept.width,
        "ImageHeight": kept.height,
        "FileName": found.file_name,
        "OriginalSHA256": kept.sha256,
        "ModificationTimestamp": found.modification_timestamp.isoformat(),
    }


def pictures(found: Sequence[StagedPhoto], request: Asked) -> list[dict[str, Any]]:
    """Staged pictures of listings."""
    rendered = [staged.render for staged in found]
    statuses = renders.statuses(rendered)
    records = alterations.of_pictures(output.uuid for status in statuses for output in status.outputs)
    return [
        _picture(staged.render, status, staged, records, request)
        for staged, status in zip(found, statuses, strict=True)
    ]


def picture(render: Render, staged: StagedPhoto | None, request: Asked) -> dict[str, Any]:
    """A render of the account, with its place in a listing where it has one."""
    status = renders.status(render)
    records = alterations.of_pictures(output.uuid for output in status.outputs)
    return _picture(render, status, staged, records, request)


def _picture(
    render: Render,
    status: renders.RenderStatus,
    staged: StagedPhoto | None,
    records: Mapping[Any, list[Alteration]],
    request: Asked,
) -> dict[str, Any]:
    brief = render.brief
    refused = refusals.latest(render) if status.error else None
    return {
        "RenderId": render.public_id,
        "ListingKey": str(staged.listing_photo.listing.listing_key) if staged else None,
        "MediaKey": str(staged.listing_photo.media_key) if staged else None,
        "Kind": brief.kind.value,
        "RoomType": brief.room_type.value if brief.room_type else None,
        "Style": brief.style.value if brief.style else None,
        "Space": brief.space,
        "Dusk": brief.dusk,
        "Seed": brief.seed,
        "Status": "queued" if status.stage == "waiting" else status.status,
        "Progress": round(status.progress, 3),
        "Error": {"Code": status.error.code, "Message": status.error.message} if status.error else None,
        "Verdict": staged.verdict if staged else None,
        "VerdictReason": staged.reason if staged else None,
        "VerdictTimestamp": staged.judged_at.isoformat() if staged and staged.judged_at else None,
        "Outputs": [output(one, records.get(one.uuid, []), request) for one in status.outputs],
        "Refused": output(refused, [], request) if refused else None,
        "CreatedTimestamp": render.created_at.isoformat(),
    }


def output(found: Output, record: Sequence[Alteration], request: Asked) -> dict[str, Any]:
    """A picture that was made, with its structure check and its alteration record."""
    return {
        "OutputId": str(found.uuid),
        "Role": found.role,
        "MediaAlteration": record[0].kinds if record else [],
        "MediaURL": absolute(request, files.output_url(found)),
        "PreviewURL": absolute(request, files.preview_url(found)),
        "ThumbnailURL": absolute(request, files.thumbnail_url(found)),
        "ImageWidth": found.delivered_width,
        "ImageHeight": found.delivered_height,
        "MasterSHA256": found.sha256,
        "StructureCheck": {"Verdict": found.verdict or None, "Figures": found.figures},
        "AlterationRecord": [proofs.row_of(row) for row in record],
    }


def original(page: OriginalPage) -> dict[str, Any]:
    """The permanent page of a picture's original."""
    return {
        "Code": page.code,
        "OriginalURL": rules.address(page),
        "MediaAlteration": page.alterations,
        "OriginalSHA256": page.original_sha256,
        "AlteredSHA256": page.altered_sha256,
        "AlteredTimestamp": page.altered_at.isoformat(),
        "RemovedYN": page.removed_at is not None,
    }


def delivery(found: Delivery, request: Asked) -> dict[str, Any]:
    """A delivery and where it stands; the address of the ZIP wants the same key."""
    done = found.state == Delivery.State.DONE
    address = reverse("listings_api:delivery_file", args=[found.listing.listing_key, found.key])
    return {
        "DeliveryKey": str(found.key),
        "ListingKey": str(found.listing.listing_key),
        "Profile": found.profile.slug,
        "ProfileVersion": found.profile.version,
        "Preset": found.preset,
        "LabelledYN": found.labelled,
        "Status": found.state,
        "Progress": round(found.progress, 3),
        "DownloadURL": absolute(request, address) if done else None,
        "ByteSize": found.byte_size if done else None,
        "SHA256": found.sha256 or None,
        "Manifest": found.manifest if done else None,
        "Error": found.error or None,
        "CreatedTimestamp": found.made_at.isoformat(),
        "FinishedTimestamp": found.finished_at.isoformat() if found.finished_at else None,
    }


def profile(found: Profile) -> dict[str, Any]:
    """An MLS's rules as we know them."""
    return {
        "Profile": found.slug,
        "Version": found.version,
        "Name": found.name,
        "Region": found.region,
        "Rule": found.rule,
        "Label": found.label,
        "Original": found.original,
        "Caption": found.caption,
        "Remarks": found.remarks,
        "ForbiddenMediaAlteration": found.forbidden,
        "PrimaryUnalteredYN": found.primary_unaltered,
        "Status": found.status,
        "Source": found.source,
        "ReadOn": found.read_on.isoformat(),
    }


def webhook(found: WebhookSubscription) -> dict[str, Any]:
    """A subscription."""
    return {
        "WebhookKey": str(found.key),
        "Url": found.url,
        "Events": found.events,
        "CreatedTimestamp": found.created_at.isoformat(),
    }
