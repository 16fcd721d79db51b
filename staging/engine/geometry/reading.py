"""From photo to room: the order of the steps, and the one change of frame and unit."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.geometry import (
    adjustment,
    camera,
    confidence,
    corners,
    evidence,
    foreground,
    furnished,
    islands,
    lamps,
    looks,
    openings,
    scale,
    search,
    skirting,
    stairs,
)
from staging.engine.geometry import segments as line_segments
from staging.engine.geometry.layout import Scorer
from staging.engine.geometry.segments import Segments
from staging.engine.geometry.view import Floats, View
from staging.engine.geometry.zenith import Support
from staging.engine.scene import blocks, floor
from staging.engine.scene.editing import completed, rescaled
from staging.engine.scene.room import Box, Camera, Room

LINES_AT = 1000  # long side in pixels of the picture that segments are found in
LAYOUT_AT = 512
SETTLED = 0.85  # confidence of a reading from which on no other camera is tried
ABOVE_FLOOR = 0.62  # of the picture's height: lower lines may be a floor's own
GUESSES = 2  # cameras from the lines above it that are tried
CAMERAS_BEHIND = 3  # that are tried behind furniture
CLIMBING = 6  # of the boxes found with them, that are moved to where they are worth most
ALL_ALONG = 0.2  # evidence of an edge that counts in full there
TOLD_APART = 0.6  # of the score a nat, for faces that look different
TOLERATED_LOSS = 0.03  # of the layout's score, for a camera that fits the edges better
FULL_FRAME_DIAGONAL = 43.27  # millimetres
EXIF_RANGE = (9.0, 40.0)  # millimetres: longer ones come from crops and from what is no room photo
SENSOR_RATIOS = (4 / 3, 3 / 2)
# room directions (x right, y into the room, z up) to axis directions (across, down, along)
ROOM_TO_AXES = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])


def read_room(
    photo: NDArray[np.uint8],
    *,
    focal_35mm: float | None = None,
    seed: int = 0,
    hidden: NDArray[np.bool_] | None = None,
) -> Room:
    """Read camera, box, openings and lamps from one photo of a room.

    `photo` (H, W, 3) is sRGB and upright; `focal_35mm` is the 35 mm equivalent focal length that EXIF gives.
    `hidden` (H, W) is what furniture hides of the room, where that is known. The same photo and seed give the same
    room. When nothing can be read the room is a plausible box with
    status "manual"; only an array of the wrong shape or type raises ValueError.
    """
    if photo.ndim != 3 or photo.shape[2] != 3 or photo.dtype != np.uint8 or min(photo.shape) < 1:
        raise ValueError("photo must be an array (H, W, 3) of uint8")
    height, width = photo.shape[:2]
    fine = _sized(photo, LINES_AT)
    lines = line_segments.detect(np.asarray(cv2.cvtColor(fine, cv2.COLOR_RGB2GRAY), np.uint8))
    if len(lines) < confidence.FEWEST_SEGMENTS:
        return guess(width, height)
    focal = exif_focal(focal_35mm, width, height, lines.width, lines.height)

    def assembled(found: _Explained) -> Room:
        return with_openings(fine, _assembled(found.fit, found.view.resized(width, height), found.boxes, found.figures))

    best: Room | None = None
    for fit in _fits(lines, focal):
        room = assembled(_explained(fine, lines, fit, focal=focal, seed=seed))
        best = room if best is None or _rank(room) > _rank(best) else best
        if best.status == "auto" and best.confidence["total"] > SETTLED:
            break
        if hidden is not None:
            # What hides little leaves a room to be read as ever; the edges of this one do not tell it.
            best = assembled(_behind(fine, lines, hidden, focal=focal, seed=seed))
            break
    assert best is not None
    return _with_foreground(fine, lines, best)


def _fits(lines: Segments, focal: float | None) -> Iterator[camera.CameraFit]:
    """Cameras to read the room with, the likeliest first; the others are for rooms that the first leaves unsure.

    Grain, joints and reflections of a floor draw lines that run along no wall, sometimes most of all that there are.
    So the second guess is made of the lines above the floor's part of the picture, if they are enough.
    """
    usual = camera.fits(lines, focal)
    yield next(usual)
    above = lines.chosen(lines.ends[:, 1::2].mean(1) < ABOVE_FLOOR * lines.height)
    others = camera.fits(above, focal) if len(above) >= confidence.FEWEST_SEGMENTS else iter(())
    support = Support.of(lines)
    for guess_above, guess in itertools.zip_longest(itertools.islice(others, GUESSES), itertools.islice(usual, 1)):
        if guess_above is not None:
            axis, sure = camera.labels(support, guess_above.view)
            yield dataclasses.replace(guess_above, axis=axis, sure_axis=sure)
        if guess is not None:
            yield guess


def _rank(room: Room) -> tuple[int, float]:
    return ("manual", "check", "auto").index(room.status), room.confidence["total"]


def reread(photo: NDArray[np.uint8], room: Room) -> Room:
    """The same walls and camera with the metre, openings and lamps read anew: for a box that was put in by hand.

    `photo` (H, W, 3) is the one that `room` was read from, at any size.
    """
    here = completed(room.resized(photo.shape[1], photo.shape[0]))
    height, cue = scale.camera_height(here.box.height / here.camera.height, here.visible["ceiling"])
    fresh = rescaled(here, height / here.camera.height, cue)
    fresh = dataclasses.replace(fresh, box=scale.held_ceiling(fresh.camera, fresh.box), openings=(), lamps=())
    fine = _sized(photo, LINES_AT)
    lines = line_segments.detect(np.asarray(cv2.cvtColor(fine, cv2.COLOR_RGB2GRAY), np.uint8))
    return _with_foreground(fine, lines, with_openings(fine, completed(fresh)))


@dataclass(frozen=True)
class _Explained:
    """A camera as fitted to the lines, its view adjusted, log boxes (K, 4) best first, and how sure all this is."""

    fit: camera.CameraFit
    view: View
    boxes: Floats
    figures: dict[str, float]


def _explained(
    fine: NDArray[np.uint8], lines: Segments, fit: camera.CameraFit, *, focal: float | None, seed: int
) -> _Explained:
    """The room as this camera shows it."""
    sight = _Sight.of(fine, lines, fit, focal)
    scorer = Scorer(sight.view, sight.seen, sight.lines, sight.sure_axis)
    found = search.search(scorer, sight.lines, sight.axis, seed)
    view, best, scorer = sight.adjusted(scorer, found.boxes[0], float(found.scores[0]))
    best = skirting.snap(view, sight.seen, best)
    figures = sight.judged(fit, scorer, view, best, found.lead())
    return _Explained(fit, view, np.stack([best, *found.others()]), figures)


def _behind(
    fine: NDArray[np.uint8], lines: Segments, hidden: NDArray[np.bool_], *, focal: float | None, seed: int
) -> _Explained:
    """The room behind furniture, where the edges of floor and walls are `hidden`, and others look like them.

    Many boxes in each of the first cameras are weighed anew and moved: by edges however faint, if all along, and by how
    much what is seen says of the face it is on.
    """
    found: list[tuple[float, Floats, _Behind]] = []
    for fit in itertools.islice(_fits(lines, focal), CAMERAS_BEHIND):
        sight = _Sight.of(fine, lines, fit, focal, hidden)
        kinds = looks.Kinds.of(fine, hidden, sight.size)
        scorer = Scorer(sight.view, sight.seen, sight.lines, sight.sure_axis)
        for start, score in zip(*search.many(scorer, sight.lines, sight.axis, seed), strict=True):
            _, box, here = sight.adjusted(scorer, start, float(score))
            behind = _Behind(fit, sight, here, kinds)
            found.append((float(behind.worth(box[None])[0]), box, behind))
    found.sort(key=lambda one: -one[0])
    climbed = [(*search.climbed_on(behind.worth, box), behind) for _, box, behind in found[:CLIMBING]]
    box, _, best = max(climbed, key=lambda one: one[1])
    view = best.scorer.view
    return _Explained(best.fit, view, box[None], best.sight.judged(best.fit, best.scorer, view, box, 0.0))


@dataclass(frozen=True)
class _Sight:
    """What a camera makes of the small picture: its evidence and its segments with their axes."""

    view: View
    seen: evidence.Evidence
    lines: Segments
    axis: NDArray[np.int64]
    sure_axis: NDArray[np.int64]
    prior: camera.Prior

    @classmethod
    def of(
        cls,
        fine: NDArray[np.uint8],
        lines: Segments,
        fit: camera.CameraFit,
        focal: float | None,
        hidden: NDArray[np.bool_] | None = None,
    ) -> _Sight:
        """Of the working picture, its lines and a camera; nothing is asked of what is `hidden`, of any size."""
        coarse = _sized(fine, LAYOUT_AT)
        size = coarse.shape[1], coarse.shape[0]
        view, small = fit.view.resized(*size), lines.resized(*size)
        seen = evidence.gather(coarse, view, small, fit.axis)
        keep = np.ones(len(small), bool)
        if hidden is not None:
            seen, keep = furnished.behind(seen, view, small, hidden)
        prior = camera.Prior.of(max(size), focal * max(size) / max(fine.shape) if focal else None)
        return cls(view, seen, small.chosen(keep), fit.axis[keep], fit.sure_axis[keep], prior)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the small picture."""
        return self.seen.width, self.seen.height

    def adjusted(self, scorer: Scorer, box: Floats, score: float) -> tuple[View, Floats, Scorer]:
        """View and box drawn to the edges of the picture together, where that explains it as well; and their scorer."""
        view, moved = adjustment.adjust(
            self.view, box, self.seen, support=Support.of(self.lines), axis=self.axis, prior=self.prior
        )
        rescored = Scorer(view, self.seen, self.lines, self.sure_axis)
        if rescored.score(moved[None])[0] > score - TOLERATED_LOSS:
            return view, moved, rescored
        return self.view, box, scorer

    def judged(self, fit: camera.CameraFit, scorer: Scorer, view: View, box: Floats, lead: float) -> dict[str, float]:
        """How sure a box (4,) is."""
        parts = scorer.parts(box[None])
        return confidence.judge(
            inliers=fit.inliers,
            camera_margin=fit.margin,
            foot=skirting.foot_support(view, self.seen, box),
            edges=float(parts.edges[0]),
            lines=float(parts.lines[0]),
            layout_margin=lead,
        )


