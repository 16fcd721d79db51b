"""The sky over a house: where it is, and another one behind trees and roofs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from staging.engine.composite.fields import dilated, filled
from staging.engine.composite.tone import linear
from staging.engine.furniture.colours import linear as colour
from staging.engine.redesign.matting import Floats, Mask, Matte
from staging.engine.redesign.patches import Patches

HORIZON: Final = 0.68  # share of the height below which nothing is sky
LOWEST: Final = 0.78  # of the height: a patch that reaches lower is a wall
ROUGH: Final = 3.2  # local deviation of lightness above which a patch is no sky: leaves, tiles
EDGE: Final = 5  # pixels from the border of a patch within which its neighbours roughen it
LEAFY: Final = (15, 0.4)  # pixels round, and share of them that is rough, where leaves or twigs stand before the sky
LEAST: Final = 0.008  # share of the picture under which there is no sky to work with
LIKE: Final = 16.0  # Lab units from the sky's own colour at that height: sky between leaves
LIKE_ROOF: Final = 9.0  # the same along roofs, which may be nearly as grey and as bright
BETWEEN: Final = (20.0, 0.05)  # Lab units from the sky's colour, and of the long side from the sky, of gaps in leaves
AMONG: Final = 0.7  # share of what is round such a gap that is leaves
CLOUD_EDGE: Final = 22.0  # Lab units of a step from blue sky to a cloud
BLUE_EDGE: Final = 30.0  # the same within one sky
DARKER: Final = 10.0  # of lightness: clouds that are darker than the sky beside them
SOFT: Final = 8.0  # Lab units of the step at which these begin
PALE: Final = (85.0, 15.0)  # least lightness and most chroma of a sky that is overcast or glares
SHADE: Final = 8.0  # of lightness, by which parts of it differ
PIECE: Final = 0.002  # of the picture: a piece of sky that trees part from the rest
PIECES: Final = 4  # such pieces in a row
NEAR: Final = 0.03  # of the long side: how far from the sky that is sure it is seen between leaves
APART: Final = 0.1  # the same of such pieces
LEAVES_ROUND: Final = 0.6  # share of its border
WISP: Final = 0.004  # share of the picture of a cloud in the sky
BLUE_BETWEEN: Final = -14.0  # Lab b
DIMMER: Final = 4.0  # of lightness
RIM: Final = 12  # pixels: along roofs patches are too narrow to be told by their grain
FRAME: Final = 0.02  # of the height: no line round the picture is wider
DULL: Final = 9.0  # chroma of an overcast sky
BLUE: Final = (-10.0, 0.15)  # Lab b of blue, and the share of it in a sky that nobody calls dull
EVENING: Final = ("#f3b273", "#dc9a86", "#9a86a6", "#5570a3", "#2f4f8a", "#1b356c")  # from the horizon up
_NEAREST: Final = 0.35  # how flatly the layer of clouds is seen at the upper edge
_TILE: Final = 256
_OCTAVES: Final = ((9.0, 0.75), (21.0, 0.42), (47.0, 0.26), (103.0, 0.15), (227.0, 0.08))  # cells, weight
MOST_LEFT: Final = 0.03  # of a sky: as much of its colour beside it and it was found in part


@dataclass(frozen=True)
class Sky:
    """`rough` (h, w) is where sky is, on the working copy; `colour` and `lab` (h, w, 3), linear light and
    CIE Lab, are the old one's everywhere.

    `horizon` is the row under which little of it is seen, as a share of the height; `whole` says that hardly anything
    else above that row has its colour.
    """

    rough: Mask
    colour: Floats
    lab: Floats
    dull: bool
    horizon: float
    whole: bool = False

    @property
    def share(self) -> float:
        """Of the picture."""
        return float(self.rough.mean())


def find(patches: Patches) -> Sky:
    """The sky: smooth, blue or bright and grey, and joined to the upper edge; then what shines through trees."""
    lab = patches.lab
    height = lab.shape[0]
    rows = np.repeat(np.arange(height)[:, None] / height, lab.shape[1], 1).astype(np.float32)
    light, a, b = (patches.mean(np.ascontiguousarray(lab[..., i])) for i in range(3))
    rough = _inner_roughness(patches)
    chroma = np.hypot(a, b)
    blue = (b < -4) & (a < np.maximum(6, -0.45 * b)) & (light > 22)
    pale = (chroma < 12) & (light > 72)
    lowest = np.zeros(patches.count, np.float32)
    np.maximum.at(lowest, patches.patch.ravel(), rows.ravel())
    possible = (blue | pale) & (rough < ROUGH) & (patches.mean(rows) < HORIZON) & (lowest < LOWEST)
    framed = (lowest < FRAME)[patches.patch[: max(2, round(FRAME * height))]].mean(1) > 0.5
    first = int(np.argmin(framed))
    top = np.bincount(patches.patch[first : first + 2].ravel(), minlength=patches.count) > 0
    # Under a blue sky what is pale is a cloud, or a white wall: clouds have soft edges.
    sky = _joined(patches, possible & blue, possible & blue & top, light, BLUE_EDGE)
    if sky[patches.patch].mean() > LEAST:
        # Trees part an overcast sky into pieces at the upper edge; no wall is brighter than the sky that lights it.
        pale_sky = patches.area[sky] @ np.stack([light[sky], chroma[sky]], -1) / patches.area[sky].sum()
        if pale_sky[0] > PALE[0] and pale_sky[1] < PALE[1]:
            sky = sky | (possible & pale & top & (light > pale_sky[0] - SHADE))
        sky = _joined(patches, possible, sky, light, CLOUD_EDGE)
    else:
        sky = _joined(patches, possible, possible & top, light, BLUE_EDGE)
    where = sky[patches.patch]
    if where.mean() < LEAST:
        return Sky(np.zeros_like(where), np.ones(lab.shape, np.float32), lab, False, 0.0)
    model = _model(lab, where)
    if float(np.median(np.hypot(model[where][:, 1], model[where][:, 2]))) < PALE[1]:
        for _ in range(PIECES):
            more = possible & ~sky & (patches.area > PIECE * where.size) & _behind_leaves(patches, sky, rough)
            more &= patches.mean(dilated(where, round(max(where.shape) * APART))) > 0
            more &= light > patches.mean(np.ascontiguousarray(model[..., 0])) - SHADE
            off = np.linalg.norm((lab - model)[..., 1:], axis=-1).astype(np.float32)
            more &= patches.mean(off) < LIKE / 2
            if not more.any():
                break
            sky = _joined(patches, possible, sky | more, light, CLOUD_EDGE)
            where = sky[patches.patch]
            model = _model(lab, where)
    bottom = float(np.percentile(np.nonzero(where)[0], 97)) / height
    distance = np.linalg.norm((lab - model) * np.array([0.8, 1.2, 1.2], np.float32), axis=-1)
    # Between leaves: the sky's own colour, above its lowest part, near sky that is sure.
    near = dilated(where, round(max(where.shape) * NEAR))
    # Shingles are as rough as leaves, but greyer than a blue sky; and no roof is as bright as the sky that lights it.
    hue = np.linalg.norm((lab - model)[..., 1:], axis=-1) < LIKE_ROOF
    bright = lab[..., 0] > model[..., 0] - SHADE
    rim = dilated(where, RIM) & (distance < LIKE_ROOF) & (lab[..., 0] > model[..., 0] - DIMMER)
    through = (distance < LIKE) & near & (rows < bottom) & (_leafy(lab) & hue | where) | rim
    found = _without_wisps(where | through, lab)
    # By day a sky in so many pieces stays: of white between twigs some is always left.
    left = (distance < LIKE) & (rows < bottom) & ~dilated(found, EDGE)
    whole = float(left.sum()) < MOST_LEFT * float(found.sum())
    found = _with_gaps(found, (distance < BETWEEN[0]) & (rows < bottom) & bright & hue, lab)
    old = lab[where]
    dull = float(np.median(np.hypot(old[:, 1], old[:, 2]))) < DULL and float((old[:, 2] < BLUE[0]).mean()) < BLUE[1]
    return Sky(found, linear(_bytes(model)), model, dull, bottom, whole)


def _model(lab: Floats, where: Mask) -> Floats:
    """The sky's colour (h, w, 3), CIE Lab, also where something stands before it."""
    # Patches as narrow as wires and ridges have some of the roof's colour.
    core = cv2.erode(where.astype(np.uint8), np.ones((2 * EDGE + 1,) * 2, np.uint8), borderValue=1).astype(np.float32)
    if not core.any():
        core = where.astype(np.float32)
    return filled(lab * where[..., None], core)


