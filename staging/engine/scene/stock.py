"""The furniture that the arranger may choose from, and how large each piece may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from staging.engine.scene.arrangement import Piece
from staging.engine.scene.frames import Frame

Size = tuple[float, float, float]


class Range(Protocol):
    """What the arranger needs to know of a kind: sizes (width, depth, height) in metres."""

    @property
    def smallest(self) -> Size: ...

    @property
    def largest(self) -> Size: ...


@dataclass(frozen=True)
class Stock:
    """The kinds there are, in one style. `size_for(kind, style)` answers the usual size."""

    kinds: Mapping[str, Range]
    size_for: Callable[[str, str], Size]
    style: str

    def usual(self, kind: str) -> Size:
        """The usual size of a kind in this style, metres."""
        return self.size_for(kind, self.style)

    def size(
        self, kind: str, *, width: float | None = None, depth: float | None = None, height: float | None = None
    ) -> Size:
        """The usual size with the wished-for measures, each kept within what can be built."""
        usual, spec = self.usual(kind), self.kinds[kind]
        wished = (width, depth, height)
        w, d, h = (
            min(max(usual[i] if wish is None else wish, spec.smallest[i]), spec.largest[i])
            for i, wish in enumerate(wished)
        )
        return (w, d, h)

    def scaled(self, kind: str, share: float) -> Size:
        """The usual size with width and depth multiplied by `share`, kept within what can be built."""
        w, d, _ = self.usual(kind)
        return self.size(kind, width=w * share, depth=d * (1 + share) / 2)

    def piece(
        self,
        kind: str,
        frame: Frame,
        *,
        size: Size | None = None,
        turn: float = 0.0,
        z: float = 0.0,
        role: str = "companion",
        **options: Any,
    ) -> Piece:
        """A piece with its middle at the origin of `frame`, looking its way, `turn` degrees further; without an id."""
        w, d, h = (round(v, 3) for v in size or self.usual(kind))
        return Piece(
            id="",
            kind=kind,
            style=self.style,
            size=(w, d, h),
            x=round(frame.x, 3),
            y=round(frame.y, 3),
            z=round(z, 3),
            turn=round((frame.turn + turn + 180.0) % 360.0 - 180.0, 1),
            role=role,
            options=options,
        )
