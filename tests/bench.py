"""`make bench`: the figures of the README's performance table, as ratios within one run on one machine.

A time in seconds says as much about the machine and its other work as about the program; a ratio of two times taken
one after the other says what the program adds. Run it on a machine that does nothing else.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from staging.engine.child import Child
from staging.engine.trace.variant import Variant, choose

SAMPLE = Path(__file__).resolve().parents[1] / "config" / "static" / "samples" / "empty-living-room.jpg"
JOB = "staging.engine.modes.job.make"
TIME_LIMIT = 1800.0


@dataclass(frozen=True)
class Taken:
    """One picture: `seconds` by the clock from the job's hand-over to its answer, and the engine's own record."""

    seconds: float
    record: dict[str, Any]

    @property
    def trace_seconds(self) -> float:
        return float(self.record["timings"]["trace_furnished"])


def say(text: str) -> None:
    """One line, at once."""
    print(text, flush=True)


def staged(child: Child, photo: Path, folder: Path, quality: str, **kept: Any) -> Taken:
    """Stage `photo` in the child at a quality; `kept` may hold a room and an arrangement of an earlier record."""
    brief = {"kind": "staging", "room_type": "living", "style": "modern", "quality": quality, "seed": 1}
    payload = {"photo": str(photo), "folder": str(folder), "brief": brief, **kept}
    started = time.perf_counter()
    answer = child.run(JOB, payload, None, TIME_LIMIT)
    return Taken(time.perf_counter() - started, answer["record"])


def peak_megabytes(pid: int | None) -> float | None:
    """The largest resident size of a process so far, MB; None where the system does not tell (not Linux)."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return None
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), None)


def measure(variant: Variant) -> list[tuple[str, str]]:
    """The rows of one tracer variant: what was compared, and the figure."""
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        photo = folder / "photo.jpg"
        with Image.open(SAMPLE) as sample:
            sample.resize((1800, round(1800 * sample.height / sample.width)), Image.Resampling.LANCZOS).save(
                photo, quality=92
            )
        child = Child(variant)
        try:
            child.warm()
            staged(child, photo, folder, "draft")  # the kernels of the tracer are compiled once a process
            standard = staged(child, photo, folder, "standard")
            draft = staged(child, photo, folder, "draft")
            trace = standard.record["trace"]
            rows += [
                (
                    "standard, end to end / bare trace of the furnished frame",
                    ratio(standard.seconds, standard.trace_seconds),
                ),
                ("draft / standard", ratio(draft.seconds, standard.seconds)),
                ("standard traced at", f"{trace['width']} px, {trace['samples']} samples"),
                ("standard, seconds here", f"{standard.seconds:.0f}"),
            ]
            if variant.name != "scalar_rgb":
                rows.append(("peak memory of the engine's child, 12 MP photo", memory_at_12_megapixels(child, folder)))
        finally:
            child.close()
    return rows


def memory_at_12_megapixels(child: Child, folder: Path) -> str:
    """Stage a 4243 x 2828 photo and read the child's peak memory."""
    photo = folder / "large.jpg"
    with Image.open(SAMPLE) as sample:
        sample.resize((4243, 2828), Image.Resampling.BICUBIC).save(photo, quality=90)
    staged(child, photo, folder, "standard")
    peak = peak_megabytes(child.pid)
    return "not known on this system" if peak is None else f"{peak:.0f} MB"


def ratio(part: float, whole: float) -> str:
    return f"{part / whole:.2f}"


def main() -> None:
    """Print the table for every variant that this machine can run."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    say(f"{os.cpu_count()} cores, load before the run {load:.1f}, Python {sys.version.split()[0]}")
    usual = choose()
    variants = [usual] if usual.name == "scalar_rgb" else [usual, choose("scalar")]
    say("\n| tracer | what | figure |\n|---|---|---|")
    for variant in variants:
        for what, figure in measure(variant):
            say(f"| {variant.name} | {what} | {figure} |")


if __name__ == "__main__":
    main()
