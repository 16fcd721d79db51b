"""Camera and box together: pull the projected edges of the box onto the edges of the picture.

The camera search knows only directions of lines, and often cannot tell the focal length; the edges of the
box where they are in the picture can. As in model-based tracking (Harris and Stennett's RAPiD): look along
the normal of each projected edge for the strongest evidence, then least squares over all nine parameters,
with the segments' vanishing points and the camera's priors held in the same sum.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.optimize import least_squares

from staging.engine.geometry.camera import Ints, Prior, direction_residuals
from staging.engine.geometry.evidence import Evidence
from staging.engine.geometry.layout import HIGHEST, LAYERS, LOWEST, WEIGHTS, project_edges
from staging.engine.geometry.view import Floats, View
from staging.engine.geometry.zenith import Support

SAMPLES: Final = 36  # on each edge
REACHES: Final = (10, 7, 5)  # pixels to either side of the 512 px picture, round by round
SPREAD: Final = 1.5  # pixels: how exact a found edge is
EDGE_SHARE: Final = 1.6  # weight of all edges against all segments
STEP: Final = [0.1, 0.03, 0.02, 0.02, 0.01, 0.05, 0.05, 0.05, 0.05]


@dataclass(frozen=True)
class _Matches:
    """Picture points (N, 2) that belong to edges (N,) of the box, with their weights (N,)."""

    points: Floats
    edge: Ints
    weight: Floats


def adjust(
    view: View, box: Floats, evidence: Evidence, *, support: Support, axis: Ints, prior: Prior
) -> tuple[View, Floats]:
    """View and log box (4,) refined together; all in the small picture that `evidence` is of."""
    directions = direction_residuals(support, axis)
    for reach in REACHES:
        matches = _matched(view, box, evidence, reach)
        if len(matches.points) < 20:
            break
        view, box = _fitted(view, box, directions, matches, prior)
    return view, box


def _matched(view: View, box: Floats, evidence: Evidence, reach: int) -> _Matches:
    """The strongest evidence within `reach` pixels of samples on the visible edges of the box."""
    start, stop, seen = (a[0] for a in project_edges(view, np.exp(box)[None]))
    t = ((np.arange(SAMPLES) + 0.5) / SAMPLES)[:, None]
    offsets = np.arange(-reach, reach + 0.1, 0.5)
    nearness = 1 - 0.5 * (offsets / reach) ** 2
    points, edges, weights = [np.zeros((0, 2))], [np.zeros(0, np.int64)], [np.zeros(0)]
    for k in np.flatnonzero(seen):
        along = stop[k] - start[k]
        length = float(np.hypot(*along))
        if length < 0.03 * evidence.diagonal:
            continue
        normal = np.array([-along[1], along[0]]) / length
        on_edge = start[k] + t * along
        across = on_edge[:, None] + offsets[:, None] * normal
        x = np.clip(across[..., 0], 0, evidence.width - 1).astype(int)
        y = np.clip(across[..., 1], 0, evidence.height - 1).astype(int)
        found = (evidence.edges[LAYERS[k], y, x] - evidence.level[LAYERS[k]]) * nearness
        best = found.argmax(1)
        strength = found[np.arange(SAMPLES), best]
        clear = strength > 0.03
        points.append(across[np.arange(SAMPLES), best][clear])
        edges.append(np.full(int(clear.sum()), k))
        weights.append(np.minimum(strength[clear], 0.5) * WEIGHTS[k] * length / SAMPLES)
    return _Matches(np.concatenate(points), np.concatenate(edges), np.concatenate(weights))


def _fitted(
    view: View, box: Floats, directions: Callable[[Floats], Floats], matches: _Matches, prior: Prior
) -> tuple[View, Floats]:
    weight = np.sqrt(EDGE_SHARE * matches.weight / matches.weight.sum())

    def unpacked(p: Floats) -> tuple[View, Floats]:
        shift = p[1] * view.height
        return replace(view, f=math.exp(p[0]), shift=shift, yaw=p[2], pitch=p[3], roll=p[4]), p[5:]

    def residuals(p: Floats) -> Floats:
        v, b = unpacked(p)
        start, stop, _ = (a[0] for a in project_edges(v, np.exp(b)[None], -1e4))
        a, along = start[matches.edge], (stop - start)[matches.edge]
        from_start = matches.points - a
        off = (along[:, 0] * from_start[:, 1] - along[:, 1] * from_start[:, 0]) / np.maximum(np.hypot(*along.T), 1e-6)
        # bounded, so that a wrong match cannot pull for ever
        edges = np.tanh(off / SPREAD / 3) * 1.5 * weight
        # what no edge in the picture holds stays where it was
        stay = 0.3 * (b - box)
        return np.concatenate([edges, directions(v.vanishing_points()), prior.residuals(v), stay])

    p0 = [math.log(view.f), view.shift / view.height, view.yaw, view.pitch, view.roll, *np.clip(box, LOWEST, HIGHEST)]
    adjusted_view, adjusted_box = unpacked(least_squares(residuals, p0, max_nfev=20, x_scale=STEP).x)
    return adjusted_view, np.clip(adjusted_box, LOWEST, HIGHEST)
