"""The solved cloths, taken from the file that ships with the catalogue and bent to a piece's size.

Bending moves folds and never crosses them: what lay over a bed's side still does, a little longer or wider.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import scipy  # its parts load when they are used, and who reads the catalogue uses none
from numpy.typing import NDArray

from staging.engine.furniture.drapery.cloths import CORNER, COVER, DROP, EDGE, FOOT, LOOKS, MATTRESS, WIDTHS, Solved

Floats = NDArray[np.float64]

FILE: Final = Path(__file__).with_name("solved.npz")
HANGS: Final = 0.04  # metres off a bed's side at which bedding hangs straight
BESIDE: Final = 0.008  # metres more that it may take: walkways and nightstands are near
UNIT: Final = 1e-4  # metres: what the file counts in


def write(cloths: dict[str, Solved], path: Path = FILE) -> int:
    """Write cloths to `path`; answers the bytes it takes. A tenth of a millimetre is the least that it tells."""
    counted = {}
    for name, cloth in sorted(cloths.items()):
        whole = np.concatenate([cloth.points, cloth.flat], -1)
        counted[name] = np.round(whole / UNIT).astype(np.int16)
    np.savez_compressed(path, **counted)  # type: ignore[arg-type]  # the names are taken for options
    return path.stat().st_size


@lru_cache(maxsize=1)
def _file() -> dict[str, Solved]:
    with np.load(FILE) as file:
        whole = {name: file[name].astype(np.float64) * UNIT for name in file.files}
    return {name: Solved(cloth[..., :3], cloth[..., 3:]) for name, cloth in whole.items()}


def names() -> list[str]:
    """What the file holds."""
    return sorted(_file())


def cloth(name: str, seed: int) -> Solved:
    """The look that `seed` chooses of a cloth, as it was solved or its mirror image. KeyError when there is none."""
    found = _file()[f"{name}-{seed % LOOKS}"]
    if (seed // LOOKS) % 2 == 0:
        return found
    return Solved(found.points[::-1] * [-1.0, 1.0, 1.0], found.flat[::-1] * [-1.0, 1.0])


class Lie:
    """A solved cloth as a surface: places on its lattice, 0..1 each way, and a little beyond, to points (..., 3)."""

    def __init__(self, points: Floats) -> None:
        n, m = points.shape[:2]
        self._splines = [
            scipy.interpolate.RectBivariateSpline(np.linspace(0, 1, n), np.linspace(0, 1, m), points[..., k])
            for k in range(3)
        ]

    def __call__(self, u: Floats, v: Floats) -> Floats:
        inside_u, inside_v = np.clip(u, 0, 1), np.clip(v, 0, 1)
        out = []
        for spline in self._splines:
            value = spline.ev(inside_u, inside_v)
            # Beyond the hem it runs straight on.
            value = value + (u - inside_u) * spline.ev(inside_u, inside_v, dx=1)
            out.append(value + (v - inside_v) * spline.ev(inside_u, inside_v, dy=1))
        return np.stack(out, -1)


@dataclass(frozen=True)
class Bedding:
    """A duvet and the throw on it over a mattress `w` wide whose top is z = 0; y runs from its foot at 0. Metres."""

    duvet: Solved
    throw: Solved
    reach: float
    cover: float
    low: float

    def on_duvet(self, a: Floats, b: Floats) -> Floats:
        """Points (..., 3) of the duvet's outer face, `a` metres sideways and `b` from the foot; not at its corners."""
        lie = Lie(self.duvet.points)
        on = np.minimum(b, self.cover)
        points = lie((a + self.reach) / (2 * self.reach), (on + self.low) / (self.cover + self.low))
        points[..., 1] += b - on
        return points


def bedding(w: float, cover: float, drop: float, seed: int) -> Bedding:
    """The bedding of the nearest width, made as wide, as long (`cover`) and as deep (`drop`) as asked for."""
    made = min(WIDTHS, key=lambda width: abs(np.log(width / w)))
    half, new_half = made / 2 + MATTRESS, w / 2 + MATTRESS
    rigid = EDGE + 0.05  # what lies about an edge keeps its form
    fallen = [cloth(f"{kind}-{made}", seed) for kind in ("duvet", "throw")]
    # What stands off farther is pressed towards the bed, both cloths alike.
    off = max(float(np.abs(one.points[..., 0]).max()) - half for one in fallen)
    off, kept = max(off, HANGS + BESIDE), HANGS + BESIDE
    across = np.array([0, half - rigid, half + HANGS, half + off])
    wide = np.array([0, new_half - rigid, new_half + HANGS, new_half + kept])
    along = np.array([-FOOT - off, -FOOT - HANGS, CORNER / 2, COVER, COVER + 10])
    long = np.array([-FOOT - kept, -FOOT - HANGS, CORNER / 2, cover, cover + 10])
    down = np.array([-10 - DROP, -DROP, -EDGE, 1]), np.array([-10 - drop, -drop, -EDGE, 1])

    def bent(one: Solved) -> Solved:
        x, y, z = np.moveaxis(one.points, -1, 0)
        sideways = np.sign(x) * np.interp(np.abs(x), across, wide)
        points = np.stack([sideways, np.interp(y, along, long), np.interp(z, *down)], -1)
        return Solved(points, one.flat * [new_half / half, 1.0])

    duvet, throw = (bent(one) for one in fallen)
    return Bedding(duvet, throw, new_half + drop + 0.05, cover, drop + 0.05)