def _behind_leaves(patches: Patches, sky: Mask, rough: Floats) -> Mask:
    """Patches (n,) most of whose border is with leaves and twigs, or with the sky."""
    near, whole = patches.borders.touching(sky | (rough > ROUGH), patches.count, np.inf)
    return np.asarray(near > LEAVES_ROUND * whole)


def _inner_roughness(patches: Patches) -> Floats:
    """The mean roughness of each patch (n,) where no neighbour is near; of patches without such a part, everywhere."""
    patch = patches.patch.astype(np.float32)
    around = np.ones((2 * EDGE + 1,) * 2, np.uint8)
    inner = cv2.dilate(patch, around) == cv2.erode(patch, around)
    rough = roughness(patches.lab)
    count = np.bincount(patches.patch[inner], minlength=patches.count)
    mean = np.bincount(patches.patch[inner], rough[inner], patches.count) / np.maximum(count, 1)
    return np.where(count > 0, mean, patches.mean(rough)).astype(np.float32)


def _leafy(lab: Floats) -> Mask:
    """Where (h, w) leaves or twigs stand: rough all around, as no edge of a roof is."""
    reach, share = LEAFY
    rough = roughness(lab) > ROUGH
    return np.asarray(rough & (cv2.blur(rough.astype(np.float32), (2 * reach + 1,) * 2) > share))


