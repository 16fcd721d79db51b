"""A gate: one yes-or-no question put to every picture, with the figure that answered it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Gate:
    """`figure` is what was measured and `limit` what it was held against; `text` says both in a sentence for people."""

    name: str
    passed: bool
    figure: float
    limit: float
    text: str
