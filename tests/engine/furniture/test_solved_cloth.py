"""Cloth that was solved once: what a solved cloth must fulfil, and that pieces of every size wear it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from staging.engine.furniture.catalogue import build, size_for
from staging.engine.furniture.drapery import hanging, shelf
from staging.engine.furniture.drapery.bodies import Bar, Box, Covered, Wall
from staging.engine.furniture.drapery.cloths import COVER, DROP, EDGE, FOOT, MATTRESS
from staging.engine.furniture.drapery.solver import Fabric, Sheet
from staging.engine.scene.arrangement import Piece

TABLE = Box((-0.3, -1.0, -0.75), (0.3, 1.0, 0.0), 0.03)
FLOOR = Wall((0.0, 0.0, -0.75), (0.0, 0.0, 1.0))


def fallen() -> tuple[Sheet, np.ndarray]:
    """A napkin 1.1 m long over a table 0.6 m wide: it hangs a quarter of a metre over both sides, after a second."""
    place = hanging.lattice((-0.55, 0.55), (-0.15, 0.15), (23, 7))
    start = np.concatenate([place, np.full((23, 7, 1), 0.02)], -1)
    cloth = Sheet(start.copy(), place, np.zeros((23, 7), bool), Fabric(margin=0.005, friction=0.5))
    cloth.fall(0.6, [TABLE, FLOOR])
    cloth.fall(0.3, [TABLE, FLOOR], drag=14.0)
    return cloth, start


def test_a_cloth_that_falls_keeps_its_threads_lies_on_the_table_and_hangs_down_beside_it() -> None:
    cloth, start = fallen()
    flat = cloth.points.reshape(-1, 3)
    assert np.abs(cloth.stretched() - 1).max() < 0.04
    assert TABLE(flat)[0].min() > 0.004
    assert flat[:, 2].min() > -0.75
    middle, ends = cloth.points[11], cloth.points[[0, -1]]
    assert middle[:, 2].max() < 0.012
    assert ends[..., 2].max() < -0.15
    assert np.abs(ends[..., 0]).max() < 0.36
    assert np.abs(cloth.speed).max() < 0.1
    assert np.array_equal(fallen()[0].points, cloth.points), "the same cloth falls the same way"
    assert not np.array_equal(start, cloth.points)


def test_cloth_lies_on_cloth() -> None:
    lower = np.concatenate([hanging.lattice((-0.3, 0.3), (-0.3, 0.3), (31, 31)), np.full((31, 31, 1), 0.1)], -1)
    place = hanging.lattice((-0.1, 0.1), (-0.1, 0.1), (6, 6))
    cloth = Sheet(np.concatenate([place, np.full((6, 6, 1), 0.15)], -1), place, np.zeros((6, 6), bool))
    cloth.fall(0.25, [Covered(lower)])
    assert cloth.points[..., 2] == pytest.approx(0.1 + cloth.fabric.margin, abs=0.003)


@pytest.mark.parametrize(
    ("body", "inside", "outside"),
    [
        (Box((0, 0, 0), (1, 1, 1), 0.2), (0.5, 0.5, 0.9), (0.5, 0.5, 1.3)),
        (Bar(0.0, 0.0, 0.1), (5.0, 0.0, 0.05), (5.0, 0.0, 0.4)),
        (FLOOR, (0, 0, -0.9), (0, 0, 0)),
    ],
)
def test_bodies_know_their_inside_and_the_way_out(body, inside, outside) -> None:
    away, way = body(np.array([inside, outside], dtype=float))
    assert away[0] < 0 < away[1]
    assert way == pytest.approx(np.array([[0, 0, 1.0], [0, 0, 1.0]]))


def test_the_shipped_cloths_are_small_whole_and_obey_the_same_laws() -> None:
    assert shelf.FILE.stat().st_size < 500_000
    for name in shelf.names():
        kind, look = name.rsplit("-", 1)
        found = shelf.cloth(kind, int(look))
        n, m = found.points.shape[:2]
        assert 2 * (n - 1) * (m - 1) < 4000, name
        if not name.startswith(("arm", "seat")):  # those are told along their ledge, not in space
            for axis in (0, 1):
                length, rest = (np.linalg.norm(np.diff(of, axis=axis), axis=-1) for of in (found.points, found.flat))
                assert np.quantile(np.abs(length / rest - 1), 0.99) < 0.06, name
        if name.startswith("duvet"):
            w = float(name.split("-")[1])
            mattress = Box((-w / 2 - MATTRESS, -FOOT, -0.6), (w / 2 + MATTRESS, 4, 0.0), EDGE)
            assert mattress(found.points.reshape(-1, 3))[0].min() > 0.02, name
            assert found.points[0, m // 2, 2] < -DROP / 2
            assert found.points[n // 2, 0, 2] < -DROP / 2, "it hangs over the foot"
            assert found.points[..., 2].min() > -0.5, "its corners stay off the floor"


@pytest.mark.parametrize("w", [0.86, 1.3, 1.53, 1.9])
def test_bedding_is_bent_to_the_bed(w: float) -> None:
    cover, drop = COVER + 0.1, DROP - 0.03
    for seed in range(4):
        worn = shelf.bedding(w, cover, drop, seed)
        mattress = Box((-w / 2 - MATTRESS, -FOOT, -0.6), (w / 2 + MATTRESS, 4, 0.0), EDGE)
        for cloth in (worn.duvet, worn.throw):
            assert mattress(cloth.points.reshape(-1, 3))[0].min() > 0.0
            assert np.abs(cloth.points[..., 0]).max() < w / 2 + 0.17
        assert worn.duvet.points[:, -1, 1].max() == pytest.approx(cover, abs=0.03)
        # The throw lies on the duvet, not in it.
        above, _ = Covered(hanging.finer(worn.duvet.points, 3))(worn.throw.points.reshape(-1, 3))
        assert np.quantile(above, 0.02) > -0.004


def test_a_bed_wears_what_was_solved_in_four_looks() -> None:
    hems = []
    for seed in range(4):
        size = size_for("bed", "standard")
        built = build(Piece("b", "bed", "standard", size, 0, 0, seed=seed, options={"throw": False}))
        worn = shelf.bedding(size[0] - 0.13, (size[1] - 0.09 - 0.045 - 0.02) * 0.66, DROP, seed).duvet
        duvet = next(m for m in built.meshes if _holds(m, worn.points))
        hems.append(worn.points[:, 0, 2])
        assert np.ptp(duvet.vertices[:, 2]) > 0.25
    assert len({hem.tobytes() for hem in hems}) == 4
    assert all(np.std(hem[8:-8]) > 0.003 for hem in hems), "a hem of cloth is no straight line"


def _holds(mesh, points: np.ndarray) -> bool:
    """Whether a mesh begins with a lattice of points, moved."""
    first = points.reshape(-1, 3)
    given = mesh.vertices[: len(first)]
    return len(given) == len(first) and bool(np.allclose(given - given[0], first - first[0], atol=1e-6))


def test_the_command_writes_what_it_is_told_to_and_refuses_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="npz"):
        call_command("solve_cloth", str(tmp_path / "cloth.txt"))
    names = shelf.names()[:2]
    size = shelf.write({name: shelf.cloth(name.rsplit("-", 1)[0], 0) for name in names}, tmp_path / "two.npz")
    assert size == (tmp_path / "two.npz").stat().st_size > 1000


def test_no_duvet_that_ships_has_caught_on_itself() -> None:
    duvets = [name for name in shelf.names() if name.startswith("duvet")]
    assert len(duvets) >= 8
    for name in duvets:
        stem, look = name.rsplit("-", 1)
        assert hanging.sharpest(shelf.cloth(stem, int(look)).points) > hanging.SNAG, name


def test_a_fold_that_lies_over_itself_is_seen() -> None:
    even = np.concatenate([hanging.lattice((-1, 1), (-1, 1), (41, 41)), np.zeros((41, 41, 1))], -1)
    folded = even.copy()
    folded[20, 10:, 0] += 0.12
    folded[20, 10:, 2] += 0.05
    assert hanging.sharpest(even) > 0.99
    assert hanging.sharpest(folded) < hanging.SNAG
