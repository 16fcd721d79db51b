"""What a mode is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from staging.engine.modes.stage import Progress

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Asked:
    """One job. `photo` (H, W, 3) is uint8 sRGB and upright; `mask` (H, W), 0 or 255, is what the caller wants removed.

    `brief` holds plain JSON types, checked already (server/contract.py); `room`, `arrangement` and `light` are JSON of
    an earlier job's record. Where the brief has a `long_edge`, the photo has it already.
    """

    photo: Bytes
    brief: dict[str, Any]
    focal_35mm: float | None = None
    room: dict[str, Any] | None = None
    arrangement: dict[str, Any] | None = None
    mask: Bytes | None = None
    progress: Progress | None = None
    light: dict[str, Any] | None = None


class Made(Protocol):
    """What every mode answers: its pictures by role, of one size, and its record in plain JSON types."""

    @property
    def pictures(self) -> Mapping[str, Bytes]:
        """Pixels by role, (H, W, 3) or, of masks, (H, W)."""
        ...

    def record(self) -> dict[str, Any]:
        """Room, gates, timings and the mode's own figures."""
        ...
