"""`manage.py stage IN OUT`: stage one photo without any server, and say what was read, checked and how long it took."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from PIL import Image

from staging import briefs
from staging.decoding import UndecodableImage, decode
from staging.engine.child import Child
from staging.engine.errors import EngineError
from staging.engine.modes.vocabulary import QUALITIES
from staging.engine.trace.variant import choose

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
        parser.add_argument("source", metavar="IN", type=Path, help="a photo of an empty room")
        parser.add_argument(
            "target", metavar="OUT", type=Path, help="where the staged picture goes: .png, .jpg or .webp"
        )
        parser.add_argument("--room-type", required=True, type=_room_type)
        parser.add_argument("--style", required=True, type=_style)
        parser.add_argument("--seed", type=int, default=0, help="another seed, another arrangement")
        parser.add_argument("--quality", choices=QUALITIES, default="standard")
        parser.add_argument(
            "--mask-out", type=Path, help="where the edit mask goes (.png): black pixels are the photo's"
        )
        parser.add_argument("--time-limit", type=float, default=900.0, help="seconds")

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["target"]
        mask: Path | None = options["mask_out"]
        for path in filter(None, (target, mask)):
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
            record = self._staged(photo, decoded.focal_35mm, options)
            _export(Path(folder) / "staged.png", target)
            if mask is not None:
                _export(Path(folder) / "mask.png", mask)
        self.stdout.write("\n".join(report(record)))
        self.stdout.write(f"written    {target}")

    def _staged(self, photo: Path, focal_35mm: float | None, options: dict[str, Any]) -> dict[str, Any]:
        """Run the job in a child process; CommandError with the engine's own sentence when it fails."""
        brief = {name: options[name] for name in ("room_type", "style", "seed", "quality")}
        payload = {"photo": str(photo), "folder": str(photo.parent), "brief": {"kind": "staging", **brief}}
        progress = self._progress if options["verbosity"] > 1 else None
        try:
            child = Child(choose(settings.ENGINE_TRACER), self.stderr.write)
            try:
                made = child.run(JOB, {**payload, "focal_35mm": focal_35mm}, progress, options["time_limit"])
            finally:
                child.close()
        except EngineError as error:
            raise CommandError(f"{error.message} ({error.kind}: {error.code})") from error
        record: dict[str, Any] = made["record"]
        return record

    def _progress(self, fraction: float, stage: str) -> None:
        self.stderr.write(f"{fraction:4.0%} {stage}")


def _export(made: Path, target: Path) -> None:
    """Write a finished PNG in the format that the target's name asks for, at its own size."""
    kind = FORMATS[target.suffix.lower()]
    if kind == "PNG":
        target.write_bytes(made.read_bytes())
        return
    with Image.open(made) as picture:
        picture.save(target, kind, quality=95, **({"subsampling": 0} if kind == "JPEG" else {}))


def report(record: dict[str, Any]) -> list[str]:
    """Lines for people: the room as read, the pieces, the gates with their figures, the timings, the tracer."""
    room, box = record["room"], record["room"]["box"]
    width, depth = box["x1"] - box["x0"], box["y1"] - box["y0"]
    confidence = room["confidence"].get("total")
    sure = f", confidence {confidence:.2f}" if confidence is not None else ""
    lines = [
        f"room       {width:.2f} m wide, {depth:.2f} m deep, {box['height']:.2f} m high; "
        f"camera at {room['camera']['height']:.2f} m; scale from the {room['scale_source']}; {room['status']}{sure}"
    ]
    for o in room["openings"]:
        lines.append(
            f"           {o['kind']} in the {o['wall']} wall, {o['u1'] - o['u0']:.2f} m wide, "
            f"from {o['z0']:.2f} to {o['z1']:.2f} m"
        )
    light = record["light"]
    how = "flat-light preset" if light["preset"] else f"fitted to {light['error']:.0%}"
    lines.append(f"light      {how}; from {', '.join(light['groups'])}; floor gloss {light['floor_gloss']:.2f}")
    lines += [
        f"piece      {p['kind']:<14} {p['size'][0]:.2f} x {p['size'][1]:.2f} x {p['size'][2]:.2f} m at "
        f"({p['x']:+.2f}, {p['y']:+.2f}), turned {p['turn']:.0f} degrees"
        for p in record["arrangement"]["pieces"]
    ]
    lines += [
        f"gate       {'pass' if g['passed'] else 'FAIL'}  {g['name']}: {g['figure']:g} of {g['limit']:g}  {g['text']}"
        for g in record["gates"]
    ]
    trace, tracer = record["trace"], record["tracer"]
    timings = dict(sorted(record["timings"].items(), key=lambda step: step[0] == "total"))
    seconds = ", ".join(f"{step} {spent:.1f} s" for step, spent in timings.items())
    lines.append(f"timings    {seconds}")
    lines.append(
        f"tracer     {tracer['variant']} ({tracer['why']}), {trace['width']} x {trace['height']}, "
        f"{trace['samples']} samples, seed {record['seed']}"
    )
    return lines
