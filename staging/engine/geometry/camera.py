"""The camera from the vanishing points of line segments: focal length, vertical shift, yaw, pitch, roll.

Search over a grid of hypotheses, then least squares from the best distinct ones. The score is the
length-weighted share of soft inliers plus log priors of how listing photos are taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from staging.engine.geometry.segments import Segments
from staging.engine.geometry.view import Floats, View, angles
from staging.engine.geometry.zenith import Support, horizons, zeniths

Ints = NDArray[np.int64]

FOCAL = 0.60  # of the long side, about 21.6 mm equivalent: what listing photos are taken with
FOCAL_SPREAD = 0.30  # one sigma of log focal
EXIF_SPREAD = 0.04
SHIFT_SPREAD = 0.06  # of the height
ROLL_SPREAD = 1.5  # degrees
PITCH_SPREAD = (12.0, 7.0)  # degrees: looking down, looking up
DISTINCT = 8  # hypotheses that are refined
LONGER = 220
OTHER_WALLS = math.radians(8)  # of yaw, from which on a view sees other walls
SAME_FOCAL = 0.08  # log focals, and radians of turn, within which two views are one
SAME_TURN = 0.03
_STEP = math.sqrt(np.finfo(float).eps)  # of forward differences


@dataclass(frozen=True)
class CameraFit:
    """The best view and what speaks for it.

    `axis` (N,) names the axis of each segment or -1; `sure_axis` likewise, only where no other axis is near.
    `inliers` is the explained share of the line evidence, `margin` the lead over the best view with other
    walls, `focal_drop` what a focal a third off would cost (0 = the picture does not show the focal).
    """

    view: View
    axis: Ints
    sure_axis: Ints
    inliers: float
    margin: float
    focal_drop: float
    focal_given: bool = False


@dataclass(frozen=True)
class _Hypothesis:
    score: float
    view: View


@dataclass(frozen=True)
class Prior:
    """Log prior of a view, in units of the share of line evidence."""

    focal: float
    spread: float

    @classmethod
    def of(cls, longest: int, focal: float | None) -> Prior:
        """For a picture whose long side has `longest` pixels; `focal` is the EXIF one in pixels where it is known."""
        return cls(focal or FOCAL * longest, EXIF_SPREAD if focal else FOCAL_SPREAD)

    def __call__(self, view: View) -> float:
        focal = 0.018 * (math.log(view.f / self.focal) / self.spread) ** 2
        return -focal - self.without_focal(view)

    def without_focal(self, view: View) -> float:
        pitch, roll = math.degrees(view.pitch), math.degrees(view.roll)
        tilt = 0.004 * ((roll / ROLL_SPREAD) ** 2 + (pitch / PITCH_SPREAD[pitch <= 0]) ** 2)
        return tilt + 0.010 * (view.shift / (SHIFT_SPREAD * view.height)) ** 2

    def residuals(self, view: View) -> list[float]:
        """The same prior for least squares (square roots of the terms, rescaled to its robust data term)."""
        pitch, roll = math.degrees(view.pitch), math.degrees(view.roll)
        return [
            0.13 * math.log(view.f / self.focal) / self.spread,
            0.063 * roll / ROLL_SPREAD,
            0.063 * pitch / PITCH_SPREAD[pitch <= 0],
            0.10 * view.shift / (SHIFT_SPREAD * view.height),
        ]


def estimate(segments: Segments, focal: float | None = None) -> CameraFit:
    """Fit a view to at least two segments; `focal` is the EXIF focal length in pixels where it can be trusted."""
    return next(fits(segments, focal))


def fits(segments: Segments, focal: float | None = None) -> Iterator[CameraFit]:
    """The views that explain at least two segments, at least one, best first, each clearly another; see `estimate`."""
    support = Support.of(segments)
    longest = max(segments.width, segments.height)
    prior = Prior.of(longest, focal)
    focals = [focal] if focal else [longest * math.exp(e) for e in np.linspace(math.log(0.36), math.log(1.15), 10)]
    # segments come longest first: the longest ones find the hypotheses, all of them refine the best
    longer = Support.of(segments.chosen(np.arange(min(len(segments), LONGER))))
    hypotheses = [h for v in zeniths(longer) for h in _from_zenith(longer, prior, focals, v)]
    hypotheses += [h for y in horizons(longer) for h in _from_horizon(longer, prior, focals, y)]
    hypotheses.sort(key=lambda h: -h.score)
    refined = sorted((_refine(support, prior, h.view) for h in _distinct(hypotheses)), key=lambda h: -h.score)
    told: list[View] = []
    for found in refined:
        view = found.view.squared()
        if any(_alike(view, other) for other in told):
            continue
        told.append(view)
        rivals = [h for h in refined if abs(_yaw_difference(h.view.yaw, found.view.yaw)) > OTHER_WALLS]
        axis, sure = labels(support, view)
        yield CameraFit(
            view=view,
            axis=axis,
            sure_axis=sure,
            inliers=support.share(view.vanishing_points()),
            margin=found.score - rivals[0].score if rivals else 1.0,
            focal_drop=0.0 if focal else _focal_drop(support, prior, found),
            focal_given=focal is not None,
        )


def _alike(one: View, other: View) -> bool:
    """Whether two refined views came from different hypotheses to the same place."""
    turned = max(abs(one.yaw - other.yaw), abs(one.pitch - other.pitch))
    return abs(math.log(one.f / other.f)) < SAME_FOCAL and turned < SAME_TURN


def _from_zenith(support: Support, prior: Prior, focals: list[float], zenith: Floats) -> list[_Hypothesis]:
    """Views with this zenith. Where it is (nearly) at infinity, the horizon's height is free: the shift."""
    s = support.segments
    longest = max(s.width, s.height)
    level = abs(zenith[2]) * longest / max(abs(zenith[1]), 1e-9) < 0.12
    shifts = np.linspace(-0.2, 0.2, 9) * s.height if level else [0.0]
    return [h for f in focals for shift in shifts for h in _yaws(support, prior, f, float(shift), zenith)]


