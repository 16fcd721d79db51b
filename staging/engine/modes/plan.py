"""How much work each quality buys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from staging.engine.modes.vocabulary import Quality


@dataclass(frozen=True)
class Plan:
    """Width of the traces in pixels, samples per pixel of the room's traces, samples of the furniture's outline.

    `edited_samples` are those of the furnished room where a person arranged it. Under the denoiser half the samples
    cost an eighth more error (measured against 300), and an editor's next picture comes in half the time.
    """

    trace_width: int
    samples: int
    cover_samples: int
    edited_samples: int


# On two cores with LLVM a 1024 px sample of a furnished room costs about a CPU-second (engine.md, Trace);
# draft is about a quarter of standard.
PLANS: Final[dict[Quality, Plan]] = {
    "draft": Plan(trace_width=448, samples=4, cover_samples=4, edited_samples=4),
    "standard": Plan(trace_width=1024, samples=20, cover_samples=10, edited_samples=10),
    "best": Plan(trace_width=1440, samples=40, cover_samples=16, edited_samples=24),
}


def traced_size(plan: Plan, width: int, height: int) -> int:
    """Width of the trace of a `width` x `height` photo: portraits are traced narrower, small photos at their size."""
    longest = max(width, height)
    return min(width, round(plan.trace_width * width / longest))