def _with_gaps(found: Mask, shines: Mask, lab: Floats) -> Mask:
    """The sky with what `shines` (h, w) in its colour between leaves near it, and what is near that in turn."""
    for _ in range(PIECES):
        near = dilated(found, round(max(found.shape) * BETWEEN[1]))
        more = _among_leaves(shines & ~found & near, lab)
        if not more.any():
            break
        found = found | more
    return found


def _among_leaves(gaps: Mask, lab: Floats) -> Mask:
    """Those `gaps` (h, w) that leaves surround: a white gable has smooth walls and roofs round it."""
    count, labels = cv2.connectedComponents(gaps.astype(np.uint8), connectivity=4)
    leaves = dilated(_leafy(lab), 3)
    ring = dilated(gaps, 5) & ~gaps
    names = cv2.dilate(labels.astype(np.float32), np.ones((11, 11), np.uint8)).astype(np.int64)[ring]
    share = np.bincount(names, leaves[ring], count) / np.maximum(np.bincount(names, minlength=count), 1)
    found = share > AMONG
    found[0] = False
    return np.asarray(found[labels])


def _without_wisps(found: Mask, lab: Floats) -> Mask:
    """The sky with the small bright clouds in it that are too white for its colour."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats((~found).astype(np.uint8), connectivity=8)
    small = stats[:, cv2.CC_STAT_AREA] < WISP * found.size
    area = np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
    bright = np.bincount(labels.ravel(), lab[..., 0].ravel()) / area > 70
    pale = np.bincount(labels.ravel(), np.hypot(lab[..., 1], lab[..., 2]).ravel()) / area < 22
    # And the deep blue between clouds.
    blue = np.bincount(labels.ravel(), lab[..., 2].ravel()) / area < BLUE_BETWEEN
    inside = stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT] < len(found)
    wisps = small & inside & (bright & pale | blue)
    wisps[0] = False
    return np.asarray(found | wisps[labels])


def roughness(lab: Floats) -> Floats:
    """Local deviation of lightness (h, w) over some pixels."""
    light = np.ascontiguousarray(lab[..., 0])
    mean = cv2.blur(light, (7, 7))
    return np.sqrt(np.maximum(cv2.blur(light * light, (7, 7)) - mean * mean, 0)).astype(np.float32)


def _joined(patches: Patches, possible: Mask, start: Mask, light: Floats, strongest: float) -> Mask:
    """The `possible` patches (n,) that touch the `start` ones, directly or through each other, over weak steps.

    What is darker than the sky beside it, by its `light` (n,), is a cloud only where it gets dark softly.
    """
    borders = patches.borders
    found = start
    for _ in range(12):
        count = np.zeros(patches.count)
        for here, there in ((borders.one, borders.other), (borders.other, borders.one)):
            darker = light[there] - light[here] > DARKER
            weak = (borders.step < np.where(darker, SOFT, strongest)) & found[there]
            count += np.bincount(here, borders.length * weak, patches.count)
        more = possible & ~found & (count > 4)
        if not more.any():
            break
        found = found | more
    return found


def _bytes(lab: Floats) -> np.ndarray:
    rgb = cv2.cvtColor(np.ascontiguousarray(lab, np.float32), cv2.COLOR_Lab2RGB)
    return (np.clip(rgb, 0, 1) * 255 + 0.5).astype(np.uint8)


def matte(sky: Sky, patches: Patches) -> Matte:
    """The sky's soft edge: it follows twigs and leaves."""
    return Matte.of(sky.rough.astype(np.float32), patches.copy, radius=5, epsilon=2e-4, reach=6)