def _from_horizon(support: Support, prior: Prior, focals: list[float], y: float) -> list[_Hypothesis]:
    """Views without roll and shift whose horizon is `y` pixels below the middle of the picture."""
    return [h for f in focals for h in _yaws(support, prior, f, 0.0, np.array([0.0, f * f, -y]))]


def _yaws(support: Support, prior: Prior, f: float, shift: float, zenith: Floats) -> list[_Hypothesis]:
    """The two best of 90 yaws for a focal length, shift and zenith."""
    s = support.segments
    down = np.array([zenith[0] / f, (zenith[1] - shift * zenith[2]) / f, zenith[2]])
    down /= np.linalg.norm(down) * (1 if down[1] >= 0 else -1)
    forward = np.array([0.0, 0.0, 1.0]) - down[2] * down
    forward /= np.linalg.norm(forward)
    right = _across(down, forward)
    # both horizontal axes at once: directions over half a turn, the second axis is 90 degrees after the first
    turn = np.radians(np.arange(-45, 135, 1.0))[:, None]
    axes = np.cos(turn) * right - np.sin(turn) * forward
    points = np.stack([axes[:, 0] * f, axes[:, 1] * f + shift * axes[:, 2], axes[:, 2]], 1)
    kernels = support.kernel(points)
    horizontal = np.maximum(kernels[:90], kernels[90:])
    score = np.maximum(horizontal, support.kernel(zenith)) @ support.weight / support.total
    found = []
    for k in np.argsort(-score, kind="stable")[:2]:
        yaw, pitch, roll = angles(np.stack([axes[k], down, -axes[k + 90]], 1))
        view = View(s.width, s.height, f, shift, yaw, pitch, roll)
        found.append(_Hypothesis(float(score[k]) + prior(view), view))
    return found


def _across(a: Floats, b: Floats) -> Floats:
    """The cross product of two vectors (3,): numpy's own takes longer to look at their shapes."""
    (ax, ay, az), (bx, by, bz) = a.tolist(), b.tolist()
    return np.array([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])


def _distinct(hypotheses: list[_Hypothesis]) -> list[_Hypothesis]:
    """The best hypotheses that differ enough to end in different optima."""
    seen: list[Floats] = []
    kept = []
    for h in hypotheses:
        v = h.view
        key = np.array(
            [math.log(v.f) / 0.3, v.shift / v.height / 0.08, v.yaw / 0.06, v.pitch / 0.06, v.roll / 0.03],
        )
        if all(np.abs(key - other).max() > 1 for other in seen):
            seen.append(key)
            kept.append(h)
        if len(kept) == DISTINCT:
            break
    return kept


