"""A room behind furniture: evidence that does not take what hides the room for the room."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
from numpy.typing import NDArray

from staging.engine.geometry.evidence import Evidence, floor_colour
from staging.engine.geometry.segments import Segments
from staging.engine.geometry.view import View

Mask = NDArray[np.bool_]
MOSTLY: float = 0.5  # of a segment that must be hidden for it to be furniture's
RIM: int = 4  # pixels of the layout's picture within which an edge is the furniture's outline


def behind(evidence: Evidence, view: View, segments: Segments, hidden: Mask) -> tuple[Evidence, Mask]:
    """The evidence with nothing to say where furniture hides the room, and which segments are the room's own.

    `hidden` (H, W) has any size.
    """
    size = (evidence.width, evidence.height)
    small = cv2.resize(hidden.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    grown = cv2.dilate(small, np.ones((2 * RIM + 1,) * 2, np.uint8)) > 0
    edges = np.where(grown[None], evidence.level[:, None, None], evidence.edges)
    floor = floor_colour(evidence.lab, view, small > 0)
    floor = dataclasses.replace(floor, odds=np.where(grown, np.float32(0), floor.odds))
    return dataclasses.replace(evidence, edges=edges.astype(np.float32), floor=floor), ~_hidden(segments, grown)


def _hidden(segments: Segments, hidden: Mask) -> Mask:
    """Which segments lie mostly where `hidden`."""
    t = np.linspace(0.05, 0.95, 12)[None, :, None]
    points = segments.ends[:, None, :2] * (1 - t) + segments.ends[:, None, 2:] * t
    x = np.clip(points[..., 0].astype(int), 0, hidden.shape[1] - 1)
    y = np.clip(points[..., 1].astype(int), 0, hidden.shape[0] - 1)
    return np.asarray(hidden[y, x].mean(1) > MOSTLY)
