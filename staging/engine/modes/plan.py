"""How much work each quality buys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from staging.engine.modes.vocabulary import Quality


@dataclass(frozen=True)
class Plan:
    """Width of the traces in pixels, samples per pixel of the room's traces, samples of the furniture's outline."""

    trace_width: int
    samples: int
    cover_samples: int


# On two cores with LLVM a 1024 px sample of a furnished room costs about a CPU-second (engine.md, Trace);
# draft is a fifth of standard.
PLANS: Final[dict[Quality, Plan]] = {
    "draft": Plan(trace_width=512, samples=10, cover_samples=6),
    "standard": Plan(trace_width=1024, samples=20, cover_samples=12),
    "best": Plan(trace_width=1440, samples=40, cover_samples=16),
}


def traced_size(plan: Plan, width: int, height: int) -> int:
    """Width of the trace of a `width` x `height` photo: portraits are traced narrower, small photos at their size."""
    longest = max(width, height)
    return min(width, round(plan.trace_width * width / longest))
