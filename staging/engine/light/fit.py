"""Fit emitters and albedos to the photo: non-negative least squares over basis renders of the empty room."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from staging.engine.light import aside, evidence
from staging.engine.light.evidence import WALLS, Evidence, Image
from staging.engine.light.preset import flat_light
from staging.engine.light.reflection import polish
from staging.engine.light.rig import GROUPS, LUMINANCE, RGB, LightRig, rgb
from staging.engine.light.sky import fit_sky
from staging.engine.scene.faces import CEILING, FLOOR
from staging.engine.scene.room import Room

# Renders the room as each group of the rig alone lights it: (room, rig, width, samples) -> radiance by group.
RenderBasis = Callable[[Room, LightRig, int, int], dict[str, Image]]

WIDTH: Final = 176
SAMPLES: Final = 9
# Median relative error above which the fit explains nothing and the preset stands in.
WORST: Final = 0.20
# Painted walls and ceilings reflect about this much; it fixes what the photo's brightness means in radiance.
WALL_ALBEDO: Final = 0.78
CEILING_ALBEDO: Final = 0.82
DARKEST_WALL: Final = 0.2
_WHITE_WALL_RATIO: Final = 0.75
BRIGHTEST_FLOOR: Final = 0.55
# Largest over smallest channel of a floor's albedo: red oak is near 3, and what is more is lamp light.
MOST_FLOOR_TINT: Final = 3.0
# Luminance added before errors are taken relative, so that dark corners do not rule the fit.
_SOFTENING: Final = 0.08
# Ridge weight per group: what no evidence needs stays dark; windows are believed first, lamps last.
_RIDGE: Final = {"windows": 0.004, "lamps": 0.02}
_ROUNDS: Final = 6
# A group that gives the walls less than this share of their light is left out: each emitter costs samples.
_NEGLIGIBLE: Final = 0.015


@dataclass(frozen=True)
class Mixture:
    """How the groups add up: strengths (G,), the floor's albedo as a multiple of its first guess, and the error."""

    strengths: NDArray[np.float64]
    floor_factor: float
    error: float


def fit(photo: NDArray[np.uint8], room: Room, render_basis: RenderBasis) -> LightRig:
    """The light of the room in the photo, (H, W, 3) sRGB, from its pixels and the room's box.

    `render_basis` is `trace.basis.render_basis`, or anything that renders so. Always answers a usable rig: when
    nothing explains the photo (error over 0.20), it is the flat-light preset, and says so.
    """
    if room.open_air:
        return fit_sky(photo, room)
    seen = evidence.gather(photo, room, WIDTH)
    guess = first_guess(seen, room)
    pictures = render_basis(room, guess, WIDTH, SAMPLES)
    names = tuple(guess.groups)
    basis = np.stack([pictures[name] @ np.asarray(LUMINANCE, np.float32) for name in names], -1)

    mixture = mix(seen, basis, names)
    floor = _floor(np.asarray(guess.floor) * mixture.floor_factor)
    preset = mixture.error > WORST
    if preset:
        strengths = flat_light(seen, basis, names)
    else:
        strengths = mixture.strengths * exposure(seen, basis @ mixture.strengths)
        strengths = _pruned(seen, basis, strengths)
    matt = _predicted(basis, seen, strengths, mixture.floor_factor)
    return dataclasses.replace(
        guess,
        groups={
            name: rgb(np.asarray(guess.neutral) * strength)
            for name, strength in zip(names, strengths, strict=True)
            if strength > 0
        },
        floor=floor,
        floor_gloss=max(evidence.floor_gloss(seen, room, guess.panes, matt), polish(seen, room)),
        error=mixture.error,
        preset=preset,
    )


def first_guess(seen: Evidence, room: Room) -> LightRig:
    """Albedos from the colours of the faces, and every group that the room can have at unit radiance."""
    neutral = evidence.neutral(seen)
    panes = evidence.panes(seen, room)
    walls = seen.colour(*WALLS)
    walls = walls if walls is not None else np.median(seen.linear.reshape(-1, 3), axis=0).astype(np.float64)
    ceiling, floor = seen.colour(CEILING), seen.colour(FLOOR)
    radiance = max(float(walls @ np.asarray(LUMINANCE)), 1e-3)
    wall_albedo = painted_albedo(walls / neutral, None if ceiling is None else ceiling / neutral)
    absent = ({"windows"} if not panes else set()) | ({"lamps"} if not room.lamps else set())
    absent |= {side for side in aside.SIDES if aside.stretch(room, side) is None}
    return LightRig(
        groups={name: (1.0, 1.0, 1.0) for name in GROUPS if name not in absent},
        wall=_painted(walls, neutral, wall_albedo),
        ceiling=_painted(walls if ceiling is None else ceiling, neutral, CEILING_ALBEDO),
        floor=rgb(np.clip(wall_albedo * (walls if floor is None else floor) / radiance / neutral, 0.02, 0.9)),
        neutral=rgb(neutral),
        floor_gloss=0.0,
        error=1.0,
        preset=False,
        wall_radiance=radiance,
        panes=panes,
    )


