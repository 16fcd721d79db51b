"""Colours: sRGB hex in, linear light out (IEC 61966-2-1)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


@lru_cache(maxsize=512)
def _linear(code: str) -> tuple[float, float, float]:
    if len(code) != 7 or code[0] != "#":
        raise ValueError(f"not a colour: {code!r}")
    values = (int(code[k : k + 2], 16) / 255 for k in (1, 3, 5))
    r, g, b = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return r, g, b


def linear(code: str) -> NDArray[np.float64]:
    """Linear-light RGB (3,) of "#rrggbb"; ValueError when it is no colour."""
    return np.array(_linear(code))


def blended(one: str, other: str, share: float) -> str:
    """The colour "#rrggbb" that is `share` of the way from one to the other, by their sRGB values."""
    pairs = ((int(one[k : k + 2], 16), int(other[k : k + 2], 16)) for k in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def shaded(code: str, amount: float) -> str:
    """The colour lightened by a share of its sRGB values, or darkened where `amount` is negative."""
    return "#" + "".join(f"{min(round(int(code[k : k + 2], 16) * (1 + amount)), 255):02x}" for k in (1, 3, 5))
