"""Sofas: sofa, loveseat, sectional. One plan of dimensions, and a builder for each part that styles vary."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from staging.engine.furniture import upholstery as soft
from staging.engine.furniture.cushions import cushion
from staging.engine.furniture.drapery import draping
from staging.engine.furniture.parts import legs, pair
from staging.engine.furniture.primitives import (
    bar,
    box,
    circle,
    disc_profile,
    lathe,
    mirrored,
    moved,
    tilted,
    tube,
    turned,
)
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh

_ARM_WIDTH = {"track": 0.15, "slim": 0.10, "rolled": 0.20, "shelter": 0.13, "wood": 0.075, "soft": 0.19}
_ARM_RADIUS = {"track": 0.022, "slim": 0.032, "shelter": 0.055, "soft": 0.075}
_LEG_HEIGHT = {"blade": 0.12, "tapered": 0.17, "splayed": 0.19, "block": 0.07, "turned": 0.12, "brass_tip": 0.15,
               "straight": 0.11}  # fmt: skip


Outline = tuple[list[tuple[float, float]], float]  # corners, and the radius of their bends


@dataclass(frozen=True)
class Plan:
    """Dimensions of a sofa, metres: everything that its parts must agree on."""

    w: float
    d: float
    h: float
    arm: float
    arm_height: float
    leg: float
    seat: float
    back: float
    seats: int

    @property
    def inner(self) -> float:
        """Width between the arms."""
        return self.w - 2 * self.arm

    @property
    def back_face(self) -> float:
        """y of the front of the back frame."""
        return self.d / 2 - self.back


def _plan(shop: Workshop) -> Plan:
    style = shop.style
    arm = _ARM_WIDTH[style.sofa_arm]
    seats = style.sofa_seats if shop.width > 1.85 else min(2, style.sofa_seats)
    arm_height = {"shelter": shop.height - 0.06, "wood": 0.57, "slim": 0.58, "rolled": 0.62}.get(style.sofa_arm, 0.60)
    tight = style.sofa_back in ("biscuit", "channel")
    return Plan(
        w=shop.width, d=shop.depth, h=shop.height, arm=arm, arm_height=arm_height, leg=_LEG_HEIGHT[style.leg],
        seat=0.43, back=0.20 if tight else 0.14, seats=max(1, seats),
    )  # fmt: skip


def sofa(shop: Workshop) -> list[Mesh]:
    """A two- or three-seater; `options`: cushions (bool), throw (bool)."""
    plan = _plan(shop)
    parts = _base(shop, plan) + _arms(shop, plan) + _back(shop, plan) + _seats(shop, plan)
    parts += legs(shop, plan.w, plan.d, plan.leg + 0.005, inset=0.06, thick=1.15)
    if shop.option("cushions", True):
        parts += _scatter(shop, plan)
    if shop.option("throw", shop.seed % 3 != 1):
        parts += _throw(shop, plan)
    return parts


def _base(shop: Workshop, plan: Plan) -> list[Mesh]:
    cloth = shop.use("upholstery")
    height = 0.13 if shop.style.sofa_arm != "wood" else 0.07
    if shop.style.sofa_arm == "wood":
        rail = box((plan.w - 0.03, plan.d - 0.06, height), shop.use("wood"), radius=0.008, at=(0, 0, plan.leg), grain=0)
        return [rail]
    skirt = 0.0 if shop.style.sofa_arm != "rolled" else 0.04
    return [
        soft.padded(
            (plan.w - 0.03, plan.d - 0.035, height + skirt), cloth, radius=0.02, belly=0.002, seed=shop.seed
        ).moved(0, 0.004, plan.leg - skirt)
    ]


def _arms(shop: Workshop, plan: Plan) -> list[Mesh]:
    kind, cloth = shop.style.sofa_arm, shop.use("upholstery")
    x = (plan.w - plan.arm) / 2
    height = plan.arm_height - plan.leg
    if kind == "wood":
        return pair(_wooden_arm(shop, plan, x))
    if kind == "rolled":
        return pair(_rolled_arm(shop, plan, x, height, cloth))
    arm = soft.padded(
        (plan.arm, plan.d - 0.012, height), cloth, radius=_ARM_RADIUS[kind], belly=0.006, seed=shop.seed + 3
    )
    return pair([arm.moved(x, 0, plan.leg)])


def _rolled_arm(shop: Workshop, plan: Plan, x: float, height: float, cloth: str) -> list[Mesh]:
    """An English arm: a panel below, a roll on top that leans out, its front closed by a corded disc."""
    roll = 0.092
    panel = soft.padded(
        (plan.arm - 0.05, plan.d - 0.03, height - 0.06), cloth, radius=0.03, belly=0.004, seed=shop.seed
    )
    top = plan.leg + height - roll
    out = x + 0.002
    core = tilted([lathe(disc_profile(roll, -(plan.d / 2 - 0.008), plan.d / 2 - 0.03, 0.012), cloth, sides=28)], 90)
    ring = circle(roll * 0.96, count=32)
    cord = np.stack([ring[:, 0], np.full(len(ring), -plan.d / 2 + 0.008), ring[:, 1]], 1)
    return [
        panel.moved(x - 0.012, 0.005, plan.leg),
        *moved(core, out, 0, top),
        tube(cord, 0.0045, cloth, sides=6, closed=True).moved(out, 0, top),
    ]


def _wooden_arm(shop: Workshop, plan: Plan, x: float) -> list[Mesh]:
    """A flat tapered armrest on two slanting posts that run down to the legs."""
    wood = shop.use("wood")
    d, top = plan.d, plan.arm_height
    rest = box((0.07, d - 0.16, 0.026), wood, radius=0.012, at=(x, -0.06, top - 0.026), grain=1, segments=3)
    v = rest.vertices.copy()
    # The rest narrows and dips towards the back, as the hand expects.
    back = ((v[:, 1] + d / 2) / d).clip(0, 1)
    v[:, 0] = x + (v[:, 0] - x) * (1.12 - 0.35 * back)
    v[:, 2] -= 0.018 * back
    posts = [
        bar((x, -d / 2 + 0.09, plan.leg), (x, -d / 2 + 0.07, top - 0.02), (0.019, 0.016), wood, sides=14),
        bar((x, d / 2 - 0.16, plan.leg), (x, d / 2 - 0.15, top - 0.04), (0.019, 0.016), wood, sides=14),
    ]
    return [Mesh(v, rest.faces, rest.uv, wood), *posts]


def _back(shop: Workshop, plan: Plan) -> list[Mesh]:
    """The fixed back: a padded frame behind loose cushions, or a tight tufted back."""
    cloth, kind = shop.use("upholstery"), shop.style.sofa_back
    if kind in ("biscuit", "channel"):
        low = plan.seat - 0.06
        w, h = plan.inner + (0.06 if kind == "channel" else 0.02), plan.h - low
        if kind == "biscuit":
            count = max(6, round(w / 0.19))
            relief, cells = soft.biscuits(w, h, count, 2, 0.035), (count * 6, 14)
        else:
            count = max(8, round(w / 0.13))
            relief, cells = soft.channels(w, count, 0.035), (count * 7, 4)
        panel = soft.relief_panel((w, plan.back - 0.03, h), cloth, relief, cells=cells, seed=shop.seed)
        y = plan.d / 2 - plan.back / 2 - 0.02
        frame = soft.padded((w, 0.06, plan.h - plan.leg - 0.04), cloth, radius=0.02, belly=0.002)
        return [*moved(tilted([panel], -6), 0, y - 0.045, low), frame.moved(0, plan.d / 2 - 0.045, plan.leg)]
    top = plan.h - 0.11 if kind == "loose" else plan.h - 0.08
    if shop.style.sofa_arm == "wood":
        return _slatted_back(shop, plan, top)
    width = plan.inner + 0.04 if shop.style.sofa_arm != "rolled" else plan.w - 0.16
    frame = soft.padded((width, plan.back, top - plan.leg), cloth, radius=0.045, belly=0.006, seed=shop.seed + 9)
    return [frame.moved(0, plan.d / 2 - plan.back / 2 - 0.01, plan.leg)]


def _slatted_back(shop: Workshop, plan: Plan, top: float) -> list[Mesh]:
    wood = shop.use("wood")
    y0, y1, low = plan.d / 2 - 0.17, plan.d / 2 - 0.04, plan.leg + 0.05
    rail = box((plan.w - 0.08, 0.025, 0.05), wood, radius=0.01, at=(0, y1, top - 0.05), grain=0, segments=3)
    count = max(6, int(plan.w / 0.16))
    return [rail] + [
        bar((x, y0, low), (x, y1, top - 0.02), 0.009, wood, sides=8)
        for x in np.linspace(-plan.w / 2 + 0.10, plan.w / 2 - 0.10, count)
    ]


def _seats(shop: Workshop, plan: Plan) -> list[Mesh]:
    cloth, kind = shop.use("upholstery"), shop.style.sofa_back
    base = plan.leg + (0.125 if shop.style.sofa_arm != "wood" else 0.065)
    thick = plan.seat - base
    step = plan.inner / plan.seats
    corded = cloth if kind != "biscuit" else None
    front = -plan.d / 2 + (0.0 if shop.style.sofa_arm != "shelter" else 0.02)
    depth = plan.back_face - front - 0.01
    parts = []
    for k in range(plan.seats):
        x = -plan.inner / 2 + step * (k + 0.5)
        seat = soft.seat_cushion(step - 0.006, depth, thick, cloth, crown=0.022, seed=shop.seed + k, piping=corded)
        parts += moved(seat, x, front + depth / 2 + 0.012, base)
        if kind in ("loose", "buttoned"):
            height = plan.h - plan.seat + 0.012
            rest = soft.back_cushion(step - 0.008, height, 0.19 if kind == "loose" else 0.14, cloth,
                                     seed=shop.seed + 31 + k, buttons=2 if kind == "buttoned" else 0)  # fmt: skip
            lean = -11 if kind == "loose" else -14
            parts += moved(tilted(rest, lean), x, plan.back_face - 0.11, plan.seat - 0.005)
    return parts


def _scatter(shop: Workshop, plan: Plan) -> list[Mesh]:
    """Scatter cushions: an odd grouping, larger ones outside and behind, chosen and turned by seed."""
    rng = shop.rng("scatter")
    chop = 0.055 if shop.style.name in ("luxury", "standard") else 0.015
    y = plan.back_face - (0.245 if shop.style.sofa_back in ("loose", "buttoned") else 0.16)
    side = 1 if rng.random() < 0.5 else -1
    edge = plan.inner / 2
    # A cushion that towers over the back looks like a prop: the largest ends at the back's height.
    tallest = plan.h - plan.seat + 0.01
    layout = [("cushion_a", False, 1.0, -side * (edge - 0.20), 0.0),
              ("cushion_b", False, 0.88, -side * (edge - 0.43), -0.07),
              ("cushion_b", True, 0.98, side * (edge - 0.20), 0.0)]  # fmt: skip
    if plan.w > 1.9:
        layout.append(("cushion_c", False, 0.84, side * (edge - 0.41), -0.075))
    if plan.w > 2.1 and rng.random() < 0.6:
        layout.append(("cushion_c", True, 0.66, -side * (edge - 0.68), -0.11))
    parts: list[Mesh] = []
    for k, (slot, figured, size, x, forward) in enumerate(layout):
        s = size * tallest
        wide = s * 1.6 if size < 0.7 else s
        one = cushion(shop, slot, k, (wide, s, 0.15), figured=figured, chop=chop)
        one = turned(tilted(one, -20 - rng.uniform(0, 8)), float(rng.normal(0, 7)) - 6 * np.sign(x))
        parts += moved(one, x, y + forward, plan.seat + 0.018)
    return parts


def _throw(shop: Workshop, plan: Plan) -> list[Mesh]:
    """A folded throw over one arm, or over the seat's front where the arm is too thin or too high to carry it."""
    rng = shop.rng("throw")
    side = 1 if rng.random() < 0.5 else -1
    cloth = shop.use("throw")
    seed = int(rng.integers(1000))
    if shop.style.sofa_arm in ("track", "soft", "rolled"):
        band = turned(draping.over_ledge("arm", *_over_arm(shop, plan), cloth, seed=seed), -90)
        # Its rear border stays before the back cushions.
        behind = max(0.26, min(0.33, plan.d - 0.60))
        band = moved(band, (plan.w - plan.arm) / 2, -plan.d / 2 + rng.uniform(0.26, behind))
        return mirrored(band) if side < 0 else band
    return moved(draping.over_ledge("seat", *_over_seat(plan), cloth, seed=seed), side * (plan.inner / 2 - 0.42))


