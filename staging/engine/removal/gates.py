"""What an emptied picture must hold before anyone pays for it."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.composite.fields import blurred_within, dilated, reduced
from staging.engine.removal.filling import Bytes, Plane
from staging.engine.removal.scene import Scene
from staging.engine.removal.sheets import Floats, Mask
from staging.engine.scene.faces import FLOOR, LEFT, NAMES
from staging.engine.scene.gates import Gate

# Of what lies round the furniture that was found, so much must be floor or wall: else it is cut through.
LEAST_CLEAR: Final = 0.57
LEAST_KNOWN: Final = 0.5  # the same of a large hole of the caller's, which only planes can fill
# Of what lies round a hole, the share that must look as its plane should: less, and the room was misread.
LEAST_AGREED: Final = 0.8
MOST_TAKEN: Final = 0.3  # of the floor that is seen: so much more of it before walls, among what was found, is misread
MOST_UNTOLD: Final = 0.01  # of the picture, where something stands before a window or up to the ceiling
MOST_HIDDEN: Final = 0.72  # of the picture
LEAST_SEEN: Final = 0.06  # of the filled part of a plane, that must be confirmed elsewhere on it
LEAST_PATTERN: Final = 0.45  # the same of a floor of boards or tiles: from less, its pattern repeats itself
SMALL: Final = 0.04  # of the hole: a plane with less of it is too small to matter
MOST_UNKNOWN: Final = 0.05  # of the hole
WORST_SEAM: Final = 0.045  # sRGB, the median step across the edge of what was filled
TORN: Final = 0.10  # sRGB: a step across the edge of what was filled that is a border of its own
RIGHT_THERE: Final = 1.5  # pixels on each side of the edge: the outline of what is removed lies farther in
ENDS: Final = 0.06  # sRGB: with such a step in the photo, a thing ended there
MOST_TORN: Final = 0.1  # of that edge: more, and floor or wall were drawn where the other goes on
OVER: Final = slice(1, 4)  # rows over the upper end of a hole, and under it, that are compared
FACE_ENDS: Final = 5  # pixels from there, within which wall or floor may end as read
THREAD: Final = 0.01  # of the picture's width: what is narrower may end anywhere
MOST_HANGING: Final = 0.1  # of the picture's width
COLOURED: Final = 0.16  # log of one colour against another, from which on a wall is not white or grey
SMOOTHER: Final = 2.5  # times a wall's roughness: a floor that is rougher is no part of it
LIKE_WALL: Final = 0.07  # the same between a floor and a coloured wall: nearer, and it is that wall
ROUGH_OVER: Final = 4.0  # pixels
AT_EDGE: Final = 1  # pixels from the end of the floor, in which it is not judged
ROUGHER: Final = 1.3  # times nearly the roughest of what is seen of a floor
FEW: Final = 0.05  # of the picture: of a smaller drawn floor, a single board that others are smoother than is much
MOST_ROUGH: Final = 0.04  # of the floor that was drawn
TEXTURE: Final = (0.45, 2.2)  # of the floor's own texture


def reading(figures: dict[str, float], *, asked: bool, told: bool) -> tuple[Gate, ...]:
    """Furniture that was found must end where floor and walls begin, a caller's mask where some of them is seen; and
    what is seen round either must be what the reading of the room says it is, unless a person `told` where walls are.
    """
    clear = figures["outline"] if asked else figures["clear_outline"]
    least = LEAST_KNOWN if asked else LEAST_CLEAR
    text = f"Of what lies round {'the mask' if asked else 'the furniture'}, {clear:.0%} is surely floor or wall."
    agreed, untold, taken = figures["agreement"], figures.get("untold", 0.0), figures.get("floor_taken", 0.0)
    misread = f"Round what is removed, {1 - agreed:.0%} looks like wall where the floor should be, or the other way."
    return (
        Gate("clear_outline", clear >= least, clear, least, text),
        Gate(
            "all_told",
            untold <= MOST_UNTOLD,
            untold,
            MOST_UNTOLD,
            f"Where {untold:.0%} of the picture is, something stands that cannot be told from what is behind it.",
        ),
        Gate("room_read", told or agreed >= LEAST_AGREED, agreed, LEAST_AGREED, misread),
        Gate(
            "floor_taken",
            told or taken <= MOST_TAKEN,
            taken,
            MOST_TAKEN,
            f"Among what was taken for furniture is {taken:.0%} as much floor as is seen elsewhere.",
        ),
    )


def before(hole: Mask, planes: dict[int, Plane], scene: Scene) -> tuple[Gate, ...]:
    """Whether enough is seen of each plane that the hole (working size) touches, before anything is drawn."""
    total = max(1, int(hole.sum()))
    share = float(hole.mean())
    unknown = 1 - sum(plane.hidden for plane in planes.values()) / total
    worst, name, least = 1.0, "floor", LEAST_SEEN
    for face, plane in planes.items():
        if plane.hidden < SMALL * total:
            continue
        seen = plane.confirmed_pixels / plane.hidden
        needed = LEAST_PATTERN if face == FLOOR and plane.covering is None else LEAST_SEEN
        if seen / needed < worst / least:
            worst, name, least = seen, NAMES[face], needed
    return (
        Gate("hidden_share", share < MOST_HIDDEN, share, MOST_HIDDEN, f"{share:.0%} of the picture is to be removed."),
        Gate(
            "planes_known", unknown < MOST_UNKNOWN, unknown, MOST_UNKNOWN,
            f"For {unknown:.0%} of what is removed, nothing is seen of the floor or wall behind it.",
        ),
        _floor_found(planes),
        Gate(
            "plane_seen", worst >= least, worst, least,
            f"Of the {name}, {worst:.0%} of what is to be drawn is seen elsewhere.",
        ),
    )  # fmt: skip


def _floor_found(planes: dict[int, Plane]) -> Gate:
    """Whether what was taken for the floor is not the lower end of a coloured wall: a narrow view may show no floor."""
    apart = 99.0
    if FLOOR in planes:
        floor = planes[FLOOR]
        for face, plane in planes.items():
            alike = face >= LEFT and _roughness(floor) < SMOOTHER * _roughness(plane)
            if alike and np.abs(_hue(plane)).max() > COLOURED:
                apart = min(apart, float(np.linalg.norm(_hue(floor) - _hue(plane))))
    text = f"What was taken for the floor looks like a wall ({apart:.2f} from its hue, in logs of the colours)."
    return Gate("floor_found", apart >= LIKE_WALL, apart, LIKE_WALL, text)


def _roughness(plane: Plane) -> float:
    """The mean detail of a plane's own pixels, sRGB."""
    return float(np.abs(plane.cover.detail[plane.cover.confirmed]).mean())


