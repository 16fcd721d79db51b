"""A gate: one yes-or-no question put to every picture, with the figure that answered it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Gate:
    """`figure` is what was measured and `limit` what it was held against; `text` says both in a sentence for people."""

    name: str
    passed: bool
    figure: float
    limit: float
    text: str

    def to_dict(self) -> dict[str, Any]:
        """In plain JSON types; numpy's own numbers are none."""
        figure, limit = round(float(self.figure), 5), round(float(self.limit), 5)
        return {"name": self.name, "passed": bool(self.passed), "figure": figure, "limit": limit, "text": self.text}
