"""Cloth as a lattice of points held together by distances: extended position-based dynamics in small steps.

Macklin, Mueller, Chentanez, XPBD (2016), and Macklin et al., Small Steps in Physics Simulation (2019): one sweep over
all constraints in each of many short steps. Cloth pushes away from bodies with friction; it does not meet itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from staging.engine.furniture.drapery.bodies import Body

Floats = NDArray[np.float64]
Cut = tuple[slice, slice]
# The lowest and the highest place, of all points or of each.
Limits = tuple[Floats | tuple[float, float, float], Floats | tuple[float, float, float]]

GRAVITY: Final = 9.81  # m/s2
STEP: Final = 0.001  # seconds: longer, and hanging cloth stretches by more than a few per cent
FASTEST: Final = 2.0  # m/s: a point that moved more than 2 mm a step could pass through a thin body


@dataclass(frozen=True)
class Fabric:
    """How a cloth behaves. Compliances are metres a newton for points of unit mass: 0 is stiff.

    `stretch` along the threads, `shear` across them, `bend` against folding; `margin` metres it keeps from bodies;
    `friction` is Coulomb's; `drag` is the share of its speed that air takes in a second.
    """

    stretch: float = 0.0
    shear: float = 2e-5
    bend: float = 4e-3
    margin: float = 0.008
    friction: float = 0.4
    drag: float = 2.0


@dataclass
class Sheet:
    """A cloth in the making: `points` (n, m, 3) metres, and where they lie on the `flat` cloth (n, m, 2), metres.

    `held` (n, m) is true where it is pinned. `loft` (n, m) is what its filling adds to the fabric's margin, metres.
    """

    points: Floats
    flat: Floats
    held: NDArray[np.bool_]
    fabric: Fabric = field(default_factory=Fabric)
    loft: Floats | float = 0.0

    def __post_init__(self) -> None:
        self.speed = np.zeros_like(self.points)
        self._free = np.where(self.held, 0.0, 1.0)
        self._links = list(self._all_links())

    def fall(
        self, seconds: float, bodies: Sequence[Body], *, drag: float | None = None, within: Limits | None = None
    ) -> None:
        """Let it hang for so long. `drag` replaces the fabric's, to bring it to rest; `within` is where it stays."""
        kept = np.exp(-(self.fabric.drag if drag is None else drag) * STEP)
        for _ in range(round(seconds / STEP)):
            self.speed[..., 2] -= GRAVITY * STEP
            self.speed *= kept * self._free[..., None]
            pace = np.linalg.norm(self.speed, axis=-1, keepdims=True)
            self.speed *= np.minimum(1.0, FASTEST / np.maximum(pace, 1e-9))
            before = self.points.copy()
            self.points += self.speed * STEP
            for link in self._links:
                self._hold(*link)
            self._push_out(before, bodies)
            if within is not None:
                np.clip(self.points, *within, out=self.points)
            self.speed = (self.points - before) / STEP

    def stretched(self) -> Floats:
        """Length over rest length of every thread between neighbours, flat."""
        ratios = []
        for axis in (0, 1):
            length, rest = (np.linalg.norm(np.diff(of, axis=axis), axis=-1) for of in (self.points, self.flat))
            ratios.append((length / rest).ravel())
        return np.concatenate(ratios)

    def _hold(self, one: Cut, other: Cut, rest: Floats, compliance: float) -> None:
        p, q = self.points[one], self.points[other]
        wp, wq = self._free[one], self._free[other]
        away = p - q
        length = np.sqrt(np.einsum("ijk,ijk->ij", away, away)) + 1e-12
        push = (length - rest) / ((wp + wq + compliance / STEP**2 + 1e-12) * length)
        move = away * push[..., None]
        p -= wp[..., None] * move
        q += wq[..., None] * move

    def _push_out(self, before: Floats, bodies: Sequence[Body]) -> None:
        flat, old = self.points.reshape(-1, 3), before.reshape(-1, 3)
        free = self._free.ravel() > 0
        margin = self.fabric.margin + np.broadcast_to(self.loft, self._free.shape).ravel()
        for body in bodies:
            away, way = body(flat)
            deep = margin - away
            hit = (deep > 0) & free
            if not hit.any():
                continue
            out, depth = way[hit], deep[hit]
            flat[hit] += out * depth[:, None]
            slip = flat[hit] - old[hit]
            slip -= out * np.einsum("ij,ij->i", slip, out)[:, None]
            far = np.linalg.norm(slip, axis=1)
            flat[hit] -= slip * np.minimum(1.0, self.fabric.friction * depth / np.maximum(far, 1e-12))[:, None]

    def _all_links(self) -> Iterator[tuple[Cut, Cut, Floats, float]]:
        """Pairs of points that a distance holds, in groups in which no point comes twice."""
        n, m = self.points.shape[:2]
        every = slice(None)
        for stride, compliance in ((1, self.fabric.stretch), (2, self.fabric.bend)):
            for rows, others in _pairs(n, stride):
                yield self._link((rows, every), (others, every), compliance)
            for columns, others in _pairs(m, stride):
                yield self._link((every, columns), (every, others), compliance)
        for rows, others in _pairs(n, 1):
            # Both diagonals of every square.
            for near, far in ((slice(0, m - 1), slice(1, m)), (slice(1, m), slice(0, m - 1))):
                yield self._link((rows, near), (others, far), self.fabric.shear)

    def _link(self, one: Cut, other: Cut, compliance: float) -> tuple[Cut, Cut, Floats, float]:
        return one, other, np.linalg.norm(self.flat[one] - self.flat[other], axis=-1), compliance


def _pairs(count: int, stride: int) -> Iterator[tuple[slice, slice]]:
    """Neighbours `stride` apart among `count`, as slices in which no index comes twice: i and i + stride."""
    for first in range(2 * stride):
        pairs = len(range(first, count - stride, 2 * stride))
        if pairs:
            last = first + (pairs - 1) * 2 * stride + 1
            yield slice(first, last, 2 * stride), slice(first + stride, last + stride, 2 * stride)
