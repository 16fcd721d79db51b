"""What every composite must hold before anyone pays for it (engine.md, Gates on every picture)."""

from __future__ import annotations

import numpy as np

from staging.engine.composite.compose import Composite
from staging.engine.composite.fields import Mask
from staging.engine.composite.panes import opening_mask
from staging.engine.composite.ratio import faded
from staging.engine.composite.tone import Bytes, linear, luminance
from staging.engine.scene.faces import CEILING, face_map
from staging.engine.scene.gates import Gate
from staging.engine.scene.room import Camera, Room

_GATE_WIDTH = 640  # the ceiling and panes are compared at this size: a mean needs no more


def check(photo: Bytes, composite: Composite, room: Room) -> tuple[Gate, ...]:
    """Judge a composite against its `photo` (H, W, 3); every gate says its figure, its limit and a sentence."""
    return (
        _identity(photo, composite),
        _coverage(composite),
        *_untouched(photo, composite, room),
        _clipping(composite),
        _contact(composite, room),
    )


def _identity(photo: Bytes, composite: Composite) -> Gate:
    red, green, blue = (composite.picture[..., channel] != photo[..., channel] for channel in range(3))
    differing = int(np.count_nonzero((red | green | blue) & (composite.mask == 0)))
    return Gate(
        "identity_outside_mask", differing == 0, differing, 0, f"{differing} pixels outside the edit mask differ."
    )


def _coverage(composite: Composite) -> Gate:
    share = float((composite.mask > 0).mean())
    return Gate("mask_share", share < 0.8, share, 0.8, f"The edit mask covers {share:.0%} of the picture.")


def _untouched(photo: Bytes, composite: Composite, room: Room) -> tuple[Gate, Gate]:
    """Window panes must not change at all, the ceiling by less than 2 % in the mean."""
    height, width = photo.shape[:2]
    small_width = min(width, _GATE_WIDTH)
    small_height = max(1, round(small_width * height / width))
    rows = np.minimum(((np.arange(small_height) + 0.5) * height / small_height).astype(int), height - 1)
    columns = np.minimum(((np.arange(small_width) + 0.5) * width / small_width).astype(int), width - 1)
    before, after = photo[np.ix_(rows, columns)], composite.picture[np.ix_(rows, columns)]
    background = composite.alpha[np.ix_(rows, columns)] <= 0
    faces = face_map(room, small_width, small_height)
    pane = opening_mask(room, faces, "window") & background
    ceiling = (faces.labels == CEILING) & background
    panes, above = _change(before, after, pane), _change(before, after, ceiling)
    return (
        Gate("window_panes", panes < 0.002, panes, 0.002, f"Window panes change by {panes:.2%} in the mean."),
        Gate("ceiling", above < 0.02, above, 0.02, f"The ceiling changes by {above:.1%} in the mean."),
    )


def _change(before: Bytes, after: Bytes, where: Mask) -> float:
    """Mean relative change of luminance; 0 where there is nothing to compare."""
    if not where.any():
        return 0.0
    old, new = luminance(linear(before[where])), luminance(linear(after[where]))
    return float(np.mean(np.abs(new - old)) / max(float(old.mean()), 1e-3))


def _clipping(composite: Composite) -> Gate:
    share = composite.clipped
    return Gate("clipped_furniture", share <= 0.01, share, 0.01, f"{share:.1%} of the furniture's pixels are clipped.")


def _contact(composite: Composite, room: Room) -> Gate:
    """The darkest quarter of the floor within 5 cm of each leg, where it can be seen, must be at .85 or darker."""
    worst, judged = 0.0, 0
    height, width = composite.mask.shape
    camera = room.camera.resized(width, height)
    applied = faded(composite.ratio, *composite.fade)
    for rim in composite.contacts.rims() if composite.contacts is not None else []:
        seen = _seen_floor(rim, composite, camera, room)
        if len(seen) < 12:
            continue
        assert composite.contacts is not None
        shadow = _sampled(luminance(applied), camera, seen, composite) * composite.contacts.at(seen)
        worst, judged = max(worst, float(np.percentile(shadow, 25))), judged + 1
    text = f"Within 5 cm of the least shadowed of {judged} feet R is {worst:.2f}." if judged else "No foot is seen."
    return Gate("contact_shadows", worst <= 0.85, worst, 0.85, text)


def _seen_floor(points: np.ndarray, composite: Composite, camera: Camera, room: Room) -> np.ndarray:
    """Those of the floor points (n, 2) inside the room that the picture shows uncovered by furniture."""
    box = room.box
    inside = (points[:, 0] > box.x0) & (points[:, 0] < box.x1) & (points[:, 1] < box.y1)
    pixels, depth = camera.project(np.c_[points, np.zeros(len(points))])
    columns, rows = np.floor(pixels[:, 0]), np.floor(pixels[:, 1])
    framed = (
        inside & (depth > 0.2) & (columns >= 0) & (columns < camera.width) & (rows >= 0) & (rows < camera.height_px)
    )
    seen = framed.copy()
    at = rows[framed].astype(int), columns[framed].astype(int)
    seen[framed] = composite.alpha[at] < 0.25
    return points[seen]


def _sampled(field: np.ndarray, camera: Camera, points: np.ndarray, composite: Composite) -> np.ndarray:
    """A trace-size field (h, w) read at floor points (n, 2)."""
    pixels, _ = camera.project(np.c_[points, np.zeros(len(points))])
    h, w = field.shape
    columns = np.clip(pixels[:, 0] * w / camera.width, 0, w - 1).astype(int)
    rows = np.clip(pixels[:, 1] * h / camera.height_px, 0, h - 1).astype(int)
    result: np.ndarray = field[rows, columns]
    return result
