"""`manage.py stage_samples`: remake every picture of our sample rooms that the product ships, the empty rooms excepted.

Stages both rooms, lays one beside its empty photo, photographs the catalogue, and writes the copies for the web. Run it
when furniture, cloth or light changed, look at what came out, and commit it. The screens of the studio (`editor.jpg`,
`delivery.jpg`) are pictures of pages, and stay.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from PIL import Image

from listings import samples
from staging.engine.modes.vocabulary import QUALITIES

JPEG_QUALITY: Final = 88
SPLIT_WIDTH: Final = 1200  # pixels
SPLIT: Final = 0.34  # of the width: more of the furniture than of the empty room
DIVIDER: Final = 4  # pixels
CELL: Final = 80  # pixels of each piece on the sheet of the furniture


@dataclass(frozen=True)
class Shown:
    """A staged picture that the product shows: its file among `samples/after`, and the brief that makes it."""

    name: str
    room: samples.Sample
    style: str
    seed: int


SHOWN: Final = (
    Shown("living-scandinavian", samples.LIVING_ROOM, "scandinavian", 5),
    Shown("bed-scandinavian", samples.BEDROOM, "scandinavian", 5),
    Shown("bedroom-coastal", samples.BEDROOM, "coastal", 6),
)
COMPARED: Final = SHOWN[0]


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--quality", choices=QUALITIES, default="best")
        parser.add_argument("--no-catalogue", action="store_true", help="leave the sheet of the furniture as it is")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "config" / "static" / "samples"
        for shown in SHOWN:
            self._stage(shown, folder / "after" / f"{shown.name}.jpg", options["quality"])
        with (
            Image.open(COMPARED.room.file) as empty,
            Image.open(folder / "after" / f"{COMPARED.name}.jpg") as staged,
        ):
            split(empty.convert("RGB"), staged.convert("RGB")).save(
                folder / "before-after.jpg", quality=JPEG_QUALITY, optimize=True
            )
        if not options["no_catalogue"]:
            call_command("render_catalogue", str(folder / "catalogue.jpg"), cell=CELL, stdout=self.stdout)
        call_command("web_samples", stdout=self.stdout)

    def _stage(self, shown: Shown, target: Path, quality: str) -> None:
        with tempfile.TemporaryDirectory(prefix="openhouse-samples-") as scratch:
            made = Path(scratch) / "staged.png"
            brief = {"room_type": shown.room.name, "style": shown.style, "seed": shown.seed, "quality": quality}
            call_command("stage", str(shown.room.file), str(made), **brief, stdout=self.stdout)
            with Image.open(made) as picture:
                picture.convert("RGB").save(target, quality=JPEG_QUALITY, optimize=True)


def split(empty: Image.Image, staged: Image.Image) -> Image.Image:
    """The left part of the empty room beside the rest of the staged one, a white line between; both of one size."""
    size = SPLIT_WIDTH, round(SPLIT_WIDTH * empty.height / empty.width)
    before, after = (picture.resize(size, Image.Resampling.LANCZOS) for picture in (empty, staged))
    at = round(SPLIT * size[0])
    after.paste(before.crop((0, 0, at, size[1])), (0, 0))
    after.paste((255, 255, 255), (at, 0, at + DIVIDER, size[1]))
    return after
