"""When a stager would switch the lamps on."""

import dataclasses

import pytest

from staging.engine.light.rig import SHADE, LightRig

GREY = (0.5, 0.5, 0.5)
DAY = LightRig(
    groups={"windows": (3.0, 3.0, 3.0)}, wall=GREY, ceiling=GREY, floor=GREY, neutral=(1.0, 1.0, 1.0), floor_gloss=0.0,
    error=0.1, preset=False, wall_radiance=0.6,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "lit"),
    [
        ({}, False),
        ({"wall_radiance": 0.2}, True),
        ({"groups": {"windows": (3.0, 3.0, 3.0), "lamps": (90.0, 90.0, 90.0)}}, True),
    ],
)
def test_lamps_burn_in_dim_rooms_and_where_the_photos_own_do(changes: dict[str, object], lit: bool) -> None:
    light = dataclasses.replace(DAY, **changes)  # type: ignore[arg-type]
    assert (light.lamplight >= SHADE) if lit else light.lamplight == 0
