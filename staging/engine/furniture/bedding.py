"""Bedding: a mattress made up as for a photograph, with duvet, turned-down sheet, pillows and a throw."""

from __future__ import annotations

from staging.engine.furniture import upholstery as soft
from staging.engine.furniture.cloth import Duvet, folded_throw
from staging.engine.furniture.cushions import cushion
from staging.engine.furniture.drapery import draping
from staging.engine.furniture.primitives import moved, tilted, turned
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh

TUCKED = 0.15  # metres: a duvet that hangs less lies tucked between rails, where no cloth falls
BASE_TOP = 0.28  # height of a grown-up bed's mattress's underside, metres
MATTRESS = 0.24  # its thickness


def made_bed(
    shop: Workshop,
    w: float,
    length: float,
    *,
    drop: float,
    base: float = BASE_TOP,
    thick: float = MATTRESS,
    plain: bool = False,
) -> list[Mesh]:
    """A mattress of `w` x `length` x `thick` on z = `base` with duvet, pillows in rows and a throw across the foot.

    y runs from the foot (negative) to the head; the duvet hangs `drop` metres over both sides and the foot.
    `plain` leaves out the throw and all pillows but one. `options` of the shop: throw (bool), cushions (bool).
    """
    top = base + thick
    half = length / 2
    mattress = soft.padded((w, length - 0.03, thick), shop.use("mattress"), radius=0.06, belly=0.004, seed=2)
    parts = [mattress.moved(0, 0, base)]
    cover = length * 0.66
    quilt = Duvet(w, cover, top - 0.008, drop, seed=shop.seed + 5)
    if drop < TUCKED:
        parts += moved(quilt.meshes(shop.use("duvet"), 0.6 if plain else 1.0), 0, -half)
    if plain:
        pillow = soft.throw_pillow(0.62, 0.40, 0.16, shop.use("sheet"), seed=shop.seed + 1, chop=0.01)
        return parts + moved(tilted(pillow, -62), 0, half - 0.42, top + 0.06)
    if drop < TUCKED:
        parts += moved(_across(shop, quilt, "sheet", cover, drop=drop * 0.95, width=0.30, fringe=False), 0, -half)
        if shop.option("throw", True):
            parts += moved(_across(shop, quilt, "blanket", 0.42, drop=drop * 0.8, width=0.52), 0, -half)
    else:
        fallen = draping.bedding(
            (w, cover, drop),
            (shop.use("duvet"), shop.use("sheet"), shop.use("blanket") if shop.option("throw", True) else None),
            seed=shop.seed,
        )
        parts += moved(fallen, 0, -half, top)
    if shop.option("cushions", True):
        parts += _pillows(shop, w, half, top)
    return parts


def _across(
    shop: Workshop, quilt: Duvet, slot: str, y: float, *, drop: float, width: float, fringe: bool = True
) -> list[Mesh]:
    """A folded band of cloth laid across the duvet at `y` metres from its foot, hanging `drop` metres over both sides
    (a throw, a turned-down sheet). It follows every fold of the duvet.
    """
    end = quilt.half + drop
    return folded_throw(
        lambda across, along: quilt.points(along, y + across),
        (-end, end),
        width,
        shop.use(slot),
        seed=shop.seed + 3,
        thickness=0.016,
        folds=0.6,
        fringe=fringe,
    )


def _pillows(shop: Workshop, w: float, half: float, top: float) -> list[Mesh]:
    """From the headboard forward: two upright sleeping pillows a side, then the style's cushions and a lumbar roll."""
    rng = shop.rng("pillows")
    single = w < 1.15
    sides = (0,) if single else (-1, 1)
    wide = min(0.70, w - 0.12 if single else w / 2 - 0.05)
    parts: list[Mesh] = []
    for s in sides:
        sleeping = soft.throw_pillow(wide, 0.46, 0.19, shop.use("sheet"), seed=int(rng.integers(1000)), chop=0.01)
        sham = cushion(shop, "cushion_b", 2 + s, (wide * 0.95, 0.44, 0.19), chop=0.01)
        for one, y, lean in ((sleeping, 0.17, -17), (sham, 0.30, -24)):
            parts += moved(turned(tilted(one, lean), float(rng.normal(0, 1.5))), s * w * 0.245, half - y, top + 0.015)
    for s in () if single else sides:
        one = cushion(shop, "cushion_a", 5 + s, (0.47, 0.47, 0.16), chop=0.03)
        parts += moved(
            turned(tilted(one, -28), -4 * s + float(rng.normal(0, 2))), s * w * 0.19, half - 0.44, top + 0.035
        )
    lumbar = cushion(shop, "cushion_c", 8, (min(0.75, w * 0.5), 0.30, 0.14), figured=bool(rng.random() < 0.5))
    y = half - (0.44 if single else 0.56)
    return parts + moved(turned(tilted(lumbar, -30), float(rng.normal(0, 2))), 0, y, top + 0.045)
