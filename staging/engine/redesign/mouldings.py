"""Where skirtings end above and cornices below: level lines on the walls, which paint must not cross."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from staging.engine.geometry.walls import PER_METRE, WallPicture
from staging.engine.redesign.matting import Floats, Mask
from staging.engine.scene.room import Opening

SKIRTING: Final = (0.05, 0.27)  # metres above the floor in which a skirting's top is looked for
CORNICE: Final = (0.05, 0.30)  # metres below the ceiling in which a cornice's foot is looked for
_BLOCK: Final = 0.2  # metres of wall that vote together
_EVIDENCE: Final = 0.3  # mean edge evidence of a vote
_NEAR: Final = 0.022  # metres from the common line at which a vote counts for it
_CORNICE_STEP: Final = 6.0  # Lab units across a cornice's foot
_AGREED: Final = 0.5  # share of the blocks that must


@dataclass(frozen=True)
class Line:
    """A nearly level line on a wall: height = `start` + `slope` * u, metres."""

    start: float
    slope: float

    def height(self, along: Any) -> Floats:
        """Metres above the floor at places along the wall."""
        return np.asarray(self.start + self.slope * along, np.float32)


def skirting_top(picture: WallPicture, openings: tuple[Opening, ...]) -> Line | None:
    """The upper edge of the skirting, where one is seen along most of the wall."""
    return _line(picture, openings, SKIRTING, lowest=False)


def foot_shown(picture: WallPicture) -> float:
    """The share, 0..1, of the strip in which a skirting's top is looked for that the photo shows."""
    return float(picture.seen[picture.row(SKIRTING[1]) : picture.row(SKIRTING[0])].mean())


def cornice_foot(picture: WallPicture, openings: tuple[Opening, ...]) -> Line | None:
    """The lower edge of the cornice, where one is seen along most of the wall."""
    height = picture.height
    return _line(picture, openings, (height - CORNICE[1], height - CORNICE[0]), lowest=True)


def _line(
    picture: WallPicture, openings: tuple[Opening, ...], span: tuple[float, float], *, lowest: bool
) -> Line | None:
    votes, blocks = _votes(picture, openings, span)
    if len(votes) < 3:
        return None
    u, z, weight = np.array(votes).T
    # The pelmet of a blind hangs over its window as a cornice does, and ends with it.
    clear = ~_over_one(openings, blocks) if lowest else np.ones(len(blocks), bool)
    clear_votes = ~_over_one(openings, u) if lowest else np.ones(len(u), bool)
    best: tuple[float, Line] | None = None
    for i in range(len(u)):
        for j in range(i, len(u)):
            slope = (z[j] - z[i]) / (u[j] - u[i]) if abs(u[j] - u[i]) > 0.5 else 0.0
            if abs(slope) > 0.05:
                continue
            line = Line(float(z[i] - slope * u[i]), float(slope))
            near = np.abs(line.height(u) - z) < _NEAR
            # Of several parallel edges the one that bounds the bare wall.
            reach = float(line.height(np.array([u.mean()]))[0]) * (-1 if lowest else 1)
            score = float(weight[near].sum()) + 0.5 * reach
            agreed = _places(u[near]) >= _AGREED * len(blocks)
            agreed &= _places(u[near & clear_votes]) >= _AGREED * clear.sum()
            if agreed and (best is None or score > best[0]):
                if lowest and _step(picture, line) < _CORNICE_STEP:
                    continue
                best = score, line
    return None if best is None else best[1]


def _votes(
    picture: WallPicture, openings: tuple[Opening, ...], span: tuple[float, float]
) -> tuple[list[tuple[float, float, float]], Floats]:
    """(u, z, evidence) of the clear level edges of each block of bare wall, and where the blocks are that show it."""
    evidence = picture.level_edges
    top, bottom = picture.row(span[1]), picture.row(span[0])
    wide = round(_BLOCK * PER_METRE)
    votes: list[tuple[float, float, float]] = []
    blocks: list[float] = []
    middle = sum(span) / 2
    for left in range(0, evidence.shape[1] - wide + 1, wide):
        u = picture.u(left + wide / 2)
        hidden = any(o.u0 - 0.1 < u < o.u1 + 0.1 and o.z0 - 0.1 < middle < o.z1 + 0.1 for o in openings)
        if hidden or picture.seen[top:bottom, left : left + wide].mean() < 0.9:
            continue
        blocks.append(u)
        rows = evidence[top:bottom, left : left + wide].mean(1)
        for row in np.flatnonzero(rows > _EVIDENCE):
            if rows[row] >= rows[max(0, row - 2) : row + 3].max():
                votes.append((u, picture.z(top + row + 0.5), float(rows[row])))
    return votes, np.array(blocks, np.float32)


def _places(u: Floats) -> int:
    """In how many blocks of the wall some places along it lie, metres (n,)."""
    return len(np.unique(np.round(u / _BLOCK)))


def _over_one(openings: tuple[Opening, ...], u: Floats) -> Mask:
    """Which places (n,) along a wall, metres, lie above an opening or its casing."""
    return np.any([np.zeros(len(u), bool), *((o.u0 - 0.1 < u) & (u < o.u1 + 0.1) for o in openings)], axis=0)


def _step(picture: WallPicture, line: Line) -> float:
    """Lab units between what lies just over a line and just under it: a soft shadow below the ceiling has few."""
    columns = np.arange(0, picture.lab.shape[1], 6)
    z = line.height(picture.u(0) + (columns + 0.5) / PER_METRE)
    rows = picture.lab.shape[0] - z * PER_METRE
    last = picture.lab.shape[0] - 1
    over, under = (np.clip(np.round(rows + d), 0, last).astype(int) for d in (-3, 3))
    shown = picture.seen[over, columns] & picture.seen[under, columns]
    steps = np.linalg.norm(picture.lab[over, columns] - picture.lab[under, columns], axis=-1)[shown]
    return float(np.median(steps)) if len(steps) else 0.0
