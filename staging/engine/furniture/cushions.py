"""Scatter cushions: what each is covered with, so that no two of a room are alike."""

from __future__ import annotations

from dataclasses import replace

from staging.engine.furniture import upholstery as soft
from staging.engine.furniture.colours import blended, shaded
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.material import Material
from staging.engine.scene.mesh import Mesh

MOST = 16  # cushions of one piece
# Which slot lends the second colour of a figured cover.
_PARTNER = {"cushion_a": "cushion_b", "cushion_b": "cushion_a", "cushion_c": "cushion_b"}
_FIGURES = ("stripes", "pinstripe", "check", "ribs")


def cover(shop: Workshop, slot: str | Material, number: int, *, figured: bool = False) -> Material:
    """The cover of a piece's cushion `number`: the style's cloth in a tone and a weave of its own.

    `figured` covers carry a woven figure in a second colour of the style, or where the cloth is velvet another cloth.
    Pieces of different seeds, and cushions of different numbers, never get the same material.
    """
    base = shop.material(slot) if isinstance(slot, str) else slot
    rng = shop.rng(f"cover {number}")
    own = (shop.seed & 0xFFFFFFF) * MOST + number % MOST
    tone = float(rng.uniform(-0.05, 0.05))
    if figured and isinstance(slot, str):
        partner = shop.material(_PARTNER.get(slot, "cushion_b")).colour
        figure = str(rng.choice(_FIGURES))
        if base.kind == "velvet":
            base = replace(base, kind="boucle", roughness=0.92, specular=0.15)
        else:
            second = blended(base.colour, partner, 0.55)
            base = Material("plaid", base.colour, second, pattern=figure, roughness=0.95, specular=0.1)
    return replace(base, colour=shaded(base.colour, tone), seed=own)


def cushion(
    shop: Workshop,
    slot: str | Material,
    number: int,
    size: tuple[float, float, float],
    *,
    figured: bool = False,
    chop: float = 0.0,
) -> list[Mesh]:
    """Cushion `number` of a piece, about (w, h, t) metres, standing on z = 0; some have a corded seam."""
    rng = shop.rng(f"cushion {number}")
    material = cover(shop, slot, number, figured=figured)
    cloth = shop.use(material)
    corded = material.kind not in ("knit", "boucle") and rng.random() < 0.6
    w, h, t = (side * float(1 - rng.uniform(0.0, 0.04)) for side in size)
    return soft.throw_pillow(w, h, t, cloth, seed=int(rng.integers(1000)), chop=chop, cord=cloth if corded else None)
