"""`manage.py stage IN OUT`: one photo without any server; says what was read, checked and how long it took.

Furnishes the room, or with --kind empties it, redesigns it (also a house front), or renders a sketch.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from PIL import Image

from staging import briefs, readout
from staging.decoding import UndecodableImage, decode
from staging.engine.child import Child
from staging.engine.errors import EngineError
from staging.engine.modes.vocabulary import DECLUTTER, KINDS, QUALITIES, SPACES
from staging.engine.server.brief import read_brief
from staging.engine.server.refusals import Refused
from staging.engine.trace.variant import choose
from staging.models import MAIN_ROLES, Role

FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
JOB = "staging.engine.modes.job.make"


def _room_type(text: str) -> str:
    try:
        found = briefs.room_type(text)
    except ValueError:
        found = None
    if found not in briefs.STAGEABLE_ROOMS:
        known = ", ".join(sorted(briefs.STAGEABLE_ROOMS))
        raise argparse.ArgumentTypeError(f"{text!r} cannot be staged; choose one of {known}")
    return found.value


def _style(text: str) -> str:
    try:
        return briefs.style(text).value
    except ValueError:
        known = ", ".join(style.value for style in briefs.Style)
        raise argparse.ArgumentTypeError(f"{text!r} is no style; choose one of {known}") from None


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("source", metavar="IN", type=Path, help="a photo, or with --kind sketch a drawing")
        parser.add_argument("target", metavar="OUT", type=Path, help="where the picture goes: .png, .jpg or .webp")
        parser.add_argument("--kind", choices=KINDS, default="staging")
        parser.add_argument("--room-type", type=_room_type, help="needed for what is done indoors, but for declutter")
        parser.add_argument("--style", type=_style, help="needed unless the room is only emptied, or only made dusk")
        parser.add_argument("--space", choices=SPACES, default="interior", help="of a redesign or a sketch")
        parser.add_argument("--dusk", action="store_true", help="a house front at dusk (redesign)")
        parser.add_argument("--declutter", choices=DECLUTTER, help="empty the room first; --kind declutter: on")
        parser.add_argument("--mask", type=Path, help="what to remove: a picture in black and white (white goes)")
        parser.add_argument(
            "--emptied-out", type=Path, help="where the emptied room goes, when it is staged or redesigned too"
        )
        parser.add_argument("--long-edge", type=int, help="pixels of the finished picture's long side; 3840 is 4K")
        parser.add_argument("--seed", type=int, default=0, help="another seed, another arrangement")
        parser.add_argument("--quality", choices=QUALITIES, default="standard")
        parser.add_argument(
            "--mask-out", type=Path, help="where the edit mask goes (.png): black pixels are the photo's"
        )
        parser.add_argument("--time-limit", type=float, default=900.0, help="seconds")

    def handle(self, *args: Any, **options: Any) -> None:
        brief = _brief(options)
        # The main picture last: of a room that is only emptied, it is the emptied one.
        wanted = {
            Role.MASK: options["mask_out"],
            Role.EMPTIED: options["emptied_out"],
            MAIN_ROLES[briefs.Kind(brief["kind"])]: options["target"],
        }
        targets: dict[str, Path] = {role: path for role, path in wanted.items() if path is not None}
        for path in targets.values():
            if path.suffix.lower() not in FORMATS:
                raise CommandError(f"{path.name}: the name must end in {', '.join(FORMATS)}.")
            if not path.absolute().parent.is_dir():
                raise CommandError(f"{path.parent} is no folder.")
        try:
            decoded = decode(options["source"])
        except (UndecodableImage, OSError) as error:
            raise CommandError(f"{options['source']}: {error}") from error
        with tempfile.TemporaryDirectory(prefix="openhouse-stage-") as folder:
            photo = Path(folder) / "photo.png"
            decoded.image.save(photo, compress_level=1)
            record = self._made(photo, decoded.focal_35mm, brief, options)
            for role, path in targets.items():
                if not (Path(folder) / f"{role}.png").exists():
                    raise CommandError(f"This job made no picture called {role}.")
                _export(Path(folder) / f"{role}.png", path)
        self.stdout.write("\n".join(readout.lines(record)))
        self.stdout.write(f"written    {options['target']}")

    def _made(self, photo: Path, focal_35mm: float | None, brief: dict[str, Any], options: dict[str, Any]) -> Any:
        """Run the job in a child process; CommandError with the engine's own sentence when it fails."""
        payload = {"photo": str(photo), "folder": str(photo.parent), "brief": brief, "focal_35mm": focal_35mm}
        if options["mask"] is not None:
            payload["mask"] = str(options["mask"])
        progress = self._progress if options["verbosity"] > 1 else None
        try:
            child = Child(choose(settings.ENGINE_TRACER), self.stderr.write)
            try:
                made = child.run(JOB, payload, progress, options["time_limit"])
            finally:
                child.close()
        except EngineError as error:
            raise CommandError(f"{error.message} ({error.kind}: {error.code})") from error
        return made["record"]

    def _progress(self, fraction: float, stage: str) -> None:
        self.stderr.write(f"{fraction:4.0%} {stage}")


def _brief(options: dict[str, Any]) -> dict[str, Any]:
    """The brief as the engine's server would read it; CommandError in the server's own words."""
    names = ("kind", "room_type", "style", "space", "dusk", "declutter", "long_edge", "seed", "quality")
    said = {name: options[name] for name in names if options[name] is not None}
    try:
        return read_brief(said)
    except Refused as refused:
        raise CommandError(str(refused)) from refused


def _export(made: Path, target: Path) -> None:
    """Write a finished PNG in the format that the target's name asks for, at its own size."""
    kind = FORMATS[target.suffix.lower()]
    if kind == "PNG":
        target.write_bytes(made.read_bytes())
        return
    with Image.open(made) as picture:
        picture.save(target, kind, quality=95, **({"subsampling": 0} if kind == "JPEG" else {}))
