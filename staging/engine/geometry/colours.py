"""Colours as points of a space: how far apart they are, which is the commonest, and surfaces fitted through them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

ALIKE: Final = 6.0  # weighted Lab units within which colours count as about the same


def length(steps: NDArray[Any]) -> NDArray[Any]:
    """How long differences of colours (..., 3) are, (...): numpy's own norm is slow along so short an axis."""
    a, b, c = steps[..., 0], steps[..., 1], steps[..., 2]
    found: NDArray[Any] = np.sqrt(a * a + b * b + c * c)
    return found


def commonest(some: NDArray[Any], among: NDArray[Any], weight: NDArray[Any] | float = 1.0) -> int:
    """The index of that colour of `some` (N, 3) which most of `among` (M, 3), by their `weight` (M,), are like.

    Lab, weighted so that the length of a difference says how unlike two colours are.
    """
    one, other = np.asarray(some, np.float64), np.asarray(among, np.float64)
    square = (one * one).sum(1)[:, None] + (other * other).sum(1) - 2 * one @ other.T
    return int((np.exp(square / -(ALIKE**2)) * weight).sum(1).argmax())


def least_squares(system: NDArray[Any], target: NDArray[Any]) -> NDArray[np.float64]:
    """The solution (k, c) of `system` (n, k) for `target` (n, c) by the normal equations; the system must be far from
    singular, as those of a few smooth terms with a ridge are."""
    solved: NDArray[np.float64] = np.linalg.solve(system.T @ system, system.T @ target)
    return solved