def _over_arm(shop: Workshop, plan: Plan) -> Outline:
    """Corners (sideways, height) from low outside the right arm over it to just above the seat, and their radius,
    metres.

    It goes round the arm as it is after padding: box or roll, bulge and wrinkles included.
    """
    rolled = shop.style.sofa_arm == "rolled"
    bulge = 0.008
    half = (0.094 if rolled else plan.arm / 2) + bulge
    top = plan.arm_height + bulge
    radius = (0.092 if rolled else _ARM_RADIUS[shop.style.sofa_arm]) + bulge
    outside = [(half, top - 0.36), (half, top), (-half, top), (-half, plan.seat + 0.085)]
    return [*outside, (-half - 0.022, plan.seat + 0.035)], radius


def _over_seat(plan: Plan) -> Outline:
    """Corners (depth, height), and their radius, over a crowned seat cushion and down its front, metres."""
    front, top = -plan.d / 2 - 0.006, plan.seat + 0.026
    return [(plan.back_face - 0.22, top), (front, top), (front, plan.seat - 0.26)], 0.06


def sectional(shop: Workshop) -> list[Mesh]:
    """An L: a sofa with a chaise on the right (`options` {"hand": "left"} mirrors it). Depth is that of the chaise."""
    deep = shop.depth
    shop.depth = min(0.95, deep)
    plan = _plan(shop)
    back = (deep - plan.d) / 2
    parts = _base(shop, plan) + _arms(shop, plan) + _back(shop, plan) + _seats(shop, plan)
    parts += legs(shop, plan.w, plan.d, plan.leg + 0.005, inset=0.06, thick=1.15)
    parts += _scatter(shop, plan)
    parts = moved(parts, 0, back)
    cloth = shop.use("upholstery")
    reach = deep - plan.d
    step = plan.inner / plan.seats
    x, width = plan.inner / 2 - step / 2, step
    base = plan.leg + 0.125
    length = reach + 0.05
    block = soft.padded((width + 0.02, length, 0.13), cloth, radius=0.02, belly=0.002)
    seat = soft.seat_cushion(width - 0.006, length, plan.seat - base, cloth, crown=0.02, seed=shop.seed + 77)
    y = -deep / 2 + length / 2
    parts += [block.moved(x, y, plan.leg), *moved(seat, x, y, base)]
    parts += moved(legs(shop, width, reach, plan.leg + 0.005, inset=0.06, thick=1.15), x, -deep / 2 + reach / 2)
    shop.depth = deep
    return mirrored(parts) if shop.option("hand", "right") == "left" else parts
