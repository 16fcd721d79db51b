"""Painted textures: every material of every style resolves, stays a plausible reflectance, and repeats by seed only."""

import dataclasses

import numpy as np
import pytest

from staging.engine.furniture.catalogue import build, size_for
from staging.engine.furniture.colours import linear
from staging.engine.furniture.finishes import HOUSE
from staging.engine.furniture.noise import field
from staging.engine.furniture.rugs import DESIGNS
from staging.engine.furniture.styles import STYLES, Style
from staging.engine.furniture.textures import bitmap
from staging.engine.scene.arrangement import Piece
from staging.engine.scene.material import Material

PLAIN = {"paint", "metal", "glass", "mirror", "emit"}


def test_plain_materials_have_no_bitmap_and_all_others_have_one() -> None:
    seen = set()
    for material in [m for style in STYLES.values() for m in style.materials.values()] + list(HOUSE.values()):
        linear(material.colour)
        if material.kind in PLAIN:
            assert bitmap(material) is None
        elif material.kind not in seen:
            seen.add(material.kind)
            texture = bitmap(material)
            assert texture is not None
            h, w = texture.albedo.shape[:2]
            assert texture.albedo.dtype == np.float32
            assert h * w <= 512 * 1024
            assert 0 < texture.albedo.min() <= texture.albedo.max() < 1
            if texture.bump is not None:
                assert texture.bump.shape == (h, w)
                assert 0 <= texture.bump.min() <= texture.bump.max() <= 1


def test_cloth_keeps_the_colour_that_was_asked_for() -> None:
    for kind in ("linen", "velvet", "leather", "knit", "boucle"):
        texture = bitmap(Material(kind, "#8090a0"))  # type: ignore[arg-type]
        assert texture is not None
        assert np.allclose(texture.albedo.mean((0, 1)), linear("#8090a0"), rtol=0.2)


def _art(style: str, seed: int, design: str) -> Material:
    piece = Piece("a", "wall_art", style, size_for("wall_art", style), 0, 0, seed=seed, options={"design": design})
    return next(m for m in build(piece).materials.values() if m.kind == "art")


@pytest.mark.parametrize("design", ["shapes", "landscape", "field"])
def test_no_two_pictures_are_alike(design: str) -> None:
    one, two = (bitmap(_art("standard", seed, design)) for seed in (1, 2))
    assert one is not None
    assert two is not None
    assert one.albedo.shape != two.albedo.shape or np.abs(one.albedo - two.albedo).mean() > 0.02
    assert bitmap(_art("standard", 1, design)) is one  # painted once


@pytest.mark.parametrize(("name", "style"), STYLES.items())
def test_a_style_has_two_rugs_that_are_woven_by_themselves_and_shaded_evenly(name: str, style: Style) -> None:
    """None has a stain: its quarters are of about the same mean lightness."""
    assert len(set(style.rugs)) == 2
    assert set(style.rugs) <= set(DESIGNS)
    seen = {}
    for design in style.rugs:
        texture = bitmap(dataclasses.replace(style.materials["rug"], pattern=design, aspect=1.4))
        assert texture is not None
        seen[design] = texture.albedo
    for design in set(style.rugs) - {"panels"}:
        h, w = seen[design].shape[:2]
        quarters = [
            seen[design][i * h // 2 : (i + 1) * h // 2, j * w // 2 : (j + 1) * w // 2] for i, j in np.ndindex(2, 2)
        ]
        means = [float(quarter.mean()) for quarter in quarters]
        assert max(means) / min(means) < 1.15, (name, design)


def test_rugs_follow_their_proportions() -> None:
    rug = STYLES["standard"].materials["rug"]
    wide, square = (bitmap(dataclasses.replace(rug, pattern="border", aspect=a)) for a in (2.0, 1.0))
    assert wide is not None
    assert square is not None
    assert wide.albedo.shape[1] / wide.albedo.shape[0] == pytest.approx(2.0, rel=0.02)
    assert square.albedo.shape[1] / square.albedo.shape[0] == pytest.approx(1.0, rel=0.02)


def test_noise_tiles_and_has_unit_deviation() -> None:
    for sigma in (1.0, 20.0, (2.0, 40.0)):
        image = field((96, 160), sigma, np.random.default_rng(1))
        assert image.shape == (96, 160)
        assert image.std() == pytest.approx(1.0, rel=0.01)
        seam, inside = np.abs(image[:, 0] - image[:, -1]).mean(), np.abs(np.diff(image, axis=1)).mean()
        assert seam < 2.0 * inside + 0.02