def _hue(plane: Plane) -> Floats:
    """The hue of a plane's own pixels, the same in any light: logs of red and of blue against green (2,)."""
    own = np.maximum(np.median(plane.cover.local[plane.cover.confirmed], 0), 0.01)
    return np.asarray(np.log(own[[0, 2]]) - np.log(own[1]), np.float32)


def after(
    photo: Bytes, picture: Bytes, mask: Mask, planes: dict[int, Plane], scene: Scene, *, drawn: Mask | None = None
) -> tuple[Gate, ...]:
    """Judge the emptied `picture` (H, W, 3) against the photo; `mask` (H, W) is where it may differ, and `drawn` where
    it is not only lighter; None means all of the mask.
    """
    differing = int((picture[~mask] != photo[~mask]).any(-1).sum())
    height, width = scene.faces.labels.shape
    small = reduced(picture, width, height)
    hole = cv2.resize(mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0
    own = own_pixels(scene, planes)
    seam = _seam(small, hole, own)
    torn = _torn(small, hole, reduced(photo, width, height), own)
    anew = mask if drawn is None else drawn
    anew = cv2.resize(anew.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0
    hung = hanging(small, anew, scene.faces.labels, going_on(scene, planes))
    low, high = TEXTURE
    texture = _texture(small, hole, own, scene)
    rough = roughness(small, hole, own, scene.faces.labels == FLOOR)
    return (
        Gate("identity_outside_mask", differing == 0, differing, 0, f"{differing} pixels outside the mask differ."),
        Gate("seam", seam < WORST_SEAM, seam, WORST_SEAM, f"The edge of what was filled shows by {seam:.1%}."),
        Gate(
            "border", torn < MOST_TORN, torn, MOST_TORN,
            f"Round {torn:.0%} of what was filled, floor and wall do not go on as they should.",
        ),
        Gate(
            "hanging", hung < MOST_HANGING, hung, MOST_HANGING,
            f"Over {hung:.0%} of the picture's width, what stays is cut off above what was filled.",
        ),
        Gate(
            "texture", low < texture < high, texture, low if texture < 1 else high,
            f"What was drawn of the floor has {texture:.0%} of the texture of what is seen of it.",
        ),
        Gate(
            "rough", rough < MOST_ROUGH, rough, MOST_ROUGH,
            f"{rough:.0%} of what was drawn of the floor is rougher than any of what is seen of it.",
        ),
    )  # fmt: skip


def drawn(photo: Bytes, picture: Bytes, mask: Mask) -> tuple[Gate, ...]:
    """Judge a `picture` (H, W, 3) whose hole was filled from what is round it."""
    differing = int((picture[~mask] != photo[~mask]).any(-1).sum())
    rows, columns = (slice(max(0, int(at.min()) - 20), int(at.max()) + 21) for at in np.nonzero(mask))
    part, hole = (picture[rows, columns] / 255).astype(np.float32), mask[rows, columns]
    seam = _seam(part, hole, np.ones_like(hole))
    torn = _torn(part, hole, (photo[rows, columns] / 255).astype(np.float32), np.ones_like(hole))
    return (
        Gate("identity_outside_mask", differing == 0, differing, 0, f"{differing} pixels outside the mask differ."),
        Gate("seam", seam < WORST_SEAM, seam, WORST_SEAM, f"The edge of what was filled shows by {seam:.1%}."),
        Gate("border", torn < MOST_TORN, torn, MOST_TORN, f"Round {torn:.0%} of what was filled, nothing goes on."),
    )


def own_pixels(scene: Scene, planes: dict[int, Plane]) -> Mask:
    """Pixels of the working photo that are confirmed as their plane's own."""
    own = np.zeros(scene.faces.labels.shape, bool)
    for face, plane in planes.items():
        own |= plane.confirmed_in(scene) & (scene.faces.labels == face)
    return own


def going_on(scene: Scene, planes: dict[int, Plane]) -> Mask:
    """Where (h, w) windows, curtains and doors were drawn on behind what is removed."""
    there = np.zeros(scene.faces.labels.shape, bool)
    for plane in planes.values():
        if plane.fixed is not None:
            there |= plane.sheet.drawn_mask(plane.fixed.where, scene.camera)
    return there


def hanging(picture: Floats, hole: Mask, faces: NDArray[np.int8], going_on: Mask) -> float:
    """Over how much of the picture's width, 0..1, something ends in a step right above the hole and hangs there.

    Furniture stands on the floor: what is seen above it and ends there stood on it and had to go too, or goes on behind
    it, as windows do (`going_on` (h, w) is where they were drawn). So here an end that the photo has too is none,
    unless one of the `faces` (h, w) ends.
    """
    first = np.zeros_like(hole)
    first[1:] = hole[1:] & ~hole[:-1]
    first[: OVER.stop] = False
    above, below = (
        np.mean([np.roll(picture, sign * n, 0) for n in range(OVER.start, OVER.stop)], 0) for sign in (1, -1)
    )
    one_face = np.roll(faces, FACE_ENDS, 0) == np.roll(faces, -FACE_ENDS, 0)
    cut = first & one_face & (np.abs(above - below).mean(-1) > TORN) & ~dilated(going_on, 2)
    _, parts = cv2.connectedComponents(dilated(cut, 1).astype(np.uint8))
    widths = [int((cut & (parts == part)).any(0).sum()) for part in np.unique(parts[cut])]
    return sum(wide for wide in widths if wide >= THREAD * hole.shape[1]) / hole.shape[1]


def _seam(picture: Floats, hole: Mask, own: Mask) -> float:
    """Median step, sRGB, between the means of the two sides along the hole's edge on confirmed planes."""
    inside, _ = blurred_within(picture, hole.astype(np.float32), 3)
    outside, share = blurred_within(picture, (own & ~hole).astype(np.float32), 3)
    edge = cv2.morphologyEx(hole.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    at = edge & (share > 0.3)
    return float(np.median(np.abs(inside - outside)[at].mean(-1))) if at.sum() > 20 else 0.0


def _torn(picture: Floats, hole: Mask, photo: Floats, own: Mask) -> float:
    """The share of the hole's edge, 0..1, across which the picture changes much: it should go on there.

    Where the photo itself changed there, a thing that stays ends at the hole, and may: unless `own` pixels (h, w),
    floor or wall for sure, lie on its other side.
    """
    step, edge = _across(picture, hole, 3.0)
    before, _ = _across(photo, hole, RIGHT_THERE)
    ends = (before > ENDS) & ~dilated(own, 2)
    return float(((step > TORN) & ~ends)[edge].mean()) if edge.sum() > 20 else 0.0


def _across(picture: Floats, hole: Mask, near: float) -> tuple[Floats, Mask]:
    """The step (h, w), sRGB, between the means of the two sides of the hole's edge, and that edge (h, w).

    `near` is over how many pixels on each side.
    """
    inside, _ = blurred_within(picture, hole.astype(np.float32), near)
    outside, _ = blurred_within(picture, (~hole).astype(np.float32), near)
    edge = cv2.morphologyEx(hole.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    edge[:3] = edge[-3:] = False
    edge[:, :3] = edge[:, -3:] = False
    return np.asarray(np.abs(inside - outside).mean(-1), np.float32), edge


def roughness(picture: Floats, hole: Mask, own: Mask, at: Mask) -> float:
    """The share of the drawn floor, 0..1, with more texture than what is seen of it: pieces of something else. A floor
    smaller than FEW counts as that large.

    `hole`, `own` (floor for sure) and `at` (floor) are (h, w); 0 where too little of either is seen.
    """
    # The edge of a wall is no texture of the floor before it.
    at = np.asarray(cv2.erode(at.astype(np.uint8), np.ones((2 * AT_EDGE + 1,) * 2, np.uint8)) > 0)
    fine = _fine(picture)
    drawn, inside = blurred_within(fine, (at & hole).astype(np.float32), ROUGH_OVER)
    seen, outside = blurred_within(fine, (at & own & ~hole).astype(np.float32), ROUGH_OVER)
    drawn_at, seen_at = at & hole & (inside > 0.5), at & own & ~hole & (outside > 0.5)
    if drawn_at.sum() < 100 or seen_at.sum() < 100:
        return 0.0
    most = ROUGHER * float(np.percentile(seen[seen_at], 97))
    return float((drawn[drawn_at] > most).sum() / max(drawn_at.sum(), FEW * hole.size))


def _texture(picture: Floats, hole: Mask, own: Mask, scene: Scene) -> float:
    """The ratio of the floor's texture energy, filled to seen; 1 where there is too little of either."""
    fine = _fine(picture)
    inner = cv2.erode(hole.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    at = scene.faces.labels == FLOOR
    filled, seen = at & inner, at & own & ~hole
    if filled.sum() < 100 or seen.sum() < 100:
        return 1.0
    return float((np.median(fine[filled]) + 0.002) / (np.median(fine[seen]) + 0.002))


def _fine(picture: Floats) -> Floats:
    """How much texture each pixel has (h, w), sRGB."""
    return np.asarray(np.abs(picture - cv2.GaussianBlur(picture, (0, 0), 2)).mean(-1), np.float32)
