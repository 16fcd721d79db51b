"""The ground of an outdoor photo: the camera from the lines of house and paving, and the free ground before it.

An outdoor photo has no box. What is read instead is the horizon, a conservative region of the picture that is one
stretch of ground from the lower edge on, and from both the free ground in metres. Whatever cannot be told is refused
in words.
"""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.errors import UnusablePhoto
from staging.engine.geometry import camera, confidence
from staging.engine.geometry import segments as line_segments
from staging.engine.geometry.reading import LINES_AT, exif_focal, pinhole_camera
from staging.engine.geometry.segments import Segments
from staging.engine.geometry.view import ACROSS, ALONG, DOWN
from staging.engine.scene.room import Box, Camera, Floats, Room

Mask = NDArray[np.bool_]

HEIGHT: Final = 1.55  # metres: the camera of a person who stands
REGION_AT: Final = 360  # long side in pixels of the picture in which the ground is outlined
FARTHEST: Final = 11.0  # metres: farther away a pixel is too much ground
NEAREST: Final = 1.0  # metres
LEAST_AREA: Final = 6.0  # square metres of free ground
LEAST_WIDTH: Final = 2.2  # metres across, at the distance where it is widest
SEED_ROWS: Final = 0.10  # share of the picture's height at its lower edge that is taken to be ground
STEEPEST: Final = 24.0  # degrees that the camera may look down: steeper is a drone or a balcony's view into a yard
LEAST_INLIERS: Final = 0.3  # share of the line evidence that must agree on one horizon
HEADROOM: Final = 2.75  # metres that outdoor furniture may rise: the height of the box that stands in for the open air
BEYOND: Final = 0.7  # of its length that a foot is drawn on beyond either end
ALIKE: Final = 17.0  # distance of colours up to which a pixel may be the ground at the lower edge
FOREIGN: Final = 12.0  # and from which on a short line's other side is surely something else
ESTRANGED: Final = 6.0  # the same for a long line
FOOT: Final = 0.07  # share of the picture's width that a wall's foot is long at least
MARGIN: Final = 0.12  # metres kept off the edge of the ground


def read_ground(photo: NDArray[np.uint8], *, focal_35mm: float | None = None) -> Room:
    """Read an outdoor photo (H, W, 3), sRGB and upright, as a room in the open air.

    Its `floor_polygon` is the free ground, its box bounds that, and nothing else of the box is there. The same photo
    gives the same room. Raises UnusablePhoto with the code "ground_unreadable" and the reason in words.
    """
    height, width = photo.shape[:2]
    longest = max(width, height)
    fine = _sized(photo, LINES_AT / longest)
    lines = line_segments.detect(np.asarray(cv2.cvtColor(fine, cv2.COLOR_RGB2GRAY), np.uint8))
    if len(lines) < confidence.FEWEST_SEGMENTS:
        raise _unreadable("it shows no straight lines of a house, a deck or paving to find the horizon by")
    focal = exif_focal(focal_35mm, width, height, lines.width, lines.height)
    fit = camera.estimate(lines, focal)
    if fit.inliers < LEAST_INLIERS:
        raise _unreadable("its lines do not agree on where the horizon is")
    if math.degrees(fit.view.pitch) > STEEPEST:
        raise _unreadable("it looks down too steeply; stand on the ground and hold the camera level")
    source = "exif" if fit.focal_given else "vp" if fit.focal_drop > 0.06 else "prior"
    eye = pinhole_camera(fit.view, HEIGHT, source)
    small = _sized(photo, REGION_AT / longest)
    upright, level = lines.chosen(fit.sure_axis == DOWN), lines.chosen((fit.axis == ACROSS) | (fit.axis == ALONG))
    region = outline(small, eye.resized(small.shape[1], small.shape[0]), upright, level)
    polygon = _on_the_ground(region, eye.resized(small.shape[1], small.shape[0]))
    return _assembled(eye.resized(width, height), polygon, fit)


