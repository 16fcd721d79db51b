"""The strongest line between wall and floor is often the top of the skirting board: lower the floor to its foot."""

from __future__ import annotations

import cv2
import numpy as np

from staging.engine.geometry.evidence import ACROSS_FLOOR, ALONG_FLOOR, Evidence, Plane
from staging.engine.geometry.layout import DEPTH, LEFT, RIGHT, project_edges
from staging.engine.geometry.view import ACROSS, ALONG, Floats, View

TALLEST = 0.125  # of the camera height
STEPS = 26
BELOW = np.array([0.02, 0.035])  # camera heights below the foot, where the floor's colour is taken
EDGE_OF = {DEPTH: 0, LEFT: 1, RIGHT: 2}  # which edge of `layout.EDGES` a wall's foot is


def snap(view: View, evidence: Evidence, box: Floats) -> Floats:
    """The log box (4,) with its floor lowered to the foot of the skirting, or unchanged.

    The whole floor moves by one common skirting height, and only when most of the visible wall foot agrees;
    moving single walls does harm. Corners keep their direction, because all distances, which count in camera
    heights, shrink by the same factor.
    """
    smooth = np.asarray(cv2.GaussianBlur(evidence.lab, (0, 0), 0.8), np.float32)
    start, stop, seen = project_edges(view, np.exp(box)[None])
    heights = np.linspace(0, TALLEST, STEPS)
    found: list[tuple[float, float]] = []
    total = 0.0
    for wall, edge in EDGE_OF.items():
        length = float(np.hypot(*(stop[0, edge] - start[0, edge]))) if seen[0, edge] else 0.0
        strength, colour = _profile(view, evidence, smooth, box, wall=wall, factors=1 - heights)
        if strength[0] < 0:
            continue
        total += length
        for i in _peaks(strength)[::-1]:
            # the board itself must not have the colour of what lies below its foot
            _, below = _profile(view, evidence, smooth, box, wall=wall, factors=1 - heights[i] - BELOW)
            if np.linalg.norm((colour[max(1, i // 2)] - below.mean(0)) * [1, 1.5, 1.5]) > 6:
                found.append((float(heights[i]), length))
                break
    if not found:
        return box
    main = max(found, key=lambda f: f[1])[0]
    agreeing = [f for f in found if abs(f[0] - main) < 0.022]
    if sum(f[1] for f in agreeing) < 0.6 * total:
        return box
    height = float(np.average([f[0] for f in agreeing], weights=[f[1] for f in agreeing]))
    return np.asarray(box + np.log(1 - height))


def _peaks(strength: Floats) -> list[int]:
    """Positions of clear second edges below the first one."""
    threshold = max(0.12, 0.45 * float(strength[:3].max()))
    return [
        i
        for i in range(4, STEPS - 1)
        if strength[i] >= max(strength[i - 1], strength[i + 1], threshold) and strength[2:i].min() < 0.6 * strength[i]
    ]


def _profile(
    view: View, evidence: Evidence, smooth: Plane, box: Floats, *, wall: int, factors: Floats
) -> tuple[Floats, Floats]:
    """Edge evidence (K,) and median Lab (K, 3) on the foot of a wall whose distance is multiplied by `factors`.

    The evidence is -1 where too little of the foot is seen.
    """
    edge = EDGE_OF[wall]
    layer = evidence.edges[ACROSS if edge == 0 else ALONG]
    boxes = np.repeat(np.exp(box)[None], len(factors), 0)
    boxes[:, wall] *= factors
    start, stop, seen = project_edges(view, boxes)
    t = ((np.arange(80) + 0.5) / 80)[:, None]
    strength, colour = np.full(len(factors), -1.0), np.zeros((len(factors), 3))
    for i in range(len(factors)):
        a, b = start[i, edge], stop[i, edge]
        if not seen[i, edge] or np.hypot(*(b - a)) < 0.06 * evidence.diagonal:
            continue
        points = (a + t * (b - a)).astype(int)
        x, y = np.clip(points[:, 0], 0, evidence.width - 1), np.clip(points[:, 1], 0, evidence.height - 1)
        strength[i] = np.percentile(layer[y, x], 45)
        colour[i] = np.median(smooth[y, x], 0)
    return strength, colour


def foot_support(view: View, evidence: Evidence, box: Floats) -> float:
    """Share, 0..1, of the visible wall foot of a log box (4,) that lies on an edge of the right direction."""
    start, stop, seen = project_edges(view, np.exp(box)[None])
    t = ((np.arange(60) + 0.5) / 60)[:, None]
    total = hit = 0.0
    for edge in EDGE_OF.values():
        if not seen[0, edge]:
            continue
        a, b = start[0, edge], stop[0, edge]
        layer = ACROSS_FLOOR if edge == 0 else ALONG_FLOOR
        points = (a + t * (b - a)).astype(int)
        x, y = np.clip(points[:, 0], 0, evidence.width - 1), np.clip(points[:, 1], 0, evidence.height - 1)
        length = float(np.hypot(*(b - a)))
        hit += length * float((evidence.edges[layer][y, x] > evidence.level[layer] + 0.05).mean())
        total += length
    return hit / total if total else 0.0
