"""Passes that are traced once and then replayed.

Dr.Jit calls every surface, shape and emitter that is alive, nested ones too, to put the program of a pass together, and
hashes that program to find its kernel: 20 ms of one core in an empty room, 120 ms in a furnished one, for each pass. A
recording launches the same kernel on the same inputs at once, so that bytes are the same.
Import only in a process in which a variant is active.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import drjit as dr
import mitsuba as mi

from staging.engine.trace import kernels

logger = logging.getLogger(__name__)


class Replay:
    """A function of Dr.Jit's arrays and of Mitsuba's objects, recorded at its first call and replayed at the others.

    What Dr.Jit cannot see may be compiled into a recording: plain numbers in Mitsuba's objects, and how many of these
    there are. So one `Replay` belongs to one scene through one camera and is dropped with them, and of its arguments
    only arrays and plain values may change.
    """

    failed = False  # whether some recording did: then this process makes none

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._recorded = _frozen(function)

    def __call__(self, *arguments: Any) -> Any:
        if self._recorded is None or Replay.failed:
            return self._function(*arguments)
        try:
            return self._recorded(*arguments)
        except RuntimeError as error:
            Replay.failed, self._recorded = True, None
            logger.warning("passes are traced one by one, as they cannot be recorded here: %s", error)
            return self._function(*arguments)


def _frozen(function: Callable[..., Any]) -> Any:
    """The function as Dr.Jit records it; None where it is not known to do so (CUDA was never tried)."""
    if not str(mi.variant()).startswith("llvm") or not hasattr(dr, "freeze"):
        return None
    # Surfaces in surfaces are found only where one of their kind is among what is given.
    return dr.freeze(function, state_fn=lambda *_arguments: list(kernels.keep_alike()))
