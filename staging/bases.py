"""What a run starts from: the photo, or for a variation of a decluttered render the emptied room; and at which size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models.fields.files import FieldFile
from PIL import Image

from staging import offers, renditions
from staging.briefs import EMPTIED_FIRST, Brief, Kind
from staging.models import MAIN_ROLES, Output, Photo, Role, Run


@dataclass(frozen=True)
class Base:
    """`picture` is what the backend is given. `removed`, where the base is an emptied room, is white where that one
    differs from the photo. `room` is JSON of the room as a person corrected it, else as the first picture tells it;
    `arrangement` is JSON of the pieces where a person has set them.
    """

    picture: FieldFile
    removed: FieldFile | None = None
    room: dict[str, Any] | None = None
    arrangement: dict[str, Any] | None = None


def base_of(run: Run) -> Base:
    """What this run starts from.

    A variation keeps the room of the render's first picture and does not read the photo again; it is made of the
    emptied room where there is one. The first and not the latest, so that a repeated submit says the same.
    """
    photo, scene = run.render.photo, run.scene_json or {}
    corrected, arrangement = scene.get("room"), scene.get("arrangement")
    if run.kind == Run.Kind.FIRST:
        return Base(photo.picture, room=corrected, arrangement=arrangement)
    by_role = _first_outputs(run)
    first = by_role.get(MAIN_ROLES[run.render.brief.kind])
    found = first.record.get("room") if first else None
    room = corrected or (found if isinstance(found, dict) else None)
    emptied = by_role.get(Role.EMPTIED)
    if emptied is None or run.brief.kind not in EMPTIED_FIRST:
        return Base(photo.picture, room=room, arrangement=arrangement)
    # Of a declutter alone, the one mask is that of the emptied room.
    removed = by_role.get(Role.REMOVED) or by_role[Role.MASK]
    return Base(emptied.master, removed.master, room, arrangement)


def _first_outputs(run: Run) -> dict[Role, Output]:
    """The pictures of the earliest run that has some, by role."""
    outputs = Output.objects.filter(run__render=run.render, run__kind=Run.Kind.FIRST).order_by("run__number", "order")
    found: dict[Role, Output] = {}
    for output in outputs:
        if not found or output.run_id == next(iter(found.values())).run_id:
            found[Role(output.role)] = output
    return found


def long_edge_of(brief: Brief, photo: Photo) -> int | None:
    """The long edge that the backend is asked to make the picture at; None for the photo's own size.

    A staged picture that is delivered larger than its photo gets its furniture at that size where the backend can do
    that; all others are resampled when they are delivered.
    """
    edge = renditions.LONG_EDGES[brief.resolution]
    asked = brief.kind == Kind.STAGING and brief.resolution == "4k" and max(photo.width, photo.height) < edge
    return edge if asked and offers.offer().enlarges else None


def opened(field: FieldFile, long_edge: int | None) -> Image.Image:
    """A stored picture, RGB, at the size that the backend was asked for."""
    with field.open("rb") as file, Image.open(file, formats=("PNG",)) as picture:
        image = picture.convert("RGB")
    return image if long_edge is None else renditions.resampled(image, long_edge)
