"""The panes of a house front's windows: upright rectangles that are darker or bluer than the frame all round them.

Glass shows a dark room or mirrors the sky, and its frame is lighter than either, or less blue. Only what is surely a
pane is found: what is missed stays dark in the evening, as windows do, but a door that glows is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from staging.engine.redesign.matting import Bytes, Floats, Mask, working_copy
from staging.engine.redesign.patches import lab_of
from staging.engine.redesign.rectangles import Box, Piece, overlap, stable

LEFT, RIGHT, ABOVE, BELOW = range(4)
SEEN_AT: Final = 1400  # pixels of the long side at which glazing bars are seen
BAR: Final = 0.006  # of the long side: glazing bars are no thicker
LEVELS: Final = np.arange(10, 92, 2.4)  # Lab lightness
BLUES: Final = np.arange(-30, 16, 1.2)  # Lab b
BOTH: Final = np.arange(-20, 110, 4.0)  # lightness and twice b: blue reflections in grey light
SLOPES: Final = np.arange(0, 2.6, 0.4)  # log2 of Lab units a pixel: what is smooth inside edges
YELLOWS: Final = np.arange(-64, -8, 4.0)  # minus Lab b, of windows that are lit already
LIT: Final = (12.0, 4.0)  # Lab b and lightness that these have more than what is round them
GAP: Final = 1  # pixels of blur between a pane and the frame
RIM: Final = 3  # pixels of the frame that are looked at
DARKER: Final = (5.0, 10.0)  # Lab lightness that the frame has more on its darkest side, and on the median one
BLUER: Final = (2.5, 5.0)  # the same of Lab b
BRIGHTER: Final = (
    10.0,
    8.0,
    -12.0,
)  # lightness that glass has more than its frame, unless it is so much bluer, so blue
BRIGHTEST: Final = 0.004  # of the picture: what is larger and as bright is a garage door
COLOURED: Final = 17.0  # Lab chroma of doors and shutters
RED: Final = 6.0  # Lab a of purple and brown ones
SKY: Final = (-4.0, 32.0, 6.0)  # Lab b, chroma and a of what mirrors the sky at most
LIGHT: Final = 60.0  # lightness of cream and yellow trim
BARE: Final = (11.0, 7.0)  # chroma of darker frames, and Lab a of any: brick round a rectangle means a shutter
LEAVES: Final = (-5.0, 8.0)  # Lab a and b
GLASSY: Final = 0.8  # share of a piece that may be glass by its colour
ALONE: Final = 5e-4  # of the picture: a smaller rectangle without another beside it is a lamp, a vent or a number
FLAT: Final = (1.6, 2e-3)  # width over height of gaps under eaves, and share of the picture above which they are none
SLIM: Final = 0.3  # width over height of the gaps in a fence
BESIDE: Final = (0.8, 4.0)  # of its size, within which that other one is over it and beside it
ALIKE: Final = 0.25  # of width or height, by which it differs
FILLED: Final = 0.6  # share of a piece that smaller ones must fill, bars and all, for these to be its panes
TALL: Final = 1.1  # height over width of doors and portals
LOWEST: Final = 0.85  # of the height: lower down there are fences, cars and the street
SAME: Final = 0.2  # of width and height, by which windows of one kind differ
FOOT: Final = (0.15, 0.5)  # of its height under a door, where the ground is
WALL: Final = 9.0  # from the wall round it to the ground under it, Lab units, of which lightness counts less
FRAME: Final = 6.0  # lightness by which a frame within a piece is lighter than the pane
THICKEST: Final = 0.2  # of a window's width and height that its frame takes on each side
# Share of the picture, and length of its outline as a multiple of its hull's: so large a pane is not so crooked. What
# is light and dark by what the glass mirrors would glow in blotches.
CROOKED: Final = (1e-3, 2.6)


@dataclass(frozen=True)
class Panes:
    """Windows in a copy of the photo (h, w): their `pieces`, the pixels of their `glass` (h, w), bars left out.

    A window whose glass cannot be told from what it mirrors is a piece without glass.
    """

    copy: Bytes
    pieces: list[Piece]
    glass: Mask


def find(photo: Bytes, sky: Mask) -> Panes:
    """The panes that are surely seen in a `photo` (H, W, 3); `sky` (any size) is where they are not."""
    copy = working_copy(photo, SEEN_AT)
    lab = lab_of(copy)
    height, width = lab.shape[:2]
    above = cv2.resize(sky.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0
    near = cv2.dilate(above.astype(np.uint8), np.ones((2 * (GAP + RIM) + 1,) * 2, np.uint8)) > 0
    framed = [
        p
        for p in _candidates(lab)
        if p.box[1] + p.box[3] < LOWEST * height and near[p.where].mean() < 0.02 and _is_framed(p, lab)
    ]
    chosen = _in_company(_chosen(framed, lab[..., 0]), height * width)
    pieces = [p for p in chosen if not _is_door(p, [o for o in chosen if o is not p], lab)]
    glass = np.zeros((height, width), bool)
    soft = np.asarray(cv2.GaussianBlur(lab, (0, 0), 0.7), np.float32)
    for piece in pieces:
        own = _glass(piece, soft[piece.where])
        if not _blotched(own, height * width):
            glass[piece.where] |= own
    return Panes(copy, pieces, glass)


def boxes(copy: Bytes, sky: Mask) -> list[Box]:
    """The windows in a `copy` (h, w, 3) of the photo, each with all its lights: left, top, width and height in its
    pixels; `sky` (h, w) is where they are not.
    """
    found = find(copy, sky)
    k = copy.shape[1] / found.copy.shape[1]
    lights = np.zeros(copy.shape[:2], np.uint8)
    for x, y, width, height in (piece.box for piece in found.pieces):
        lights[round(y * k) : round((y + height) * k), round(x * k) : round((x + width) * k)] = 1
    size = round(2 * BAR * max(lights.shape)) | 1
    joined = cv2.morphologyEx(lights, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=4)
    return [(int(x), int(y), int(w), int(h)) for x, y, w, h, _ in stats[1:]]


def lit(photo: Bytes, sky: Mask) -> float:
    """The share of a `photo` (H, W, 3) that windows take in which lamps are on already; `sky` (any size) apart."""
    lab = lab_of(working_copy(photo, SEEN_AT))
    height, width = lab.shape[:2]
    above = cv2.resize(sky.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0
    yellow = -cv2.GaussianBlur(lab[..., 2], (0, 0), 1.2)
    found = np.zeros((height, width), bool)
    for piece in stable(np.asarray(yellow, np.float32), YELLOWS):
        sides, inside = _sides(piece, lab), np.median(lab[piece.where][piece.shape], 0)
        more = inside - sides
        if len(sides) == 4 and more[:, 2].min() > LIT[0] and more[:, 0].min() > LIT[1] and not above[piece.where].any():
            found[piece.where] |= piece.shape
    return float(found.mean())


def _candidates(lab: Floats) -> list[Piece]:
    """Rectangular pieces of a picture (h, w, 3), Lab: dark ones, blue ones, and smooth ones inside edges."""
    soft = cv2.GaussianBlur(lab, (0, 0), 0.7)
    light, blue = soft[..., 0], cv2.GaussianBlur(lab[..., 2], (0, 0), 1.2)
    size = round(BAR * max(lab.shape)) | 1
    kernel = np.ones((size, size), np.uint8)
    both = light + 2 * blue
    softer = cv2.GaussianBlur(lab, (0, 0), 1.0)
    across, down = (cv2.Sobel(softer, cv2.CV_32F, *order, ksize=3, scale=0.25) for order in ((1, 0), (0, 1)))
    slope = np.log2(np.sqrt((across**2 + down**2).sum(-1)) + 0.01)
    fields = (
        (light, LEVELS),
        (cv2.morphologyEx(light, cv2.MORPH_OPEN, kernel), LEVELS),
        (blue, BLUES),
        (both, BOTH),
        (cv2.morphologyEx(both, cv2.MORPH_OPEN, kernel), BOTH),
        (slope, SLOPES),
    )
    return [piece for field, levels in fields for piece in stable(np.asarray(field, np.float32), levels)]


def _is_framed(piece: Piece, lab: Floats) -> bool:
    """Whether what is round a piece is lighter or less blue on all four sides, and no brick nor leaves."""
    sides = _sides(piece, lab)
    if len(sides) < 4:
        return False
    inside = np.median(lab[piece.where][piece.shape], 0)
    bluer = sides[:, 2] - inside[2]
    # Over a pane its frame may lie in the shade of the eaves.
    darker = (sides[:, 0] - inside[0])[[LEFT, RIGHT, BELOW]]
    dark = (
        darker.min() > DARKER[0] and np.median(darker) > DARKER[1] and (sides[ABOVE, 0] > inside[0] or bluer[ABOVE] > 0)
    )
    blue = bluer.min() > BLUER[0] and np.median(bluer) > BLUER[1]
    if darker.min() < -BRIGHTER[0]:
        blue &= bluer.min() > BRIGHTER[1] and inside[2] < BRIGHTER[2] and piece.area < BRIGHTEST * lab[..., 0].size
    if not (dark or blue) or _like_glass(lab[piece.where][piece.shape]).mean() < GLASSY:
        return False
    painted = ((np.hypot(sides[:, 1], sides[:, 2]) > BARE[0]) & (sides[:, 0] < LIGHT)) | (sides[:, 1] > BARE[1])
    leaves = (sides[:, 1] < LEAVES[0]) & (sides[:, 2] > LEAVES[1])
    return not painted.sum() > 1 and not leaves.sum() > 1


def _like_glass(lab: Floats) -> Mask:
    """Which colours (n, 3), Lab, glass may have: grey ones, and the sky's."""
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    mirrors = (lab[:, 2] < SKY[0]) & (chroma < SKY[1]) & (lab[:, 1] < SKY[2])
    return np.asarray(((chroma < COLOURED) & (lab[:, 1] < RED)) | mirrors)