@dataclass(frozen=True)
class _Behind:
    """A camera that furniture hides the room from, and what weighs boxes in it."""

    fit: camera.CameraFit
    sight: _Sight
    scorer: Scorer
    kinds: looks.Kinds | None

    def worth(self, boxes: Floats) -> Floats:
        """How well log boxes (M, 4) explain what is seen, (M,)."""
        worth = self.scorer.steady(boxes, ALL_ALONG)
        return worth if self.kinds is None else worth + TOLD_APART * self.kinds.told_apart(self.scorer.view, boxes)


def exif_focal(focal_35mm: float | None, width: int, height: int, at_width: int, at_height: int) -> float | None:
    """The EXIF focal length in pixels of an `at_width` x `at_height` copy, or None where it cannot be trusted.

    The 35 mm equivalent relates diagonals. It is ignored over 40 mm, and when the `width` x `height` photo does
    not have the shape of a sensor, because then it was cropped.
    """
    if focal_35mm is None or not EXIF_RANGE[0] <= focal_35mm <= EXIF_RANGE[1]:
        return None
    ratio = max(width, height) / min(width, height)
    if min(abs(ratio / r - 1) for r in SENSOR_RATIOS) > 0.015:
        return None
    return focal_35mm / FULL_FRAME_DIAGONAL * math.hypot(at_width, at_height)


