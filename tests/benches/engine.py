"""`make bench`: the figures of the README's performance table, as ratios within one run on one machine.

A time in seconds says as much about the machine and its other work as about the program; a ratio of two times taken
one after the other says what the program adds. Run it on a machine that does nothing else.
`python -m tests.benches.engine llvm` measures that tracer alone, `llvm modes memory` those parts of it.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from staging.engine.child import Child
from staging.engine.errors import EngineError, UnusablePhoto
from staging.engine.scene.changes import changed
from staging.engine.trace.variant import Variant, choose
from tests.benches import subjects
from tests.benches.subjects import SAMPLE

JOB = "staging.engine.modes.job.make"
TIME_LIMIT = 1800.0
WIDTH = 1800  # pixels
PARTS = ("staging", "memory", "modes")
BRIEF = {"kind": "staging", "room_type": "living", "style": "modern", "quality": "standard", "seed": 1}


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


def made(child: Child, photo: Path, folder: Path, brief: dict[str, Any], **kept: Any) -> Taken:
    """Make a picture in the child; `kept` may hold what an earlier record says, and the bytes of memory for results."""
    payload = {"photo": str(photo), "folder": str(folder), "brief": {**BRIEF, **brief}, **kept}
    started = time.perf_counter()
    answer = child.run(JOB, payload, None, TIME_LIMIT)
    return Taken(time.perf_counter() - started, answer["record"])


def forget(child: Child, photo: Path, folder: Path) -> None:
    """Let the child forget all that it worked out: it keeps nothing while it is asked for what no engine makes."""
    payload = {"photo": str(photo), "folder": str(folder), "brief": {"kind": "nothing"}, "memory": 0}
    with contextlib.suppress(UnusablePhoto):
        child.run(JOB, payload, None, TIME_LIMIT)


def forget_peak(pid: int | None) -> None:
    """Let the kernel count a process's peak memory from now on, where it can (Linux)."""
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")


def peak_megabytes(pid: int | None) -> float:
    """The largest resident size of a process since `forget_peak`, MB; not a number where the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return float("nan")
    peaks = [int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")]
    return peaks[0] if peaks else float("nan")


def sized(folder: Path, width: int) -> Path:
    """The sample photo at this width."""
    path = folder / f"photo-{width}.jpg"
    with Image.open(SAMPLE) as sample:
        height = round(width * sample.height / sample.width)
        sample.resize((width, height), Image.Resampling.LANCZOS).save(path, quality=92)
    return path


def measure(variant: Variant, parts: set[str]) -> Iterator[tuple[str, str]]:
    """The rows of these parts for one tracer variant: what was compared, and the figure."""
    child = Child(variant)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        photo = sized(folder, WIDTH)
        try:
            child.warm()
            made(child, photo, folder, {"quality": "draft"})  # kernels are compiled once a process
            forget(child, photo, folder)
            forget_peak(child.pid)
            standard = made(child, photo, folder, {})
            peak = peak_megabytes(child.pid)
            if "staging" in parts:
                yield from staging_rows(child, photo, folder, standard)
            if "memory" in parts:
                yield from memory_rows(child, folder)
            if "modes" in parts:
                yield from mode_rows(child, folder, WIDTH, (standard.seconds, peak))
        finally:
            child.close()


def staging_rows(child: Child, photo: Path, folder: Path, standard: Taken) -> Iterator[tuple[str, str]]:
    """What staging costs against its own trace, and drafts and edits against it; nothing is known of the photo but
    where the row says so."""
    trace, record = standard.record["trace"], standard.record
    yield "standard, end to end / bare trace of the furnished frame", ratio(standard.seconds, standard.trace_seconds)
    yield "standard traced at", f"{trace['width']} px, {trace['samples']} samples"
    yield "standard, seconds here", f"{standard.seconds:.0f}"
    kept = {name: record[name] for name in ("room", "arrangement", "light")}
    piece = next(p for p in kept["arrangement"]["pieces"] if p["role"] == "companion" and p["z"] == 0.0)
    shifted = {"do": "move", "id": piece["id"], "x": piece["x"] + 0.03}
    kept["arrangement"] = changed(kept["room"], kept["arrangement"], shifted)["arrangement"]
    edited = made(child, photo, folder, {}, **kept)
    yield "one piece moved / standard", ratio(edited.seconds, standard.seconds)
    yield "the moved one traced at", f"{edited.record['trace']['samples']} samples"
    again = made(child, photo, folder, {"quality": "draft"})
    yield "draft of a photo that was read before / standard", ratio(again.seconds, standard.seconds)
    forget(child, photo, folder)
    draft = made(child, photo, folder, {"quality": "draft"})
    yield "draft of a photo never seen before / standard", ratio(draft.seconds, standard.seconds)


def memory_rows(child: Child, folder: Path) -> Iterator[tuple[str, str]]:
    """Peak memory of the child at 12 megapixels, and where a smaller photo is staged at 3840 pixels."""
    for what, photo, brief in (
        ("12 MP photo", sized(folder, 4243), {}),
        ("1800 px photo staged at 3840 px", sized(folder, 1800), {"long_edge": 3840}),
    ):
        forget_peak(child.pid)
        made(child, photo, folder, brief)
        yield f"peak memory of the engine's child, {what}", f"{peak_megabytes(child.pid):.0f} MB"


def mode_rows(child: Child, folder: Path, width: int, staging: tuple[float, float]) -> Iterator[tuple[str, str]]:
    """Every other mode on what fits it at the same width, its time and memory against `staging` (seconds, MB)."""
    for mode, brief in subjects.MODES.items():
        paths = {name: Path(path) for name, path in subjects.write(mode, folder, width).items()}
        photo, rest = paths.pop("photo"), {name: str(path) for name, path in paths.items()}
        forget_peak(child.pid)
        try:
            taken = made(child, photo, folder, brief, memory=0, **rest)
        except EngineError as error:
            yield f"{mode} / staging", f"refuses this photo: {error.code}"
            continue
        time_share, memory_share = taken.seconds / staging[0], peak_megabytes(child.pid) / staging[1]
        yield f"{mode} / staging, time and memory", f"{time_share:.2f}, {memory_share:.2f}"


def ratio(part: float, whole: float) -> str:
    return f"{part / whole:.2f}"


def main() -> None:
    """Print the table for every variant that this machine can run."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    say(f"{os.cpu_count()} cores, load before the run {load:.1f}, Python {sys.version.split()[0]}")
    usual = choose()
    variants = [usual] if usual.name == "scalar_rgb" else [usual, choose("scalar")]
    named = sys.argv[1:]
    parts = {name for name in named if name in PARTS} or set(PARTS)
    if set(named) - parts:
        variants = [choose(name) for name in named if name not in parts]
    say("\n| tracer | what | figure |\n|---|---|---|")
    for variant in variants:
        for what, figure in measure(variant, parts):
            say(f"| {variant.name} | {what} | {figure} |")


if __name__ == "__main__":
    main()
