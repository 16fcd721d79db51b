"""A house front as patches, with what all judgements of its wall, its lawn and its evening need of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np

from staging.engine.redesign import panes
from staging.engine.redesign.matting import Floats, Mask
from staging.engine.redesign.patches import Patches
from staging.engine.redesign.rectangles import Box
from staging.engine.redesign.sky import Sky, roughness

HIGH: Final = 0.4  # of the height: no drive reaches farther up
GROUND: Final = 0.985  # of the height: what reaches lower is drive or street
LIKE_SKY: Final = 9.0  # Lab units from the sky behind: rather sky between branches
_EDGE_WIDTH: Final = 6  # pixels


@dataclass(frozen=True)
class Front:
    """A house front's patches with what all judgements need of each, (n,)."""

    patches: Patches
    sky: Sky

    @cached_property
    def light(self) -> Floats:
        return self.patches.mean(np.ascontiguousarray(self.patches.lab[..., 0]))

    @cached_property
    def a(self) -> Floats:
        return self.patches.mean(np.ascontiguousarray(self.patches.lab[..., 1]))

    @cached_property
    def b(self) -> Floats:
        return self.patches.mean(np.ascontiguousarray(self.patches.lab[..., 2]))

    @cached_property
    def grain(self) -> Floats:
        return self.patches.mean(roughness(self.patches.lab))

    @cached_property
    def share(self) -> Floats:
        """Of the picture."""
        return np.asarray(self.patches.area / self.patches.patch.size, np.float32)

    @cached_property
    def place(self) -> Floats:
        """The middle's row as a share of the height."""
        return self.patches.mean(self._rows)

    @property
    def _rows(self) -> Floats:
        """Each pixel's row (h, w) as a share of the height; made anew each time, as large as it is."""
        height, width = self.patches.patch.shape
        return np.repeat((np.arange(height, dtype=np.float32) / height)[:, None], width, 1)

    @cached_property
    def lowest(self) -> Floats:
        """The lowest row as a share of the height."""
        found = np.zeros(self.patches.count, np.float32)
        np.maximum.at(found, self.patches.patch.ravel(), self._rows.ravel())
        return found

    @cached_property
    def ground(self) -> Mask:
        """Drives and streets: what reaches the lower edge of the picture and does not begin high up."""
        highest = np.ones(self.patches.count, np.float32)
        np.minimum.at(highest, self.patches.patch.ravel(), self._rows.ravel())
        return np.asarray((self.lowest > GROUND) & (highest > HIGH))

    @cached_property
    def in_sky(self) -> Mask:
        return np.asarray(self.patches.mean(self.sky.rough) > 0.5)

    @cached_property
    def green(self) -> Mask:
        return np.asarray(((self.a < -5) & (self.b > 5)) | ((self.a < 1) & (self.b > 18)))

    @cached_property
    def doors(self) -> Mask:
        """Garage doors: broad rectangles low in the picture."""
        found = np.zeros(self.patches.count, bool)
        for number in np.flatnonzero(
            (self.share > 0.006) & (self.share < 0.06) & (self.lowest > 0.45) & ~self.in_sky & ~self.green
        ):
            ys, xs = np.nonzero(self.patches.patch == number)
            _, sides, _ = cv2.minAreaRect(np.stack([xs, ys], -1).astype(np.float32))
            full = len(xs) > 0.76 * (sides[0] + 1) * (sides[1] + 1)
            found[number] = full and 1.1 < int(np.ptp(xs)) / max(int(np.ptp(ys)), 1) < 5
        return found

    @cached_property
    def windows(self) -> list[Box]:
        """The windows that are surely seen, each with all its lights: left, top, width and height in pixels."""
        return panes.boxes(self.patches.copy, self.sky.rough)

    @cached_property
    def like_sky(self) -> Mask:
        """Patches beside the sky that have its colour."""
        sky = self.sky
        if sky.share == 0:
            return np.zeros(self.patches.count, bool)
        distance = np.linalg.norm(self.patches.lab - sky.lab, axis=-1).astype(np.float32)
        return np.asarray((self.patches.mean(distance) < LIKE_SKY) & (self.place < sky.horizon + 0.15))

    @cached_property
    def under_sky(self) -> Floats:
        """The share of each patch's upper border that meets the sky."""
        patch = self.patches.patch
        # Some pixels farther up: between the two lies the blurred edge itself.
        here, next_up, above = patch[_EDGE_WIDTH:], patch[_EDGE_WIDTH - 1 : -1], patch[:-_EDGE_WIDTH]
        upper = here != next_up
        count = np.bincount(here[upper], minlength=self.patches.count)
        at_sky = np.bincount(here[upper & self.in_sky[above]], minlength=self.patches.count)
        return np.asarray(at_sky.astype(np.float32) / np.maximum(count, 1).astype(np.float32), np.float32)