def painted_albedo(wall: NDArray[np.float64], ceiling: NDArray[np.float64] | None) -> float:
    """The luminance albedo of the walls, from their colour (3,) and the ceiling's, both freed of the light's tint.

    White unless the photo says otherwise: much darker than the ceiling (which is white as a rule), or of a strong
    colour, as saturated paint absorbs. Rooms with white walls measure wall over ceiling 0.8 to 1.2. Half of what is
    missing is laid to the paint (the root), half to a ceiling that is lit more.
    """
    albedo = WALL_ALBEDO
    if ceiling is not None:
        ratio = float(wall @ np.asarray(LUMINANCE)) / max(float(ceiling @ np.asarray(LUMINANCE)), 1e-4)
        albedo *= float(np.clip(ratio / _WHITE_WALL_RATIO, 0.3, 1.0)) ** 0.5
    saturation = 1.0 - float(wall.min()) / max(float(wall.max()), 1e-6)
    albedo *= 1.0 - 0.4 * float(np.clip((saturation - 0.3) / 0.5, 0.0, 1.0))
    return max(albedo, DARKEST_WALL)


def _painted(colour: NDArray[np.float64], neutral: NDArray[np.float64], albedo: float) -> RGB:
    """The albedo of a painted face of this colour under the neutral light; strong colours reflect less than white."""
    tint = colour / max(float(colour @ np.asarray(LUMINANCE)), 1e-4) / neutral
    return rgb(np.clip(tint * albedo * min(1.0, 0.88 / float(tint.max() * albedo)), 0.03, 0.9))


def mix(seen: Evidence, basis: NDArray[np.floating], names: tuple[str, ...]) -> Mixture:
    """Strengths of the groups that explain the photo's luminance best; `basis` is (H, W, G) luminance at unit radiance.

    Relative errors, outliers (sun patches, skirtings, stains) weighing less every
    round; the floor's albedo is solved in turn with the strengths.
    """
    mask, luminance = seen.usable, seen.luminance
    labels, target = seen.labels[mask], luminance[mask].astype(np.float64)
    columns = basis[mask].astype(np.float64)
    on_floor = labels == FLOOR
    counts = np.maximum(np.bincount(labels, minlength=8), 200)
    # A face weighs with the root of its size: a small dark corner must not rule, nor a big floor drown the walls.
    relative = counts[labels] ** -0.25 / (target + _SOFTENING)
    ridge = np.array([_RIDGE.get(name, 0.01) for name in names])
    trust, factor = np.ones(len(target)), 1.0
    strengths, residual = np.zeros(len(names)), np.ones(1)
    for _ in range(_ROUNDS):
        model = np.where(on_floor[:, None], columns * factor, columns)
        weighted = model * (relative * trust)[:, None]
        damping = np.diag(ridge * np.linalg.norm(weighted, axis=0))
        strengths = _non_negative(
            np.vstack([weighted, damping]), np.concatenate([target * relative * trust, np.zeros(len(names))])
        )
        strengths = strengths * _median_ratio(target[~on_floor], (columns @ strengths)[~on_floor])
        residual = (model @ strengths - target) / (target + _SOFTENING)
        spread = 1.5 * float(np.median(np.abs(residual))) + 0.02
        trust = 1.0 / np.maximum(1.0, np.abs(residual) / spread)
        if on_floor.sum() > 100:
            ratio = target[on_floor] / np.maximum((model @ strengths)[on_floor], 1e-4)
            factor = float(np.clip(factor * np.median(ratio), 0.2, 4.0))
    return Mixture(strengths, factor, float(np.median(np.abs(residual))))


def _non_negative(system: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """The least-squares solution (k,) of `system` (n, k) for `target` (n,) among those without a negative number.

    Of the QR decomposition of both, its triangle is all that the squares hang on: k + 1 rows instead of one a pixel.
    """
    triangle = np.asarray(np.linalg.qr(np.column_stack([system, target]), mode="r"))
    return np.asarray(nnls(triangle[:, :-1], triangle[:, -1])[0])


def exposure(seen: Evidence, predicted: NDArray[np.floating]) -> float:
    """The factor that makes the walls, (H, W) luminance, as bright as the photo's in the median.

    It decides how bright furniture looks: whatever else the fit got wrong, a piece beside the wall must be lit
    as the wall is.
    """
    walls = seen.on(*WALLS)
    if walls.sum() < 40:
        walls = seen.usable
    if not walls.any():
        return 1.0
    ratio = np.log(seen.luminance[walls] + 1e-3) - np.log(predicted[walls] + 1e-3)
    return float(np.exp(np.clip(np.median(ratio), np.log(0.5), np.log(2.0))))


def _median_ratio(target: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
    """The factor that puts as many pixels too bright as too dark; least squares of relative errors come out dark."""
    if not len(target):
        return 1.0
    return float(np.exp(np.clip(np.median(np.log((target + 1e-3) / (predicted + 1e-3))), -1.0, 1.0)))


def _predicted(
    basis: NDArray[np.floating], seen: Evidence, strengths: NDArray[np.float64], floor_factor: float
) -> Image:
    picture = basis @ strengths
    return np.where(seen.labels == FLOOR, picture * floor_factor, picture).astype(np.float32)


def _pruned(seen: Evidence, basis: NDArray[np.floating], strengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """The strengths without groups that hardly light the walls, the others raised by what those gave."""
    walls = seen.on(*WALLS) if seen.on(*WALLS).any() else np.ones(seen.labels.shape, bool)
    given = basis[walls].mean(axis=0) * strengths
    kept = given >= _NEGLIGIBLE * given.sum()
    share = float(given[kept].sum() / max(given.sum(), 1e-9))
    return np.where(kept, strengths / max(share, 1e-3), 0.0)


def _floor(albedo: NDArray[np.float64]) -> RGB:
    """The floor's albedo, held to what floors are: not brighter than pale tiles, not redder than red oak."""
    luminance = min(float(albedo @ np.asarray(LUMINANCE)), BRIGHTEST_FLOOR)
    return rgb(np.clip(evidence.held(albedo, MOST_FLOOR_TINT) * luminance, 0.015, 0.85))