def guess(width: int, height: int) -> Room:
    """A plausible box for a photo in which nothing can be read: status "manual", confidence 0."""
    longest = max(width, height)
    view = View(width, height, camera.FOCAL * longest, 0.0, 0.0, 0.0, 0.0)
    pinhole = pinhole_camera(view, scale.CAMERA[0], "prior")
    room = Room(pinhole, Box(-2.0, 2.0, -1.0, 4.0, scale.CEILING[0]), confidence={"total": 0.0}, status="manual")
    return _with_floor(room)


def _assembled(fit: camera.CameraFit, view: View, boxes: Floats, figures: dict[str, float]) -> Room:
    """The room in metres, with its faces and floor, before openings are known."""
    source = "exif" if fit.focal_given else "vp" if fit.focal_drop > 0.06 else "prior"
    unit = Room(pinhole_camera(view, 1.0, source), _box(boxes[0], 1.0))
    ceiling_share = floor.face_shares(unit)["ceiling"]
    height, cue = scale.camera_height(unit.box.height, ceiling_share)
    pinhole = pinhole_camera(view, height, source)
    box = scale.held_ceiling(pinhole, _box(boxes[0], height))
    room = Room(
        pinhole,
        box,
        confidence=figures,
        scale_source=cue,
        alternatives=tuple(_box(b, height) for b in boxes[1:]),
    )
    return _with_floor(room)


