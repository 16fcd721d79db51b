"""What the record of a picture says, in lines for people: the room, the pieces, the gates, the timings, the tracer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def lines(record: dict[str, Any]) -> Iterator[str]:
    """Lines for a terminal; what a mode's record does not have is left out."""
    if room := record.get("room"):
        yield from _room(room)
    if light := record.get("light"):
        how = "flat-light preset" if light["preset"] else f"fitted to {light['error']:.0%}"
        yield f"light      {how}; from {', '.join(light['groups'])}; floor gloss {light['floor_gloss']:.2f}"
    for p in (record.get("arrangement") or {}).get("pieces", ()):
        yield (
            f"piece      {p['kind']:<14} {p['size'][0]:.2f} x {p['size'][1]:.2f} x {p['size'][2]:.2f} m at "
            f"({p['x']:+.2f}, {p['y']:+.2f}), turned {p['turn']:.0f} degrees"
        )
    if (removed := record.get("removed")) and not removed["anything"]:
        yield "removed    nothing: no furniture was found that could be told from the room"
    for g in record.get("gates", ()):
        verdict = "pass" if g["passed"] else "FAIL"
        yield f"gate       {verdict}  {g['name']}: {g['figure']:g} of {g['limit']:g}  {g['text']}"
    if (share := record.get("mask_share")) is not None:
        yield f"mask       {share:.1%} of the picture may differ from the photo"
    if resampled := record.get("resampled"):
        yield f"resampled  {resampled}"
    plants = record.get("redesign", {}).get("plants", {})
    if plants:
        yield f"planted    {', '.join(f'{number} {species}' for species, number in plants.items())}"
    timings = dict(sorted(record.get("timings", {}).items(), key=lambda step: step[0] == "total"))
    yield f"timings    {', '.join(f'{step} {spent:.1f} s' for step, spent in timings.items())}"
    tracer, trace = record["tracer"], record.get("trace")
    nothing = "" if plants else "; nothing was traced"
    traced = f", {trace['width']} x {trace['height']}, {trace['samples']} samples" if trace else nothing
    yield f"tracer     {tracer['variant']} ({tracer['why']}){traced}, seed {record.get('seed', 0)}"


def _room(room: dict[str, Any]) -> Iterator[str]:
    box = room["box"]
    width, depth = box["x1"] - box["x0"], box["y1"] - box["y0"]
    confidence = room["confidence"].get("total")
    sure = f", confidence {confidence:.2f}" if confidence is not None else ""
    yield (
        f"room       {width:.2f} m wide, {depth:.2f} m deep, {box['height']:.2f} m high; "
        f"camera at {room['camera']['height']:.2f} m; scale from the {room['scale_source']}; {room['status']}{sure}"
    )
    for o in room["openings"]:
        yield (
            f"           {o['kind']} in the {o['wall']} wall, {o['u1'] - o['u0']:.2f} m wide, "
            f"from {o['z0']:.2f} to {o['z1']:.2f} m"
        )
