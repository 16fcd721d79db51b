"""Columns of a wall are like others by what they are part of, not by the leaves behind a pane."""

import cv2
import numpy as np

from staging.engine.removal import likeness

PPM = 80.0


def windows():
    """A band (60, 240, 3) with two windows that are alike, at columns 20 and 130, and other leaves behind each."""
    random = np.random.default_rng(5)
    band = np.full((60, 240, 3), 0.6, np.float32)
    for left, light in ((20, 0.35), (130, 0.47)):
        band[:, left : left + 80] = 0.95
        leaves = cv2.GaussianBlur(random.uniform(-1.5, 1.5, (60, 70)).astype(np.float32), (0, 0), 1.2)
        band[:, left + 5 : left + 75] = (light + leaves)[..., None]
    return np.clip(band, 0, 1).astype(np.float32)


def test_a_window_is_matched_with_the_one_beside_it():
    columns, sources = np.arange(20, 100), np.arange(120, 240)
    allowed = np.ones((len(columns), len(sources)), bool)
    taken = likeness.matched(windows(), columns, sources, allowed, PPM)
    assert (taken == columns + 110).mean() > 0.95


def test_cloth_is_not_matched_with_a_pane():
    band = windows()
    band[:, 20:100] = np.array([0.5, 0.3, 0.2], np.float32)
    columns, sources = np.arange(20, 100), np.arange(135, 205)
    taken = likeness.matched(band, columns, sources, np.ones((len(columns), len(sources)), bool), PPM)
    assert (taken == -1).all()


def test_nothing_is_matched_where_nothing_may_be():
    columns, sources = np.arange(20, 100), np.arange(120, 240)
    taken = likeness.matched(windows(), columns, sources, np.zeros((80, 120), bool), PPM)
    assert (taken == -1).all()
