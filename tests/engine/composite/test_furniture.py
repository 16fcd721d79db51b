"""The furniture layer at full size, from a smaller trace."""

import numpy as np

from staging.engine.composite.furniture import FurnitureLight, border_weight


def test_a_border_between_a_dark_and_a_light_piece_gets_no_seam():
    full, small = 128, 32
    albedo = np.full((full, full, 3), 0.05, np.float32)
    albedo[:, 66:] = 0.6  # the border runs through the middle of a traced pixel
    alpha = np.ones((full, full), np.float32)
    # Radiance and albedo of that pixel were sampled by different rays, of which different shares hit the light piece.
    traced_albedo = albedo[::4, ::4].copy()
    radiance = traced_albedo.copy()
    rng = np.random.default_rng(1)
    traced_albedo[:, 16] = 0.05 + 0.55 * rng.uniform(0.2, 0.8, (small, 1))
    radiance[:, 16] = 0.05 + 0.55 * rng.uniform(0.2, 0.8, (small, 1))
    behind = (np.ones_like(radiance), np.ones_like(radiance))
    borders = border_weight(alpha, albedo, small, small)
    light = FurnitureLight.of((radiance, traced_albedo), behind, np.ones((small, small), np.float32), borders)
    drawn = light.rows(albedo, full, full, 0, full)
    assert np.abs(drawn / albedo - 1).max() < 0.1


def test_edges_take_no_light_from_the_background():
    small = 24
    alpha = np.zeros((small, small), np.float32)
    alpha[8:16, 8:16] = 1
    alpha[7, 8:16] = 0.4
    radiance = np.where(alpha[..., None] > 0.9, 0.2, 0.9).astype(np.float32) * np.ones(3, np.float32)
    room = (np.full_like(radiance, 0.9), np.full_like(radiance, 0.8))
    light = FurnitureLight.of((radiance, radiance), room, alpha, None)
    assert np.allclose(light.rows(radiance, small, small, 0, small)[7, 9:15], 0.2, atol=0.02)


def test_thin_parts_are_separated_from_what_is_behind_them():
    small = 24
    alpha = np.zeros((small, small), np.float32)
    alpha[:, 12] = 0.5
    room = np.full((small, small, 3), 0.9, np.float32)
    radiance = room * (1 - alpha[..., None]) + 0.1 * alpha[..., None]
    light = FurnitureLight.of((radiance, radiance), (room, room), alpha, None)
    assert np.allclose(light.rows(radiance, small, small, 0, small)[:, 12], 0.1, atol=0.08)
