"""What a brief may say, by the kind of job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from staging.engine.modes.vocabulary import DECLUTTER, KINDS, MAP_PURPOSES, QUALITIES, ROOM_TYPES, SPACES, STYLES
from staging.engine.server.refusals import refused

MAX_SEED: Final = 2**31 - 1
# Beyond it a picture is larger than any screen, and than the memory that a job may take.
LONG_EDGES: Final = range(256, 8193)
_OUTDOORS: Final = ("redesign", "sketch")


def read_brief(said: dict[str, Any]) -> dict[str, Any]:
    """`said` with every default written out; what it says beyond our words is kept. Raises Refused with status 400."""
    kind = said.get("kind")
    if kind not in KINDS:
        raise refused("unsupported_kind", f"This engine serves {', '.join(KINDS)}; it was asked for {kind!r}.")
    space = _one_of(said, "space", SPACES, "interior")
    if space == "exterior" and kind not in _OUTDOORS:
        raise refused("unsupported_space", f"Only {' and '.join(_OUTDOORS)} are done outside a house; {kind} is not.")
    dusk = _boolean(said, "dusk")
    if dusk and (kind, space) != ("redesign", "exterior"):
        raise refused("unsupported_dusk", "Only the redesign of an exterior can be at dusk.")
    # An evening alone is in no style: the front keeps its colours.
    if kind in {"staging", "redesign", "sketch"} and not (dusk and said.get("style") is None):
        _one_of(said, "style", STYLES)
        if space == "interior":
            _one_of(said, "room_type", ROOM_TYPES)
    declutter = _one_of(said, "declutter", DECLUTTER, "on" if kind == "declutter" else "off")
    if declutter != "off" and "declutter" not in KINDS:
        raise refused("unsupported_kind", f"This engine serves {', '.join(KINDS)}; it cannot declutter.")
    if declutter == "off" and kind == "declutter":
        raise refused("unsupported_declutter", "declutter must be on or auto where nothing else is asked for.")
    return {
        **said,
        "space": space,
        "declutter": declutter,
        "dusk": dusk,
        "quality": _one_of(said, "quality", QUALITIES, "standard"),
        "seed": _whole(said.get("seed", 0), "seed", range(MAX_SEED + 1)),
        "long_edge": None if said.get("long_edge") is None else _whole(said["long_edge"], "long_edge", LONG_EDGES),
    }


def read_wish(said: dict[str, Any]) -> dict[str, Any]:
    """The same of a brief for maps: what they are to bound, and whether only sure furniture is to be found."""
    return {
        **said,
        "purpose": _one_of(said, "purpose", MAP_PURPOSES),
        "declutter": _one_of(said, "declutter", DECLUTTER, "on"),
    }


def _one_of(said: dict[str, Any], name: str, known: Sequence[str], default: str | None = None) -> str:
    value = said.get(name, default)
    if value not in known:
        raise refused(f"unsupported_{name}", f"{name} must be one of {', '.join(known)}; it is {value!r}.")
    return str(value)


def _boolean(said: dict[str, Any], name: str) -> bool:
    value = said.get(name, False)
    if not isinstance(value, bool):
        raise refused("bad_job", f"{name} must be true or false.")
    return value


def _whole(value: object, name: str, allowed: range) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
        raise refused("bad_job", f"{name} must be a whole number from {allowed[0]} to {allowed[-1]}.")
    return value
