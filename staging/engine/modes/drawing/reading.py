"""A drawing as read once: its sheet, its straight lines, the areas between its strokes, and their measures."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from staging.engine.modes.drawing import outlines, paper, regions, shapes
from staging.engine.modes.drawing.paper import Bytes, Drawing, Floats
from staging.engine.modes.drawing.regions import Regions
from staging.engine.modes.drawing.shapes import Lines, Shapes

# Lines at least this long, as a share of the long side, part roofs and walls from each other.
LONG_LINES = 0.045


@dataclass(frozen=True)
class Reading:
    """All of one size: what the other steps look at. `bounding` (H, W) 0..1 is the ink that closes the `regions`."""

    drawing: Drawing
    bounding: Floats
    lines: Lines
    regions: Regions
    shapes: Shapes

    def enlarged(self, picture: Bytes) -> Reading:
        """The same areas over a larger copy of the drawing, `picture` (H, W, 3), whose washes are read anew."""
        height, width = picture.shape[:2]
        if (height, width) == self.drawing.shape:
            return self
        labels = np.asarray(cv2.resize(self.regions.labels, (width, height), interpolation=cv2.INTER_NEAREST), np.int32)
        lines = replace(self.lines, segments=self.lines.segments.resized(width, height))
        bounding = np.asarray(cv2.resize(self.bounding, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
        return Reading(paper.read(picture), bounding, lines, Regions(labels, self.regions.count), self.shapes)

    def coarse(self) -> tuple[Regions, Shapes]:
        """The areas between long straight lines alone, measured."""
        areas = regions.find(self.lines.barriers(LONG_LINES))
        return areas, shapes.measure(self.drawing, areas, self.lines)


def read(picture: Bytes) -> Reading:
    """Read a `picture` (H, W, 3), sRGB. Raises UnusablePhoto when it is no line drawing."""
    drawing = paper.read(picture)
    bounding, areas = outlines.find(drawing.ink)
    lines = shapes.find_lines(np.asarray(255 * (1 - bounding), np.uint8))
    return Reading(drawing, bounding, lines, areas, shapes.measure(drawing, areas, lines))
