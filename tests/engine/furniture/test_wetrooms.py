"""The pieces of kitchens and bathrooms: built to size in every style, and not the same thing in another colour."""

from __future__ import annotations

import numpy as np
import pytest

from staging.engine.furniture.catalogue import Built, build, size_for
from staging.engine.furniture.styles import STYLES
from staging.engine.furniture.wetrooms import ROWS
from staging.engine.scene.arrangement import Piece

KINDS = [row[0] for row in ROWS]


def made(kind: str, style: str, seed: int = 1) -> Built:
    return build(Piece("p", kind, style, size_for(kind, style), 0.0, 0.0, seed=seed))


def corners(built: Built) -> tuple[np.ndarray, np.ndarray]:
    points = np.concatenate([m.vertices for m in built.meshes])
    return points.min(0), points.max(0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_piece_keeps_to_its_size_within_two_centimetres(kind: str) -> None:
    for style in STYLES:
        width, depth, height = size_for(kind, style)
        low, high = corners(made(kind, style))
        assert (low >= np.array([-width / 2, -depth / 2, 0.0]) - 0.02).all(), (style, low)
        assert (high <= np.array([width / 2, depth / 2, height]) + 0.02).all(), (style, high)


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_styles_make_the_same_piece(kind: str) -> None:
    looks = {}
    for style in STYLES:
        built = made(kind, style)
        looks[style] = (
            frozenset((m.kind, m.colour, m.second, m.pattern) for m in built.materials.values()),
            tuple(len(m.vertices) for m in built.meshes),
        )
    assert len(set(looks.values())) == len(STYLES)


@pytest.mark.parametrize(
    "kind", ["bar_stool", "fruit_bowl", "cutting_boards", "bath_stool", "laundry_basket", "candles"]
)
def test_forms_differ_and_not_only_colours(kind: str) -> None:
    shapes = {tuple(sorted(len(m.vertices) for m in made(kind, style).meshes)) for style in STYLES}
    assert len(shapes) >= 4


def test_people_can_sit_at_a_counter() -> None:
    """Every stool has a seat 0.6 to 0.7 m high: a level surface broad enough, and nothing of a back lower than that."""
    for style in STYLES:
        points = np.concatenate([m.vertices for m in made("bar_stool", style).meshes])
        middle = points[np.hypot(points[:, 0], points[:, 1]) < 0.08]
        assert 0.60 < middle[:, 2].max() < 0.70, style


def test_a_stool_is_built_for_the_height_of_its_counter() -> None:
    for style in ("modern", "industrial"):
        width, depth, height = size_for("bar_stool", style)
        piece = Piece("p", "bar_stool", style, (width, depth, height + 0.15), 0.0, 0.0, options={"seat": 0.81})
        points = np.concatenate([m.vertices for m in build(piece).meshes])
        middle = points[np.hypot(points[:, 0], points[:, 1]) < 0.08]
        assert middle[:, 2].max() == pytest.approx(0.81, abs=0.03)


def test_a_towel_hangs_on_both_sides_of_its_bar() -> None:
    for style in ("modern", "farmhouse"):
        built = made("towel_rail", style)
        cloth = [m for m in built.meshes if built.materials[m.material].kind == "boucle"]
        assert len(cloth) == 2
        for mesh in cloth:
            high = mesh.vertices[:, 2].max()
            before, behind = (mesh.vertices[mesh.vertices[:, 1] * s < s * -0.008] for s in (1, -1))
            assert high - before[:, 2].min() > 0.2
            assert high - behind[:, 2].min() > 0.15


def test_no_fruit_pokes_through_its_bowl() -> None:
    for style in STYLES:
        built = made("fruit_bowl", style)
        is_fruit = [built.materials[m.material].roughness == 0.42 for m in built.meshes]
        fruit = np.concatenate([m.vertices for m, yes in zip(built.meshes, is_fruit, strict=True) if yes])
        bowl = np.concatenate([m.vertices for m, yes in zip(built.meshes, is_fruit, strict=True) if not yes])
        rim = bowl[:, 2].max()
        for z in np.arange(0.02, rim - 0.01, 0.01):
            inside = fruit[np.abs(fruit[:, 2] - z) < 0.005]
            wall = bowl[np.abs(bowl[:, 2] - z) < 0.012]
            if len(inside) and len(wall):
                assert np.hypot(*inside.T[:2]).max() < np.hypot(*wall.T[:2]).max() + 0.001, (style, z)
        assert fruit[:, 2].max() > rim + 0.02, style