def with_openings(photo: NDArray[np.uint8], room: Room) -> Room:
    """The room with what is in its walls, found in the working picture, and with the scale that doors give."""
    small = dataclasses.replace(room, camera=room.camera.resized(photo.shape[1], photo.shape[0]))
    found = scale.with_doors(dataclasses.replace(room, openings=openings.find(photo, small)))
    factor = found.camera.height / room.camera.height
    if abs(math.log(factor)) > 0.04:
        # what is a door depends on its size: look again, now that the scale is known better
        found = dataclasses.replace(found, openings=openings.find(photo, rescaled(small, factor)))
    return scale.with_credible_doors(dataclasses.replace(found, lamps=lamps.find(photo, found)))


def _with_foreground(photo: NDArray[np.uint8], lines: Segments, room: Room) -> Room:
    """The room with what of the building stands before it, found in the working picture."""
    small = room.resized(lines.width, lines.height)
    flight = stairs.find(lines, small)
    # The edges of steps would be taken for islands and for ends of walls.
    before = flight or foreground.find(photo, lines, small) + islands.find(photo, lines, small)
    seen = dataclasses.replace(small, occluders=before).resized(room.camera.width, room.camera.height_px)
    found = dataclasses.replace(room, occluders=seen.occluders)
    if flight:
        return dataclasses.replace(found, openings=blocks.unhidden(found))
    wider = corners.find(photo, lines, small)
    if not wider.plan:
        return found
    return completed(dataclasses.replace(found, box=wider.box, plan=wider.plan, openings=wider.openings))


def _with_floor(room: Room) -> Room:
    known = completed(room)
    return dataclasses.replace(known, status=confidence.status(known.confidence["total"], known.visible["floor"]))


def pinhole_camera(view: View, height: float, f_source: str) -> Camera:
    """The view as a camera of the room frame, `height` metres above the floor."""
    matrix = view.matrix @ ROOM_TO_AXES
    cx, cy = view.centre
    rows = tuple((float(a), float(b), float(c)) for a, b, c in matrix)
    return Camera(view.width, view.height, float(view.f), cx, float(cy), height, rows, f_source)


def _box(logs: Floats, height: float) -> Box:
    """A log box in camera heights as metres; the unseen wall behind the camera is put where rooms have it."""
    left, right, depth, ceiling = (float(v) * height for v in np.exp(logs))
    behind = 1.0 + 0.15 * max(0.0, depth - 4.0)
    return Box(-left, right, -behind, depth, height + ceiling)


def _sized(photo: NDArray[np.uint8], longest: int) -> NDArray[np.uint8]:
    """A copy whose long side is `longest` pixels."""
    k = longest / max(photo.shape[:2])
    size = (max(1, round(photo.shape[1] * k)), max(1, round(photo.shape[0] * k)))
    method = cv2.INTER_AREA if k < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(photo, size, interpolation=method))
