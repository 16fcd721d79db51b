"""Tops of tables: ovals and planks."""

from __future__ import annotations

from staging.engine.furniture.primitives import box, disc_profile, lathe
from staging.engine.furniture.workshop import Workshop
from staging.engine.scene.mesh import Mesh


def oval_top(shop: Workshop, w: float, d: float, z: float, thick: float) -> list[Mesh]:
    """A round or elliptic slab with an eased edge, its top at height z."""
    turned = lathe(disc_profile(0.5, 0, thick, 0.008), shop.use("tabletop"), sides=56)
    points = turned.vertices * [w, d, 1] + [0, 0, z - thick]
    # Sawn from boards, not turned: the grain runs straight across, along x.
    return [Mesh(points, turned.faces, points[:, :2] + 0.3, turned.material)]


def plank_top(shop: Workshop, w: float, d: float, h: float, thick: float) -> list[Mesh]:
    """Boards side by side, with a cross board at each end."""
    top = shop.use("tabletop")
    end = min(0.11, w * 0.09)
    count = max(3, round(d / 0.16))
    step = d / count
    boards = [
        box(
            (w - 2 * end, step - 0.0015, thick),
            top,
            radius=0.003,
            at=(0, -d / 2 + step * (k + 0.5), h - thick),
            grain=0,
            seed=k,
        )
        for k in range(count)
    ]
    ends = [
        box((end - 0.001, d, thick), top, radius=0.003, at=(s * (w - end) / 2, 0, h - thick), grain=1) for s in (-1, 1)
    ]
    return boards + ends
