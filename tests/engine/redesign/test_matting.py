"""Soft masks: along the photo's edges where there are any, and sharp by themselves where there are none."""

import numpy as np

from staging.engine.redesign.matting import Matte, even_copy, working_copy


def drawn(photo, mask):
    matte = Matte.of(mask.astype(np.float32), photo, radius=3, epsilon=3e-4, reach=2)
    return matte.rows(photo, 0, len(photo))


def test_a_border_without_an_edge_is_as_sharp_as_a_decorators():
    photo = np.full((60, 80, 3), 180, np.uint8) + np.random.default_rng(0).integers(0, 4, (60, 80, 1), dtype=np.uint8)
    mask = np.arange(80) < 40
    share = drawn(photo, np.broadcast_to(mask, (60, 80)))[10:-10]
    assert share[:, :38].min() > 0.95
    assert share[:, 41:].max() < 0.05


def test_beside_an_edge_the_mask_ends_on_it():
    photo = np.full((60, 80, 3), 180, np.uint8)
    photo[:, 40:] = 90
    mask = np.arange(80) < 40
    share = drawn(photo, np.broadcast_to(mask, (60, 80)))[10:-10]
    assert share[:, :40].min() > 0.9
    assert share[:, 41:].max() < 0.1


def test_a_large_photo_is_looked_at_no_more_sharply_than_a_small_one():
    rng = np.random.default_rng(4)
    grainy, small = (
        np.clip(rng.normal(128, 12, (h, w, 3)), 0, 255).astype(np.uint8) for h, w in ((1000, 1500), (600, 900))
    )
    assert np.array_equal(even_copy(small), working_copy(small))
    grain, sharper = (
        np.abs(np.diff(copy.astype(float), axis=1)).mean() for copy in (even_copy(grainy), working_copy(grainy))
    )
    assert even_copy(grainy).shape == working_copy(grainy).shape
    assert grain < 0.7 * sharper


def test_in_every_window_the_mask_is_the_linear_function_of_the_colours_that_fits_it_best():
    rng = np.random.default_rng(6)
    photo = rng.integers(0, 256, (40, 50, 3), dtype=np.uint8)
    weights = np.array([0.5, 0.3, 0.2], np.float32)
    mask = (photo / np.float32(255)) @ weights
    factors = Matte.of(mask.astype(np.float32), photo, radius=5, epsilon=1e-6, reach=2).factors
    assert np.allclose(factors[..., :3], weights, atol=1e-3)
    assert np.allclose(factors[..., 3], 0, atol=1e-3)
