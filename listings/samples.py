"""The two rooms that come with Openhouse: our own tracer photographed them, for whoever has no photo at hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

# From the studio's small choice to a hero on a sharp screen.
WIDTHS = (320, 640, 960, 1600)
# Pages of the studio over our rooms, as the front page shows them, and how wide those are needed.
SCREENS = ("samples/editor.jpg", "samples/delivery.jpg")
SCREEN_WIDTHS = (320, 640, 960, 1280)


@dataclass(frozen=True)
class Sample:
    """One room; `name` is how the files of its staged pictures begin."""

    name: str
    title: str
    empty: str

    @property
    def file(self) -> Path:
        """Where the photo of the empty room lies."""
        return _static() / self.empty

    @property
    def staged(self) -> str:
        """The static file of a staged picture of it; empty while none has been made."""
        found = sorted((_static() / "samples" / "after").glob(f"{self.name}*.jpg"))
        return found[0].relative_to(_static()).as_posix() if found else ""


def web_copies(name: str) -> dict[int, str]:
    """The static file `name` as WebP in the widths that screens need, by width. `manage.py web_samples` writes them."""
    widths = SCREEN_WIDTHS if name in SCREENS else WIDTHS
    return {width: f"samples/web/{Path(name).stem}-{width}.webp" for width in widths}


def _static() -> Path:
    return Path(settings.BASE_DIR) / "config" / "static"


LIVING_ROOM = Sample("living", "living room", "samples/empty-living-room.jpg")
BEDROOM = Sample("bed", "bedroom", "samples/empty-bedroom.jpg")
SAMPLES = {sample.name: sample for sample in (LIVING_ROOM, BEDROOM)}
