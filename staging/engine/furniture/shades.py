"""Lit shades: glowing shapes that many lamps share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from staging.engine.furniture.decor import globe_shade, inside
from staging.engine.furniture.primitives import circle, lathe, tube
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh


def lit(shop: Workshop, shade: Mesh) -> list[Mesh]:
    """A glowing `shade` that fades from the bulb's height towards its lower and upper end, so that its form shows.

    The fade is made of a few steps of radiance, each an emitting mesh: the tracer's emitters are of one radiance.
    """
    middle = shade.vertices[shade.faces][..., 2].mean(1)
    low, high = shade.vertices[:, 2].min(), shade.vertices[:, 2].max()
    away = ((middle - low) / (high - low) - 0.42) / 0.58
    steps = np.round(6 * away**2).astype(int)
    full = shop.material("shade_glow").radiance
    return [
        replace(shade, faces=shade.faces[steps == k], material=shop.use("shade_glow", radiance=full * (1 - 0.065 * k)))
        for k in np.unique(steps)
    ]


def drum(shop: Workshop, top: float, bottom: float, height: float, z: float) -> list[Mesh]:
    """A lit cloth shade: a glowing wall seen from both sides, thin rings at its rims, and the bulb that throws light
    up and down through its openings.
    """
    rise = np.linspace(0, 1, 11)
    profile = np.stack([bottom + (top - bottom) * rise, z + height * rise], 1)
    wall = lit(shop, lathe(profile, shop.use("shade_glow"), sides=28))
    lining = inside(
        lathe([(bottom - 0.004, z + 0.001), (top - 0.004, z + height - 0.001)], "", sides=28), shop.use("shade_glow")
    )
    white = shop.use("white")
    rims = [tube(circle(r, zz, 32), 0.003, white, sides=6, closed=True) for r, zz in ((bottom, z), (top, z + height))]
    bulb = globe_shade(0.032, shop.use("bulb"), 10).moved(0, 0, z + height * 0.42)
    return [*wall, lining, *rims, bulb]
