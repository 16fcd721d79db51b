"""Sheets that show what the engine makes of a folder of photos: pictures side by side, figures, an index of them all.

Pure: no Django, no engine. A sheet is one picture for each photo; the index is a page, a table and JSON.
"""

from __future__ import annotations

import html
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageDraw, ImageFont

GAP: Final = 8  # pixels between panels
TEXT: Final = 15  # height of a letter, pixels
INK: Final = (235, 235, 235)
PAPER: Final = (24, 26, 30)
RED: Final = (255, 110, 100)
GREEN: Final = (130, 220, 140)
COLUMNS: Final = (
    "photo", "returned", "status", "confidence", "cause", "scale", "camera", "width", "depth", "ceiling", "doors",
    "light", "seconds", "gates",
)  # fmt: skip


@dataclass(frozen=True)
class Attempt:
    """What became of one photo.

    `record` is the engine's when a picture came back; `room` is what was read, also of photos that failed
    (None for kinds that read no room); `cause` is the code of the failure and `text` its sentence, else empty.
    """

    photo: str
    brief: dict[str, Any]
    record: dict[str, Any] | None = None
    room: dict[str, Any] | None = None
    cause: str = ""
    text: str = ""
    seconds: float = 0.0
    sheet: str = ""

    def figures(self) -> dict[str, Any]:
        """One row of the table, by `COLUMNS`."""
        room, record = self.room or {}, self.record or {}
        box, confidence = room.get("box"), room.get("confidence", {})
        doors = [o["z1"] for o in room.get("openings", ()) if o["kind"] == "door"]
        failed = [f"{g['name']} {g['figure']:g}/{g['limit']:g}" for g in record.get("gates", ()) if not g["passed"]]
        values = (
            self.photo,
            self.record is not None,
            room.get("status", ""),
            round(confidence["total"], 3) if "total" in confidence else "",
            self.cause,
            room.get("scale_source", ""),
            round(room["camera"]["height"], 2) if room else "",
            round(box["x1"] - box["x0"], 2) if box else "",
            round(box["y1"], 2) if box else "",
            round(box["height"], 2) if box else "",
            " ".join(f"{z:.2f}" for z in doors),
            _light(record),
            round(self.seconds, 1),
            "; ".join(failed),
        )
        return dict(zip(COLUMNS, values, strict=True))

    def lines(self) -> list[tuple[str, bool]]:
        """The figures in words, with whether each is good news."""
        row, record = self.figures(), self.record or {}
        brief = ", ".join(f"{name} {value}" for name, value in self.brief.items())
        said = [(f"{self.photo}   {brief}   {self.seconds:.0f} s", True)]
        if self.room:
            size = (
                f"{row['width']} x {row['depth']} m, ceiling {row['ceiling']}, camera {row['camera']} ({row['scale']})"
            )
            rest = f"doors {row['doors'] or 'none'}   light {row['light']}"
            said.append((f"{row['status']} {row['confidence']}   {size}   {rest}", row["status"] != "manual"))
        if self.cause:
            said.append((f"{self.cause}: {self.text}", False))
        said += [(f"{g['name']} {g['figure']:g} of {g['limit']:g}", g["passed"]) for g in record.get("gates", ())]
        return said


def _light(record: dict[str, Any]) -> str:
    light = record.get("light")
    if not light:
        return ""
    return "preset" if light["preset"] else f"{light['error']:.2f}"


def draw(panels: Sequence[tuple[str, Image.Image]], attempt: Attempt, width: int) -> Image.Image:
    """One sheet: the titled `panels` side by side, each `width` pixels wide, over the attempt's figures."""
    sized = [(title, p.convert("RGB").resize((width, round(p.height * width / p.width)))) for title, p in panels]
    lines = attempt.lines()
    gates = lines[3 if attempt.cause else 2 :]
    heads = lines[: len(lines) - len(gates)]
    per_row = max(1, len(panels))
    tall = max(p.height for _, p in sized)
    rows = len(heads) + -(-len(gates) // (per_row * 2))
    sheet = Image.new("RGB", (per_row * (width + GAP) + GAP, tall + 2 * GAP + (rows + 2) * (TEXT + 6)), PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(TEXT)
    for i, (title, panel) in enumerate(sized):
        left = GAP + i * (width + GAP)
        pen.text((left, 3), title, INK, font)
        sheet.paste(panel, (left, TEXT + GAP))
    y = tall + TEXT + 2 * GAP
    for text, good in heads:
        pen.text((GAP, y), text, INK if good else RED, font)
        y += TEXT + 6
    step = (width + GAP) // 2
    for i, (text, good) in enumerate(gates):
        at = GAP + i % (per_row * 2) * step, y + i // (per_row * 2) * (TEXT + 6)
        pen.text(at, text, GREEN if good else RED, font)
    return sheet


def summary(attempts: Sequence[Attempt]) -> list[str]:
    """How many came back, by status, and the failures by cause."""
    returned = [a for a in attempts if a.record is not None]
    by_status = Counter(str(a.figures()["status"] or "no room") for a in returned)
    causes = Counter(a.cause for a in attempts if a.cause)
    lines = [f"{len(returned)} of {len(attempts)} photos came back as pictures"]
    lines += [f"  {status}: {count}" for status, count in sorted(by_status.items())]
    lines += [f"failed, {cause}: {count}" for cause, count in causes.most_common()]
    return lines


def write_index(attempts: Sequence[Attempt], folder: Path) -> None:
    """index.html, figures.tsv and figures.json beside the sheets in `folder`."""
    rows = [attempt.figures() for attempt in attempts]
    table = ["\t".join(COLUMNS), *("\t".join(str(row[c]) for c in COLUMNS) for row in rows)]
    (folder / "figures.tsv").write_text("\n".join(table) + "\n")
    facts = [{**row, "brief": a.brief, "text": a.text, "room": a.room} for row, a in zip(rows, attempts, strict=True)]
    (folder / "figures.json").write_text(json.dumps(facts, indent=1))
    shown = "\n".join(
        f'<figure><img loading="lazy" src="{html.escape(a.sheet)}" alt="{html.escape(a.photo)}"></figure>'
        for a in attempts
        if a.sheet
    )
    said = html.escape("\n".join(summary(attempts)))
    (folder / "index.html").write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Contact sheet</title>'
        "<style>body{background:#181a1e;color:#eee;font:15px sans-serif}img{width:100%}figure{margin:0 0 1em}</style>"
        f"<h1>Contact sheet</h1><pre>{said}</pre>\n{shown}\n</html>\n"
    )
