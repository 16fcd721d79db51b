"""What an arranger and the tracer rely on: every kind builds in every style, to size, closed, painted, reproducible."""

import dataclasses
import itertools

import numpy as np
import pytest

from staging.engine.furniture.catalogue import KINDS, Built, build, place, size_for
from staging.engine.furniture.primitives import signed_volume
from staging.engine.furniture.styles import STYLES
from staging.engine.scene.arrangement import Piece

# Bedding, cushions and throws may stand out of the given size by this much, metres.
TOLERANCE = 0.06


def piece(kind: str, style: str, /, **changes: object) -> Piece:
    return dataclasses.replace(Piece("p", kind, style, size_for(kind, style), 0.0, 0.0, seed=1), **changes)


def corners(built: Built) -> tuple[np.ndarray, np.ndarray]:
    points = np.concatenate([m.vertices for m in built.meshes])
    return points.min(0), points.max(0)


@pytest.mark.parametrize("style", sorted(STYLES))
def test_every_kind_builds_in_every_style(style: str) -> None:
    for kind in KINDS:
        wanted = piece(kind, style)
        built = build(wanted)
        for mesh in built.meshes:
            assert np.isfinite(mesh.vertices).all(), kind
            assert np.isfinite(mesh.uv).all(), kind
            assert len(mesh.uv) == len(mesh.vertices), kind
            assert mesh.faces.min() >= 0, kind
            assert mesh.faces.max() < len(mesh.vertices), kind
            assert mesh.material in built.materials, kind
        assert set(built.materials) == {m.material for m in built.meshes}, kind
        assert sum(len(m.faces) for m in built.meshes) < 39_000, kind
        low, high = corners(built)
        w, d, h = wanted.size
        assert (low >= np.array([-w / 2, -d / 2, 0]) - TOLERANCE).all(), (kind, low)
        assert (high <= np.array([w / 2, d / 2, h]) + TOLERANCE).all(), (kind, high)
        assert low[2] < (0.05 if KINDS[kind].hangs else 0.02), kind  # it stands on the floor
        assert high[2] > h - TOLERANCE, (kind, high)
        if kind not in (
            "plant",
            "plant_small",
            "vase",
            "planter",
        ):  # what grows may be slimmer than the room it was given
            assert high[0] - low[0] > w - 2 * TOLERANCE, (kind, low, high)


@pytest.mark.parametrize("kind", ["sofa", "bed", "dining_table", "bookshelf", "rug", "desk", "armchair"])
def test_the_smallest_and_the_largest_size_are_kept(kind: str) -> None:
    for size in (KINDS[kind].smallest, KINDS[kind].largest):
        low, high = corners(build(piece(kind, "standard", size=size)))
        assert (high - low <= np.array(size) + 2 * TOLERANCE).all()
        assert (high - low)[:2].max() > max(size[:2]) - 2 * TOLERANCE


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_faces_look_outwards(kind: str) -> None:
    """Closed surfaces enclose positive volume; open ones (art, leaves, curtains, lamp linings) are left out by
    material.
    """
    for style in ("modern", "luxury", "coastal"):
        built = build(piece(kind, style, seed=3))
        for mesh in built.meshes:
            if built.materials[mesh.material].kind in ("wood", "metal", "linen", "velvet", "boucle", "marble"):
                if kind == "curtain":
                    continue
                assert signed_volume(mesh) > -1e-4, (kind, style, mesh.material)


def test_building_is_reproducible_and_seeds_differ() -> None:
    for kind in ("bookshelf", "wall_art", "sofa", "plant", "rug", "vase", "books"):
        once, again, other = (build(piece(kind, "modern", seed=seed)) for seed in (4, 4, 5))
        assert once.materials == again.materials
        assert all(np.array_equal(a.vertices, b.vertices) for a, b in zip(once.meshes, again.meshes, strict=True))
        different_shape = len(once.meshes) != len(other.meshes) or any(
            a.vertices.shape != b.vertices.shape or not np.allclose(a.vertices, b.vertices)
            for a, b in zip(once.meshes, other.meshes, strict=True)
        )
        assert different_shape or once.materials != other.materials, kind


@pytest.mark.parametrize(
    "kind",
    [
        *("sofa", "armchair", "coffee_table", "dining_chair", "bed", "sideboard", "floor_lamp"),
        *("office_chair", "tv", "monitor"),
    ],
)
def test_styles_differ_in_shape_and_not_only_in_colour(kind: str) -> None:
    prints = {}
    for style in STYLES:
        built = build(piece(kind, style, size=KINDS[kind].default))
        points = np.concatenate([m.vertices for m in built.meshes])
        prints[style] = np.round(
            np.histogram(points[:, 2], bins=12, range=(0, KINDS[kind].default[2]))[0] / len(points), 3
        )
    different = {tuple(p) for p in prints.values()}
    assert len(different) >= 5


@pytest.mark.parametrize("kind", ["desk_lamp", "pouf", "bean_bag"])
def test_no_two_styles_have_the_same_outline(kind: str) -> None:
    """Seen from the front and from above, a twentieth of the size at least, somewhere."""
    outlines = {}
    for style in STYLES:
        points = np.concatenate([m.vertices for m in build(piece(kind, style, size=KINDS[kind].default)).meshes])
        shares = points / KINDS[kind].default
        bands = [np.abs(shares[np.abs(shares[:, 2] - z) < 0.04, :2]) for z in np.linspace(0.05, 0.95, 16)]
        outlines[style] = np.array([band.max(0) if len(band) else (0.0, 0.0) for band in bands])
    for one, other in itertools.combinations(STYLES, 2):
        assert np.abs(outlines[one] - outlines[other]).max() > 0.05, (one, other)


