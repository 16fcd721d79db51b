"""`manage.py contact_sheet DIR --out DIR`: make pictures of a folder of photos, and lay them out for looking.

Writes one sheet for each photo (before, after, the room as it was read, gates with figures, or why it failed), the
pictures themselves, index.html, figures.tsv and figures.json.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from PIL import Image

from staging import proofsheets
from staging.decoding import UndecodableImage, decode
from staging.engine.child import Child
from staging.engine.errors import EngineError
from staging.engine.modes.vocabulary import KINDS, QUALITIES, ROOM_TYPES, STYLES
from staging.engine.trace.variant import choose
from staging.proofsheets import Attempt

JOB: Final = "staging.engine.modes.job.make"
PROOF: Final = "staging.engine.modes.proof.draw"
PHOTOS: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".avif", ".heic"})
# Parts of file names that tell what a room is. What stands first in the name counts: "living to kitchen" is a living
# room with a view of a kitchen.
NAMED: Final = (
    ("living", "living"), ("lounge", "living"), ("basement", "living"),
    ("bath", "bathroom"), ("kitchen", "kitchen"), ("kid", "kids_room"), ("bed", "bed"), ("dining", "dining"),
    ("office", "home_office"), ("terrace", "outdoor"), ("garden", "outdoor"), ("outdoor", "outdoor"),
)  # fmt: skip


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("source", metavar="DIR", type=Path, help="a folder of photos, or one photo")
        parser.add_argument("--out", required=True, type=Path, help="the folder that the sheets go to")
        parser.add_argument("--kind", choices=KINDS, default="staging")
        parser.add_argument("--brief", type=json.loads, default={}, help="more fields of the brief, as JSON")
        parser.add_argument("--masks", type=Path, help="a folder with a mask NAME.png for photos called NAME")
        parser.add_argument("--room-type", choices=ROOM_TYPES, help="else guessed from the photo's name: living")
        parser.add_argument("--style", choices=STYLES, default="modern")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--quality", choices=QUALITIES, default="draft")
        parser.add_argument("--width", type=int, default=1200, help="long side that larger photos are shrunk to")
        parser.add_argument("--panel", type=int, default=640, help="width of a picture on the sheet")
        parser.add_argument("--match", default="", help="only photos whose name contains this")
        parser.add_argument("--skip", type=int, default=0, help="photos to leave out at the start")
        parser.add_argument("--limit", type=int, help="photos at most")
        parser.add_argument("--time-limit", type=float, default=900.0, help="seconds for each photo")

    def handle(self, *args: Any, **options: Any) -> None:
        photos = list(_photos(options["source"], options["match"]))[options["skip"] :][: options["limit"]]
        if not photos:
            raise CommandError(f"There is no photo in {options['source']}.")
        out: Path = options["out"]
        out.mkdir(parents=True, exist_ok=True)
        attempts: list[Attempt] = []
        with tempfile.TemporaryDirectory(prefix="openhouse-sheet-") as folder:
            child = Child(choose(settings.ENGINE_TRACER), self.stderr.write)
            try:
                for path in photos:
                    attempts.append(_Subject(path, Path(folder), options).made(child))
                    row = attempts[-1].figures()
                    self.stdout.write("\t".join(f"{row[c]}" for c in proofsheets.COLUMNS))
                    proofsheets.write_index(attempts, out)
            except EngineError as error:
                raise CommandError(error.message) from error
            finally:
                child.close()
        self.stdout.write("\n".join(proofsheets.summary(attempts)))


def _photos(source: Path, match: str) -> Iterator[Path]:
    if source.is_file():
        yield source
        return
    if not source.is_dir():
        raise CommandError(f"{source} is no folder.")
    yield from sorted(p for p in source.iterdir() if p.suffix.lower() in PHOTOS and match in p.name)


def room_type_named(name: str) -> str:
    """What a file's name says of the room; "living" where it says nothing that the engine can stage."""
    lower = name.lower()
    found = sorted((lower.index(word), room_type) for word, room_type in NAMED if word in lower)
    said = found[0][1] if found else "living"
    return said if said in ROOM_TYPES else "living"


class _Subject:
    """One photo on its way to a sheet."""

    def __init__(self, path: Path, folder: Path, options: dict[str, Any]) -> None:
        self.path, self.options = path, options
        self.photo, self.folder = folder / "photo.png", folder
        self.focal: float | None = None
        self.brief: dict[str, Any] = {
            "kind": options["kind"],
            "room_type": options["room_type"] or room_type_named(path.name),
            "style": options["style"],
            "seed": options["seed"],
            "quality": options["quality"],
            **options["brief"],
        }

    def made(self, child: Child) -> Attempt:
        """Decode, make, draw the proof, write the sheet; errors of the engine's own set-up are raised."""
        try:
            decoded = decode(self.path)
        except (UndecodableImage, OSError) as error:
            return Attempt(self.path.name, self.brief, cause="undecodable", text=str(error))
        self.focal = decoded.focal_35mm
        decoded.image.thumbnail((self.options["width"],) * 2, Image.Resampling.LANCZOS)
        decoded.image.save(self.photo, compress_level=1)
        began = time.monotonic()
        record, failure = self._record(child)
        seconds = time.monotonic() - began
        room = self._proof(child, record)
        cause, text = (failure.code, failure.message) if failure else ("", "")
        attempt = Attempt(self.path.name, self.brief, record, room, cause, text, seconds, f"{self.path.stem}.sheet.jpg")
        self._sheet(attempt)
        return attempt

    def _record(self, child: Child) -> tuple[dict[str, Any] | None, EngineError | None]:
        for old in self.folder.glob("*.png"):
            if old != self.photo:
                old.unlink()
        payload = {"photo": str(self.photo), "folder": str(self.folder), "brief": self.brief, "focal_35mm": self.focal}
        mask = (self.options["masks"] or self.folder) / f"{self.path.stem}.png"
        if mask.is_file():
            payload["mask"] = str(mask)
        try:
            return child.run(JOB, payload, None, self.options["time_limit"])["record"], None
        except EngineError as error:
            if error.kind == "misconfigured":
                raise
            return None, error

    def _proof(self, child: Child, record: dict[str, Any] | None) -> dict[str, Any] | None:
        """The room, drawn over the photo; None for a kind that reads none."""
        if record is not None and not record.get("room"):
            return None
        payload = {"photo": str(self.photo), "target": str(self.folder / "proof.png"), "focal_35mm": self.focal}
        if record is not None:
            payload |= {"room": record["room"], "arrangement": record.get("arrangement")}
        try:
            room: dict[str, Any] = child.run(PROOF, payload, None, self.options["time_limit"])
        except EngineError as error:
            if error.kind == "misconfigured":
                raise
            return None
        return room

    def _sheet(self, attempt: Attempt) -> None:
        """The sheet with every picture that was made, masks excepted; the pictures also on their own."""
        out: Path = self.options["out"]
        made = sorted(p for p in self.folder.glob("*.png") if p.stem not in ("photo", "proof", "mask"))
        proof = self.folder / "proof.png"
        panels = [("before", self.photo), *((p.stem, p) for p in made), *([("room", proof)] if proof.exists() else [])]
        pictures = []
        for title, path in panels:
            with Image.open(path) as picture:
                pictures.append((title, picture.convert("RGB")))
            if path in made:
                pictures[-1][1].save(out / f"{self.path.stem}.{title}.png", compress_level=3)
        proofsheets.draw(pictures, attempt, self.options["panel"]).save(out / attempt.sheet, quality=88)
