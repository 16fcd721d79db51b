"""How far the reading can be trusted, from what the steps say of themselves."""

from __future__ import annotations

import math
from typing import Final

from staging.engine.scene.room import Status

AUTO: Final = 0.70
CHECK: Final = 0.20
LEAST_FLOOR: Final = 0.06  # share of the picture under which nothing can be staged
FEWEST_SEGMENTS: Final = 6


def judge(
    *, inliers: float, camera_margin: float, foot: float, edges: float, layout_margin: float, lines: float
) -> dict[str, float]:
    """Figures 0..1 by name; "total" is their geometric blend.

    `inliers` share of line evidence that the camera explains; `camera_margin` its lead over a view with other
    walls; `foot` share of the visible wall foot that lies on an edge; `edges`, `lines` terms of the layout
    score; `layout_margin` its lead over the next-best other box.
    """
    figures = {
        "camera": _rise(inliers, 0.45, 0.06) * (0.5 + 0.5 * _rise(camera_margin, 0.01, 0.01)),
        "floor_edge": _rise(foot, 0.62, 0.07),
        "layout": _rise(edges, 0.22, 0.10),
        "margin": _rise(layout_margin, 0.015, 0.01),
        "lines": _rise(lines, -0.13, 0.04),
    }
    product = figures["camera"] * figures["floor_edge"] * figures["layout"] * figures["lines"]
    figures["total"] = math.sqrt(product * (0.4 + 0.6 * figures["margin"]))
    return figures


def status(total: float, floor_share: float) -> Status:
    """The gate of a room: stage at once, stage carefully, or ask a person."""
    if floor_share < LEAST_FLOOR or total <= CHECK:
        return "manual"
    return "auto" if total > AUTO else "check"


def _rise(x: float, middle: float, width: float) -> float:
    """Logistic step from 0 to 1."""
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, (x - middle) / width))))