def _sides(piece: Piece, lab: Floats) -> Floats:
    """The median colours (4, 3) of the strips left, right, above and below a piece; fewer at the picture's edge."""
    x, y, width, height = piece.box
    reach = GAP + RIM
    y0, y1 = max(0, y - reach), min(lab.shape[0], y + height + reach)
    x0, x1 = max(0, x - reach), min(lab.shape[1], x + width + reach)
    shape = np.zeros((y1 - y0, x1 - x0), np.uint8)
    shape[y - y0 : y - y0 + height, x - x0 : x - x0 + width] = piece.shape
    outer, inner = (cv2.dilate(shape, np.ones((2 * r + 1,) * 2, np.uint8)) > 0 for r in (reach, GAP))
    rows, columns = np.mgrid[y0:y1, x0:x1]
    right, below = columns - (x + (width - 1) / 2), rows - (y + (height - 1) / 2)
    upright = np.abs(right) - width / 2 > np.abs(below) - height / 2
    found = []
    for side in (upright & (right < 0), upright & (right > 0), ~upright & (below < 0), ~upright & (below > 0)):
        strip = outer & ~inner & side
        if strip.any():
            found.append(np.median(lab[y0:y1, x0:x1][strip], 0))
    return np.array(found, np.float32).reshape(-1, 3)