def _refine(support: Support, prior: Prior, view: View, fixed_focal: bool = False) -> _Hypothesis:
    """Robust least squares on the segments that the view explains, relabelled three times."""
    for step in range(3):
        sines = support.segments.sines(view.vanishing_points())
        keep = sines.min(0) < support.tolerance * (2.2 if step == 0 else 1.5)
        if keep.sum() < 4:
            break
        view = _fit(support, prior, view, keep, axis=sines.argmin(0), fixed_focal=fixed_focal)
    return _Hypothesis(support.share(view.vanishing_points()) + prior(view), view)


def _fit(
    support: Support, prior: Prior, start: View, keep: NDArray[np.bool_], *, axis: Ints, fixed_focal: bool
) -> View:
    directions = direction_residuals(support, np.where(keep, axis, -1))

    def view_of(p: Floats) -> View:
        return replace(start, f=math.exp(p[0]), shift=p[1] * start.height, yaw=p[2], pitch=p[3], roll=p[4])

    def of_all(parameters: Floats) -> Floats:
        """The residuals of M views at once, (M, 5) -> (M, N)."""
        views = [view_of(p) for p in parameters]
        held = np.array([prior.residuals(view) for view in views])
        if fixed_focal:
            held[:, 0] = 50.0 * (parameters[:, 0] - math.log(start.f))
        return np.concatenate([directions(np.stack([v.vanishing_points() for v in views])), held], 1)

    def slopes(p: Floats) -> Floats:
        """Forward differences, with the steps that `least_squares` would take one by one."""
        moved = p + np.diag(np.where(p < 0, -1, 1) * _STEP * np.maximum(1.0, np.abs(p)))
        here, *there = of_all(np.concatenate([p[None], moved]))
        return np.asarray((np.array(there) - here).T / (np.diag(moved) - p))

    p0 = [math.log(start.f), start.shift / start.height, start.yaw, start.pitch, start.roll]
    found = least_squares(
        lambda p: of_all(p[None])[0], p0, jac=slopes, max_nfev=25, x_scale=[0.1, 0.03, 0.02, 0.02, 0.01]
    )
    return view_of(found.x)


def direction_residuals(support: Support, axis: Ints) -> Callable[[Floats], Floats]:
    """Least-squares residuals of views by their vanishing points, (..., 3, 3) -> (..., N): how far the segments miss
    those of their axes.

    `axis` labels the segments, -1 for none. Bounded, so that wrong labels cannot pull for ever.
    """
    labelled = np.flatnonzero(axis >= 0)
    segments = support.segments.chosen(labelled)
    axis, tolerance = axis[labelled], support.tolerance[labelled]
    weight = np.sqrt(support.weight[labelled] / support.total)

    def residuals(points: Floats) -> Floats:
        sines = segments.own_sines(points[..., axis, :])
        return np.asarray(np.tanh(sines / tolerance / 1.5) * 1.5 * weight)

    return residuals


def _focal_drop(support: Support, prior: Prior, best: _Hypothesis) -> float:
    """How much line evidence the best views with a focal a quarter shorter or a third longer lose."""

    def evidence(h: _Hypothesis) -> float:
        return h.score - prior(h.view)

    others = (_refine(support, prior, replace(best.view, f=best.view.f * k), fixed_focal=True) for k in (0.75, 1.33))
    return min(evidence(best) - evidence(h) for h in others)


def _yaw_difference(a: float, b: float) -> float:
    """Difference of two yaws, walls being alike every 90 degrees."""
    return (a - b + math.pi / 4) % (math.pi / 2) - math.pi / 4


def labels(support: Support, view: View) -> tuple[Ints, Ints]:
    """The axis of each segment under a view or -1, and the same only where no other axis is near; (N,) each."""
    sines = support.segments.sines(view.vanishing_points())
    nearest = sines.argmin(0)
    order = np.sort(sines, 0)
    axis = np.where(order[0] < 1.6 * support.tolerance, nearest, -1)
    clear = (order[0] < 1.3 * support.tolerance) & (order[1] > 3.0 * support.tolerance)
    return axis, np.where(clear, nearest, -1)
