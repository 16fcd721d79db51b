"""Fingers on the glass: real touch events of Chromium's own, as a phone's screen sends them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Point = tuple[float, float]


class Fingers:
    """One or more fingers on a page; points are CSS pixels of the window."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.devtools = page.context.new_cdp_session(page)
        self.down: Sequence[Point] = []

    def _send(self, kind: str, points: Sequence[Point]) -> None:
        self.down = points or self.down
        touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self.devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def drag(self, start: Point, end: Point, *, steps: int = 5, midway: Any = None) -> None:
        """Put one finger down, move it, lift it; `midway` is called while it is still down."""
        self._send("touchStart", [start])
        for step in range(1, steps + 1):
            share = step / steps
            self.move((start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])))
        if midway:
            midway()
        self._rest()

    def move(self, point: Point) -> None:
        """The one finger that is down goes there."""
        self._send("touchMove", [point])

    def _rest(self) -> None:
        """Hold still, then lift: a finger that leaves in motion flings, and Chromium swallows the tap after a fling."""
        self.page.wait_for_timeout(120)
        self._send("touchMove", [(x + 0.5, y) for x, y in self.down])
        self._send("touchEnd", [])

    def pinch(self, middle: Point, near: float, far: float) -> None:
        """Two fingers beside `middle`, moved apart from `near` pixels to `far`."""
        x, y = middle
        self._send("touchStart", [(x - near, y)])
        self._send("touchStart", [(x - near, y), (x + near, y)])
        for apart in ((near + far) / 2, far):
            self._send("touchMove", [(x - apart, y), (x + apart, y)])
        self._rest()


def middle(page: Any, selector: str) -> Point:
    """The middle of an element, brought onto the screen."""
    page.locator(selector).first.scroll_into_view_if_needed()
    box = page.locator(selector).first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
