"""From where a drawing is seen: from within a room, whose corners run away, or from before a house, which comes near.

In a room the lines above the eye fall towards the middle of the picture; of a house they fall away from it, to both
sides. The two rakes of a gable cancel one another.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from staging.engine.errors import UnusablePhoto
from staging.engine.modes.drawing.reading import Reading

# Of 31 drawings and photos made into drawings, rooms with a drawn ceiling had 0.65 and more, houses 0.34 and less.
_FROM_WITHIN: Final = 0.5
_FROM_BEFORE: Final = 0.35
_STRAIGHT: Final = 0.03  # of the long side: shorter lines tell nothing
_LEANING: Final = (4.0, 70.0)  # degrees from level
_FREE: Final = 0.97  # share of the sheet's upper edge and sides that is one piece of bare paper
_HIGH: Final = 0.25  # of the height: a house reaches up to there
_LARGE: Final = 0.2  # of the picture


def require_room(known: Reading) -> None:
    """Raise UnusablePhoto where a house stands free on the sheet: that is no room."""
    top, size, free = _figure(known)
    if free >= _FREE and top < _HIGH and size > _LARGE and inwards(known) < _FROM_BEFORE:
        raise UnusablePhoto(
            "drawn_from_outside",
            "This drawing seems to show a house from outside. Ask for an exterior, or send a drawing of the room.",
        )


def require_house(known: Reading) -> None:
    """Raise UnusablePhoto where the lines of a ceiling run away from the viewer: that is no house."""
    if inwards(known) > _FROM_WITHIN:
        raise UnusablePhoto(
            "drawn_from_inside",
            "This drawing seems to show a room from inside. Ask for an interior, or send a drawing of the house.",
        )


def inwards(known: Reading) -> float:
    """How far the slanting lines of the upper half fall towards the middle, -1 (all fall away from it) to 1."""
    height, width = known.drawing.shape
    rows, columns = np.nonzero(known.drawing.ink > 0.5)
    if len(rows) == 0:
        return 0.0
    (left, right), (top, foot) = np.percentile(columns, (2, 98)), np.percentile(rows, (2, 98))
    ends = np.asarray(known.lines.segments.ends, np.float64).reshape(-1, 4)
    across, down = ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]
    falls = np.sign(down) * np.where(across < 0, -1, 1)  # 1: falls to the right
    length = np.hypot(across, down)
    angle = np.degrees(np.arctan2(np.abs(down), np.abs(across)))
    middle = (ends[:, 0] + ends[:, 2]) / 2, (ends[:, 1] + ends[:, 3]) / 2
    side = np.clip((middle[0] - (left + right) / 2) / max((right - left) / 2, 1), -1, 1)
    told = (angle > _LEANING[0]) & (angle < _LEANING[1]) & (length > _STRAIGHT * max(height, width))
    weight = length * np.abs(side) * (told & (middle[1] < (top + foot) / 2))
    return float(-(weight * falls * np.sign(side)).sum() / max(weight.sum(), 1e-6))


def _figure(known: Reading) -> tuple[float, float, float]:
    """Where the largest thing begins, 0..1 of the height, its share of the picture, and how free it stands, 0..1."""
    labels = known.regions.labels
    height = labels.shape[0]
    upper = round(0.45 * height)
    around = np.concatenate([labels[0], labels[:upper, 0], labels[:upper, -1]])
    counts = np.bincount(around)
    _, _, stats, _ = cv2.connectedComponentsWithStats((labels != counts.argmax()).astype(np.uint8), connectivity=4)
    stats[0, cv2.CC_STAT_AREA] = 0
    largest = stats[int(stats[:, cv2.CC_STAT_AREA].argmax())]
    top, size = float(largest[cv2.CC_STAT_TOP]) / height, float(largest[cv2.CC_STAT_AREA]) / labels.size
    return top, size, float(counts.max() / len(around))