def _unreadable(why: str) -> UnusablePhoto:
    return UnusablePhoto(
        "ground_unreadable",
        f"The ground in this photo could not be read: {why}. Take the photo level, standing, with a free stretch of "
        "terrace, deck or lawn in its lower half.",
    )


def _assembled(eye: Camera, polygon: Floats, fit: camera.CameraFit) -> Room:
    x, y = polygon[:, 0], polygon[:, 1]
    # The camera must stand inside; what the picture does not show is never furnished anyway.
    box = Box(min(float(x.min()), -0.6), max(float(x.max()), 0.6), -1.0, float(y.max()), HEADROOM)
    total = float(np.clip(0.45 + 0.9 * (fit.inliers - LEAST_INLIERS), 0.4, 0.8))
    return Room(
        camera=eye,
        box=box,
        visible={},
        floor_polygon=tuple((round(float(a), 3), round(float(b), 3)) for a, b in polygon),
        confidence={"lines": round(fit.inliers, 3), "total": round(total, 3)},
        status="auto" if total >= 0.7 else "check",
        scale_source="camera",
        open_air=True,
    )


# ------------------------------------------------------------------------------------------ the region
def outline(picture: NDArray[np.uint8], eye: Camera, upright: Segments, level: Segments) -> Mask:
    """The pixels (h, w) of `picture` that are surely one free stretch of ground, up from the lower edge.

    GrabCut from the lower edge (ground) and all above the horizon (no ground), with what stands on vertical lines as
    no ground either; then, in each column, only what is unbroken from the lower edge on: by other colours, and by the
    `level` lines at which one surface ends and another begins, such as the foot of a wall.
    """
    height, width = picture.shape[:2]
    far = _row_of(eye, FARTHEST)
    if not height * 0.1 < far < height * 0.88:
        raise _unreadable("too little ground is in the picture")
    seed = height - max(3, round(SEED_ROWS * height))
    barred = _standing(upright.resized(width, height), height, width)
    strip = np.zeros((height, width), bool)
    strip[seed:, round(0.15 * width) : round(0.85 * width)] = True
    barred |= _feet(picture, level.resized(width, height), strip)
    open_floor = ~barred
    open_floor[: max(1, int(far))] = False
    here = _component(open_floor, seed)
    labels = np.full((height, width), cv2.GC_BGD, np.uint8)
    labels[here] = cv2.GC_PR_FGD
    labels[seed:][here[seed:]] = cv2.GC_FGD
    shown = _evened(picture)
    cv2.setRNGSeed(1)
    try:
        cv2.grabCut(shown, labels, (0, 0, 1, 1), np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)
    except cv2.error as error:
        raise _unreadable("its ground cannot be told from what stands on it") from error
    ground = ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)) & here
    strip = here.copy()
    strip[:seed] = False
    lab = cv2.cvtColor(shown, cv2.COLOR_RGB2LAB).astype(np.float32)
    ground &= _away(lab, _colours(lab, strip)) < ALIKE
    ground = cv2.morphologyEx(ground.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
    return _unbroken(_component(ground, seed))


def _component(free: Mask, seed: int) -> Mask:
    """The connected part of `free` that has most of the picture's lower edge, from row `seed` on."""
    _, labels = cv2.connectedComponents(free.astype(np.uint8), connectivity=4)
    counts = np.bincount(labels[seed:].ravel())
    counts[0] = 0
    if len(counts) < 2 or not counts.any():
        raise _unreadable("no free ground reaches the lower edge of the picture")
    mask: Mask = labels == int(counts.argmax())
    return mask


def _evened(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Without fine texture, which a lawn or gravel has more of than any wall."""
    return np.asarray(cv2.bilateralFilter(cv2.medianBlur(picture, 5), 7, 30, 5), np.uint8)


def _standing(upright: Segments, height: int, width: int) -> Mask:
    """Pixels of vertical lines: posts, corners and frames stand on the ground and are none of it."""
    mask = np.zeros((height, width), np.uint8)
    for x0, y0, x1, y1 in upright.ends:
        if abs(y1 - y0) > 0.035 * height:
            cv2.line(mask, (round(x0), round(y0)), (round(x1), round(y1)), 1, 3)
    return mask > 0


def _feet(picture: NDArray[np.uint8], level: Segments, strip: Mask) -> Mask:
    """Pixels of long level lines with another colour or another texture on the other side.

    Joints have the same on both sides; edges of shadows have ground on both, as it looks in `strip`.
    """
    height, width = picture.shape[:2]
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).astype(np.float32)
    # Relative to the brightness: shade has the texture of its ground, only fainter.
    rough = np.abs(lab[..., 0] - cv2.GaussianBlur(lab[..., 0], (0, 0), 2.0)) / (lab[..., 0] + 12.0)
    mask = np.zeros((height, width), np.uint8)
    known = _colours(lab, strip)
    for x0, y0, x1, y1 in level.ends:
        length = math.hypot(x1 - x0, y1 - y0)
        if length < FOOT * width or abs(x1 - x0) < 0.25 * length:
            continue
        across = np.array([-(y1 - y0), x1 - x0]) / length
        along = np.linspace(0.08, 0.92, 24)[:, None] * [x1 - x0, y1 - y0] + [x0, y0]
        sides = [along[:, None] + s * across * np.array([3.0, 5.0, 7.0])[:, None] for s in (-1, 1)]
        if not _parts_surfaces(lab, rough, sides, known, FOREIGN if length < 2 * FOOT * width else ESTRANGED):
            continue
        # Lines are found in pieces: a foot goes on a good way beyond what was found of it.
        reach = max(BEYOND, 0.15 * width / length)
        dx, dy = reach * (x1 - x0), reach * (y1 - y0)
        cv2.line(mask, (round(x0 - dx), round(y0 - dy)), (round(x1 + dx), round(y1 + dy)), 1, 2)
    return mask > 0


def _parts_surfaces(
    lab: NDArray[np.float32],
    rough: NDArray[np.float32],
    sides: list[Floats],
    known: NDArray[np.float32],
    foreign: float,
) -> bool:
    """Whether the colour changes across a line, and is `foreign` to the ground on one side, or the texture changes."""
    height, width = rough.shape
    pixels = [
        (s[..., 1].round().astype(int).clip(0, height - 1), s[..., 0].round().astype(int).clip(0, width - 1))
        for s in sides
    ]
    colours, textures = [lab[at] for at in pixels], [float(rough[at].mean()) + 0.006 for at in pixels]
    # Place by place: a line may itself run through sun and shade.
    away = np.median((colours[0] - colours[1]).reshape(-1, 3), axis=0)
    other = np.hypot(0.6 * away[0], np.hypot(away[1], away[2])) > 6.0
    strange = max(float(np.median(_away(colour, known))) for colour in colours) > foreign
    return bool(other and strange) or abs(math.log(textures[0] / textures[1])) > 0.75


def _colours(lab: NDArray[np.float32], here: Mask) -> NDArray[np.float32]:
    """The colours (k, 3), L*a*b* as OpenCV scales it, that make up most of the pixels `here`."""
    sample = lab[here]
    if len(sample) < 40:
        raise _unreadable("no free ground reaches the lower edge of the picture")
    cv2.setRNGSeed(1)
    start = np.zeros((len(sample), 1), np.int32)  # OpenCV's stubs want the labels, its code overwrites them
    _, index, centres = cv2.kmeans(
        np.ascontiguousarray(sample), 4, start, (cv2.TERM_CRITERIA_MAX_ITER, 20, 1.0), 2, cv2.KMEANS_PP_CENTERS
    )
    shares = np.bincount(index.ravel(), minlength=4) / len(sample)
    return np.asarray(centres[shares > 0.06], np.float32)


def _away(lab: NDArray[np.float32], colours: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far each colour (..., 3) is from the nearest of `colours`; light and shade count little."""
    apart = lab[..., None, :] - colours
    return np.asarray(np.hypot(0.30 * apart[..., 0], np.hypot(apart[..., 1], apart[..., 2])).min(-1), np.float32)


def _unbroken(ground: Mask) -> Mask:
    """In each column what is ground from the lower edge up; columns smoothed downwards, so that gaps stay out."""
    height, width = ground.shape
    broken = ~ground[::-1]
    reach = np.where(broken.any(0), broken.argmax(0), height).astype(np.float32)
    # The lowest of its neighbourhood, then its median: a blade of ground between two pots is no place for a sofa.
    kernel = max(3, width // 60) | 1
    low = cv2.erode(reach[None], np.ones((1, kernel), np.uint8))[0]
    rows = np.arange(height)[::-1, None]
    mask: Mask = rows < low[None]
    return mask


def _row_of(eye: Camera, distance: float) -> float:
    """The picture's row of ground straight ahead at a distance, metres."""
    forward = eye.matrix[2] * [1.0, 1.0, 0.0]
    point = forward / max(float(np.linalg.norm(forward)), 1e-6) * distance
    pixel, _ = eye.project(point)
    return float(pixel[1])


# ------------------------------------------------------------------------------------------ metres
def _on_the_ground(region: Mask, eye: Camera) -> Floats:
    """The region as a polygon of ground (N, 2), metres: from its upper outline and the lower edge of the picture."""
    height, width = region.shape
    tops = np.where(region.any(0), region.argmax(0), height)
    step = max(1, width // 48)
    columns = np.arange(0, width - 1, step)
    upper = np.array([tops[c : c + step].max() for c in columns])  # the nearest end of each stretch of columns
    known = upper < height - 2
    if known.sum() < 4:
        raise _unreadable("no free ground reaches the lower edge of the picture")
    runs = _longest_run(known)
    us, vs = columns[runs] + step / 2, upper[runs] + 0.5
    far = _points(eye, us, vs)
    near = _points(eye, us, np.full(len(us), height - 0.5))
    far = np.where((np.linalg.norm(far, axis=1) > FARTHEST)[:, None], far * _held(far), far)
    polygon = np.concatenate([near, far[::-1]])
    polygon = polygon[np.isfinite(polygon).all(1)]
    area = 0.5 * abs(
        float(np.dot(polygon[:, 0], np.roll(polygon[:, 1], 1)) - np.dot(polygon[:, 1], np.roll(polygon[:, 0], 1)))
    )
    if area < LEAST_AREA or np.ptp(polygon[:, 0]) < LEAST_WIDTH:
        raise _unreadable(f"only {area:.0f} square metres of it are free and in the picture")
    return polygon


def _held(points: Floats) -> Floats:
    """Factors (N, 1) that bring points to the farthest distance."""
    return FARTHEST / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-6)


def _longest_run(known: Mask) -> slice:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    best = int(np.argmax(ends - starts))
    return slice(int(starts[best]), int(ends[best]))


def _points(eye: Camera, us: Floats, vs: Floats) -> Floats:
    """Where pixels meet the ground, (N, 2) metres; not a number above the horizon."""
    rays = eye.rays(np.stack([us, vs], -1))
    down = np.where(rays[:, 2] < -1e-4, -rays[:, 2], np.nan)
    return np.asarray(rays[:, :2] * (eye.height / down)[:, None])


def _sized(photo: NDArray[np.uint8], k: float) -> NDArray[np.uint8]:
    size = (max(1, round(photo.shape[1] * k)), max(1, round(photo.shape[0] * k)))
    method = cv2.INTER_AREA if k < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(photo, size, interpolation=method))
