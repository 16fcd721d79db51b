"""What backs an altered picture: its alteration record, its structure check, hashes, and who approved it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PIL import Image

from listings import rules
from staging import alterations, renditions, structure
from staging.models import Alteration, Output, Role

if TYPE_CHECKING:
    from django.db.models.fields.files import FieldFile

    from listings.contents import Altered, Item


def of(item: Item, altered: Altered, *, labelled: bool) -> dict[str, Any]:
    """The proof of one picture of a delivery, for the manifest."""
    mask = mask_of(altered.output)
    staged = altered.staged
    record = alterations.of_picture(altered.output.uuid)
    return {
        "OriginalURL": rules.address(altered.page),
        "OriginalSHA256": item.photo.photo.sha256,
        "MasterSHA256": altered.output.sha256,
        "EditMaskSHA256": mask.sha256 if mask else None,
        "StructureCheck": check(altered.output, mask),
        "Seed": altered.output.run.brief.seed,
        "Labelled": labelled,
        "ApprovedBy": _approver(altered, record),
        "ApprovedTimestamp": staged.judged_at.isoformat() if staged.judged_at else None,
        "AlteredTimestamp": altered.page.altered_at.isoformat(),
        "AlterationRecord": [row_of(row) for row in record],
    }


def row_of(row: Alteration) -> dict[str, Any]:
    """A line of the record, in RESO's manner of naming."""
    told = {
        "Event": row.event,
        "Timestamp": row.at.isoformat(),
        "Actor": actor_of(row),
        "MediaAlteration": row.kinds,
        "Engine": row.engine,
        "Version": row.version,
        "Seed": row.seed,
        "OriginalSHA256": row.original_sha256,
        "PictureSHA256": row.picture_sha256,
        "EditMaskSHA256": row.mask_sha256 or None,
        "Verdict": row.verdict or None,
        "Note": row.note,
    }
    if row.event == Alteration.Event.MADE:
        told["AskedTimestamp"] = row.asked_at.isoformat() if row.asked_at else None
        told["StartedTimestamp"] = row.started_at.isoformat() if row.started_at else None
    return told


def actor_of(row: Alteration) -> str:
    """Who acted: an e-mail address, or how the API key begins; empty for the machine."""
    if row.actor is not None:
        return row.actor.email
    return f"API key {row.key_prefix}…" if row.key_prefix else ""


def mask_of(output: Output) -> Output | None:
    """The edit mask of a picture."""
    roles = [Role.REMOVED, Role.MASK] if output.role == Role.EMPTIED else [Role.MASK]
    found = {mask.role: mask for mask in Output.objects.filter(run=output.run_id, role__in=roles)}
    return next((found[role] for role in roles if role in found), None)


def check(output: Output, mask: Output | None) -> dict[str, Any]:
    """What the structure check said; of a picture older than the check's figures, made anew from its pixels."""
    if mask is None:
        return {"Verdict": "fail", "Why": "there is no edit mask"}
    verdict, figures = output.verdict, output.figures
    if not verdict:
        found = _anew(output, mask)
        verdict, figures = found.verdict, found.to_dict()
    told = {
        "Verdict": str(verdict),
        "PixelsChangedOutsideMask": figures.get("changed_outside"),
        "ShareChangedOutsideMask": figures.get("changed_outside_share"),
        "EditMaskShare": figures.get("mask_share"),
    }
    if "edges_kept" in figures:
        told |= {
            "EdgesKept": figures["edges_kept"],
            "OpeningsLost": figures["openings_lost"],
            "FrameShift": figures["shift"],
            "ColourCast": figures["cast"],
        }
    return told | ({"Failed": figures["failed"]} if figures.get("failed") else {})


def _approver(altered: Altered, record: Sequence[Alteration]) -> str | None:
    if altered.staged.judged_by is not None:
        return altered.staged.judged_by.email
    said = [actor_of(row) for row in record if row.event == Alteration.Event.APPROVED]
    return said[-1] if said else None


def _anew(output: Output, mask: Output) -> structure.Check:
    picture, allowed = _opened(output.master), _opened(mask.master).convert("L")
    photo = renditions.resampled(_opened(output.run.render.photo.picture), max(picture.size))
    exact = structure.is_exact(output.record)
    return structure.judge(photo, picture, allowed, output.run.brief, exact=exact)


def _opened(field: FieldFile) -> Image.Image:
    with field.open("rb") as file, Image.open(file) as picture:
        return picture.convert("RGB")
