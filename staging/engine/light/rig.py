"""The light of a room as the tracer needs it: emitter groups, albedos of the box, white balance."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Final

RGB = tuple[float, float, float]

# Emitter groups in the order in which they are fitted. All windows are tied together; "back" is the opening
# behind the camera; "ceiling" glows evenly; "left" and "right" stand beside the camera, outside the picture.
GROUPS: Final = ("windows", "lamps", "back", "ceiling", "left", "right")
# A lit shade is nearly as bright as the photo's white, however dim the room is.
SHADE: Final = 0.85
# Median luminance of the walls from which stagers leave their lamps off, unless the photo's own lamps burn.
DAYLIGHT: Final = 0.42
# Rec. 709 luminance of linear RGB.
LUMINANCE: Final = (0.2126, 0.7152, 0.0722)


@dataclass(frozen=True)
class LightRig:
    """What lights the room. Radiances are linear RGB in the units of the photo: 1.0 is the photo's white.

    `groups` maps names of GROUPS to radiances; absent is dark. `panes` are the indices of `room.openings` that
    let light in (the group "windows"). `wall`, `ceiling`, `floor` are albedos. `neutral` is the colour of the
    light, of luminance 1. `floor_gloss` is 0 for matt and up to 1 for a floor that mirrors. `error` is the median
    relative error of the fit; `preset` says that the flat-light preset stands in for it. `wall_radiance` is the
    median luminance of the photo's walls. In the open air the groups are "sky" (radiance) and "sun" (irradiance on a
    surface that faces it); `sun` is the direction to the sun, a unit vector of the room frame.
    """

    groups: dict[str, RGB]
    wall: RGB
    ceiling: RGB
    floor: RGB
    neutral: RGB
    floor_gloss: float
    error: float
    preset: bool
    wall_radiance: float
    panes: tuple[int, ...] = ()
    sun: RGB | None = None

    @property
    def lamplight(self) -> float:
        """Radiance of a staged lamp's shade: 0 in daylight, when a stager would not switch it on."""
        if self.wall_radiance >= DAYLIGHT and "lamps" not in self.groups:
            return 0.0
        return max(SHADE, self.wall_radiance)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types only."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> LightRig:
        """Inverse of `to_dict`; raises ValueError with the reason."""
        try:
            return cls(
                groups={str(name): rgb(value) for name, value in data["groups"].items()},
                wall=rgb(data["wall"]),
                ceiling=rgb(data["ceiling"]),
                floor=rgb(data["floor"]),
                neutral=rgb(data["neutral"]),
                floor_gloss=float(data["floor_gloss"]),
                error=float(data["error"]),
                preset=bool(data["preset"]),
                wall_radiance=float(data["wall_radiance"]),
                panes=tuple(int(i) for i in data.get("panes", ())),
                sun=rgb(data["sun"]) if data.get("sun") else None,
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a light rig: {error}") from error


def rgb(values: Any) -> RGB:
    """Three floats from any sequence of three numbers."""
    red, green, blue = (float(v) for v in values)
    return red, green, blue