@pytest.mark.parametrize("kind", ["office_chair", "tv", "monitor", "laptop", "desk_lamp", "pouf", "bean_bag"])
def test_no_two_styles_have_the_same(kind: str) -> None:
    looks = set()
    for style in STYLES:
        built = build(piece(kind, style, size=KINDS[kind].default, seed=1))
        colours = sorted((m.kind, m.colour) for m in built.materials.values())
        looks.add((tuple(colours), sum(len(m.faces) for m in built.meshes)))
    assert len(looks) == len(STYLES)


def test_a_television_hangs_flat_and_stands_on_its_feet() -> None:
    for style in STYLES:
        low, high = corners(build(piece("tv", style)))
        assert high[1] - low[1] > 0.19, style  # it cannot fall over
        low, high = corners(build(piece("tv", style, options={"hung": True})))
        assert high[1] - low[1] < 0.08, style
        assert high[2] > 0.75, style


def test_place_turns_and_moves_into_the_room() -> None:
    local = build(piece("armchair", "modern"))
    placed = place(piece("armchair", "modern", x=1.0, y=3.0, z=0.1, turn=90.0))
    for a, b in zip(local.meshes, placed.meshes, strict=True):
        # A quarter turn counter-clockwise takes (x, y) to (-y, x).
        expected = np.stack([1.0 - a.vertices[:, 1], 3.0 + a.vertices[:, 0], a.vertices[:, 2] + 0.1], 1)
        assert np.allclose(b.vertices, expected)
    assert placed.materials == local.materials


def test_decor_stands_on_the_table_only_when_asked_for() -> None:
    for kind in ("coffee_table", "sideboard", "dining_table", "nightstand", "console_table"):
        bare, dressed = build(piece(kind, "modern")), build(piece(kind, "modern", options={"decor": True}))
        top = piece(kind, "modern").size[2]
        assert corners(bare)[1][2] < top + 0.01
        assert corners(dressed)[1][2] > top + 0.02


def test_materials_of_many_pieces_merge_safely() -> None:
    together: dict[str, object] = {}
    for seed in range(4):
        for kind in ("wall_art", "rug", "bookshelf"):
            for name, material in build(piece(kind, "luxury", seed=seed)).materials.items():
                assert together.setdefault(name, material) == material


def test_lamps_glow_and_their_emitting_meshes_are_simple() -> None:
    for kind in ("floor_lamp", "table_lamp", "pendant"):
        for style in STYLES:
            built = build(piece(kind, style))
            lit = [m for m in built.meshes if built.materials[m.material].kind == "emit"]
            assert lit, (kind, style)
            assert sum(len(m.faces) for m in lit) < 1700, (kind, style)
            assert all(0 < built.materials[m.material].radiance <= 10 for m in lit)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ValueError, match="no such kind"):
        build(piece("sofa", "modern", kind="throne"))
    with pytest.raises(ValueError, match="no such style"):
        build(piece("sofa", "modern", style="rococo"))
    with pytest.raises(KeyError):
        size_for("sofa", "rococo")


def test_the_catalogue_is_consistent() -> None:
    for kind, spec in KINDS.items():
        assert spec.kind == kind
        for style in STYLES:
            for low, value, high in zip(spec.smallest, size_for(kind, style), spec.largest, strict=True):
                assert low <= value <= high, (kind, style)


def test_the_grain_of_a_round_table_runs_straight() -> None:
    """Texture coordinates of the top follow x and y in metres; turned like a bowl's they would paint rings."""
    built = build(piece("coffee_table", "scandinavian"))
    top = next(m for m in built.meshes if built.materials[m.material] == STYLES["scandinavian"].materials["tabletop"])
    high = top.vertices[:, 2] > top.vertices[:, 2].max() - 1e-6
    moved = top.uv[high] - top.vertices[high, :2]
    assert np.allclose(moved, moved[0])


def test_pictures_hang_upright() -> None:
    """Row 0 of a bitmap is v = 0: the picture's upper edge must carry it."""
    built = build(piece("wall_art", "modern"))
    art = next(m for m in built.meshes if built.materials[m.material].kind == "art")
    top = art.vertices[:, 2] > art.vertices[:, 2].mean()
    assert np.allclose(art.uv[top, 1], 0.0)
    assert np.allclose(art.uv[~top, 1], 1.0)


@pytest.mark.parametrize(
    ("kind", "style"), [("table_lamp", "modern"), ("pendant", "midcentury"), ("floor_lamp", "luxury")]
)
def test_a_lit_shade_is_no_flat_white_shape(kind: str, style: str) -> None:
    """It glows most near its bulb and fades upwards, and never outshines the walls so far that a photo would clip."""
    built = build(piece(kind, style))
    shades = [
        (built.materials[m.material].radiance, m.vertices[m.faces][..., 2].mean())
        for m in built.meshes
        if built.materials[m.material].kind == "emit" and built.materials[m.material].radiance < 5
    ]
    assert len(shades) >= 4
    assert max(shades)[0] <= 1.1
    assert min(shades)[0] < 0.75 * max(shades)[0]
    assert min(shades)[1] > max(shades)[1]