def day(height: int, width: int, horizon: float, seed: int) -> Floats:
    """A fair sky with loose clouds, linear light (height, width, 3)."""
    return _painted(height, width, horizon, seed, top="#4b86c6", low="#c4dbec", cloud="#fbfbfa", cover=0.9)


def evening(height: int, width: int, horizon: float, seed: int) -> Floats:
    """A sky some minutes after sunset, linear light (height, width, 3): deep blue over rose over an amber horizon."""
    up = _up(height, horizon)
    stops = np.stack([colour(tone) for tone in EVENING])
    at = np.linspace(0, 1, len(EVENING)) ** 1.3
    base = np.stack([np.interp(up, at, stops[:, i]) for i in range(3)], -1)[:, None]
    thick = (_clouds(up, width, seed) * 0.5 * np.clip(up * 4, 0, 1)[:, None])[..., None]
    # Clouds are lit from below by what is left of the sun, the more the lower they are.
    lit = colour("#5b5878") * up[:, None, None] + colour("#e3a184") * (1 - up[:, None, None])
    return np.asarray(base * (1 - thick) + np.maximum(lit * 0.8, base * 0.9) * thick, np.float32)


def _up(height: int, horizon: float) -> Floats:
    """0 at the horizon, 1 at the top, for every row."""
    rows = (np.arange(height, dtype=np.float32) + 0.5) / height
    return np.clip(1 - rows / max(horizon, 0.05), 0, 1).astype(np.float32)


def _painted(
    height: int, width: int, horizon: float, seed: int, *, top: str, low: str, cloud: str, cover: float
) -> Floats:
    up = _up(height, horizon)
    share = (up**0.8)[:, None, None]
    base = colour(top) * share + colour(low) * (1 - share)
    thick = (_clouds(up, width, seed) * cover * np.clip(up * 6, 0, 1)[:, None])[..., None]
    # Where a cloud is thickest it is seen from below.
    shaded = colour(cloud) * (1 - 0.16 * np.clip(thick - 0.45, 0, 1))
    return (base * (1 - thick) + shaded * thick).astype(np.float32)


def _clouds(up: Floats, width: int, seed: int) -> Floats:
    """How thick clouds are, 0..1 (len(up), width): a layer at one height over the ground, so that they lie flatter and
    closer together towards the horizon, where `up` is 0.
    """
    rng = np.random.default_rng(seed + 77)
    far = 1 / (up + _NEAREST)
    x = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None] * width / len(up)
    x, y = np.broadcast_arrays(x * far[:, None], 1.6 * far[:, None])
    white = rng.standard_normal((_TILE, _TILE)).astype(np.float32)
    # Blurred around its edges, so that it goes on without a seam.
    soft = np.asarray(cv2.GaussianBlur(np.pad(white, 16, mode="wrap"), (0, 0), 3.0), np.float32)[16:-16, 16:-16]
    tile = np.pad(soft / soft.std(), ((0, 1), (0, 1)), mode="wrap")
    start = rng.uniform(0, _TILE, (len(_OCTAVES), 2))
    total = np.zeros(x.shape, np.float32)
    for (scale, weight), (dx, dy) in zip(_OCTAVES, start, strict=True):
        at = [np.mod(v * scale + d, _TILE).astype(np.float32) for v, d in ((x, dx), (y, dy))]
        # What is finer than a pixel would flicker.
        seen = np.clip(1.6 - scale * far / len(up) / 2, 0, 1)[:, None]
        total += weight * seen * cv2.remap(tile, at[0], at[1], cv2.INTER_LINEAR)
    thick = np.clip((total - 0.25) / 1.5, 0, 1)
    return np.asarray(thick * thick * (3 - 2 * thick), np.float32)