def _chosen(pieces: list[Piece], light: Floats) -> list[Piece]:
    """Each pane once. Of pieces one in another the inner ones are panes if they and the bars between them fill the
    outer one, or if its frame is in it; else they are parts of one pane, as a curtain or a mirrored tree makes them.
    """
    kept: list[Piece] = []
    for piece in sorted(pieces, key=lambda p: p.area):
        inside = [p for p in kept if overlap(p.box, piece.box) > 0.5 * p.area]
        if inside and (_filled(piece, inside) > FILLED or _holds_frame(piece, light[piece.where])):
            continue
        kept = [p for p in kept if not any(p is i for i in inside)] + [piece]
    return kept


def _holds_frame(piece: Piece, light: Floats) -> bool:
    """Whether what is just inside a piece's sides is lighter than its middle, on two sides and more."""
    height, width = light.shape
    edge = max(2, round(THICKEST / 2 * min(height, width)))
    middle = float(np.median(light[edge:-edge, edge:-edge])) if min(height, width) > 2 * edge + 1 else 0.0
    strips = light[:, 1:edge], light[:, -edge:-1], light[1:edge], light[-edge:-1]
    return sum(float(np.median(strip)) > middle + FRAME for strip in strips if strip.size) > 1


def _filled(outer: Piece, inside: list[Piece]) -> float:
    """The share of a piece that the ones `inside` it fill, with bars between them."""
    if not inside:
        return 0.0
    x, y, width, height = outer.box
    canvas = np.zeros((height, width), np.uint8)
    for piece in inside:
        left, top, w, h = piece.box
        canvas[max(0, top - y) : max(0, top + h - y), max(0, left - x) : max(0, left + w - x)] = 1
    size = round(BAR * SEEN_AT) + 2
    closed = cv2.morphologyEx(canvas, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    return float(closed.mean())


def _in_company(pieces: list[Piece], size: int) -> list[Piece]:
    """Without small pieces that have none of their height or width beside or above them; `size` is the picture's."""

    def stands(piece: Piece) -> bool:
        wide = piece.box[2] / piece.box[3]
        if piece.area > size * (FLAT[1] if wide > FLAT[0] else ALONE):
            return True
        return wide > SLIM and any(_beside(piece, other) for other in pieces if other is not piece)

    return [piece for piece in pieces if stands(piece)]


def _beside(one: Piece, other: Piece) -> bool:
    """Whether two pieces are lights of one window: of one height side by side, or of one width over each other."""
    (x, y, w, h), (x2, y2, w2, h2) = one.box, other.box
    across, down = max(x, x2) - min(x + w, x2 + w2), max(y, y2) - min(y + h, y2 + h2)
    over, beside = (share * max(w, h) for share in BESIDE)
    level = abs(h - h2) < ALIKE * max(h, h2) and down < -0.7 * min(h, h2) and -0.2 * w < across < beside
    upright = abs(w - w2) < ALIKE * max(w, w2) and across < -0.7 * min(w, w2) and -0.2 * h < down < over
    return level or upright


def _is_door(piece: Piece, others: list[Piece], lab: Floats) -> bool:
    """Whether a piece is upright as a door, the only one of its size, and on the ground, under all others."""
    _, top, width, height = piece.box
    alike = any(abs(o.box[2] - width) < SAME * width and abs(o.box[3] - height) < SAME * height for o in others)
    storey = any(o.box[1] > top + height for o in others)
    return height > TALL * width and not alike and not storey and _on_ground(piece, lab)


def _on_ground(piece: Piece, lab: Floats) -> bool:
    """Whether what is under a piece is another thing than the wall over it and on its sides."""
    x, y, width, height = piece.box
    middle, low = slice(y + height // 3, y + height), slice(*(y + height + round(share * height) for share in FOOT))
    places = [(slice(max(0, y - height // 3), max(0, y - height // 8)), slice(x, x + width))]
    for near, far in ((round(a * width), round(b * width)) for a, b in ((0.3, 0.7), (0.8, 1.5))):
        places.append((middle, slice(max(0, x - far), max(0, x - near))))
        places.append((middle, slice(x + width + near, x + width + far)))
    under = lab[low, x : x + width].reshape(-1, 3)
    walls = [lab[place].reshape(-1, 3) for place in places]
    weigh = np.array([0.4, 1, 1])
    steps = [np.linalg.norm((np.median(under, 0) - np.median(w, 0)) * weigh) for w in walls if len(w) and len(under)]
    return not steps or bool(min(steps) > WALL)


def _glass(piece: Piece, lab: Floats) -> Mask:
    """The pixels of a piece (h, w) that are glass: without a frame along its sides, without bars and wood."""
    light, shape = lab[..., 0], piece.shape
    for _ in range(round(THICKEST * min(shape.shape))):
        inner = cv2.erode(shape.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0) > 0
        if not inner.any() or float(np.median(light[shape & ~inner])) < float(np.median(light[inner])) + FRAME:
            break
        shape = inner
    size = round(BAR * SEEN_AT) | 1
    opened = cv2.morphologyEx(light, cv2.MORPH_OPEN, np.ones((size, size), np.uint8), borderType=cv2.BORDER_REFLECT)
    own = _like_glass(lab.reshape(-1, 3)).reshape(shape.shape)
    return np.asarray(shape & (light < opened + FRAME) & own)


def _blotched(glass: Mask, area: int) -> bool:
    """Whether the largest part of a piece's `glass` (h, w) is no pane by its outline; the picture has `area` pixels."""
    _, parts, stats, _ = cv2.connectedComponentsWithStats(glass.astype(np.uint8), connectivity=4)
    sizes = stats[1:, cv2.CC_STAT_AREA]
    if sizes.size == 0 or sizes.max() < CROOKED[0] * area:
        return False
    largest = (parts == 1 + int(sizes.argmax())).astype(np.uint8)
    outlines, _ = cv2.findContours(largest, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    round_it = cv2.arcLength(cv2.convexHull(np.concatenate(outlines)), closed=True)
    return sum(cv2.arcLength(outline, closed=True) for outline in outlines) > CROOKED[1] * round_it
