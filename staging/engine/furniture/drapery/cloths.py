"""The cloths that ship: what each was solved for. Lengths are metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MATTRESS: Final = 0.034  # metres by which a bed's frame is wider than half its mattress: the duvet hangs outside
FOOT: Final = 0.027  # and how far before the mattress's foot the frame ends
EDGE: Final = 0.07  # radius of a mattress's edges
CORNER: Final = 0.36  # radius of a duvet's lower corners: square ones would lie on the floor
# What beds and towels are solved for: the nearest is bent to what is asked for.
WIDTHS: Final = (0.85, 1.15, 1.50, 1.80)
COVER, DROP, THROW_DROP = 1.36, 0.27, 0.22
THROW_AT, THROW_WIDE, BAND = 0.42, 0.52, 0.44  # metres: the throw's middle from the foot, its width, on furniture
TOWELS: Final = {"large": (0.40, 0.62, 0.46), "small": (0.24, 0.34, 0.28)}
BAR: Final = 0.010
CURTAIN: Final = (0.50, 2.30, 0.11, 6)
LOOKS: Final = 2  # of each


@dataclass(frozen=True)
class Solved:
    """A cloth at rest: `points` (n, m, 3), and its place on the flat cloth, `flat` (n, m, 2). Metres."""

    points: Floats
    flat: Floats
