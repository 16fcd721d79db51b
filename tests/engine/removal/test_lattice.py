"""A pattern that repeats is continued whole steps away, so that its joints meet."""

import cv2
import numpy as np

from staging.engine.removal.lattice import repeated, steps

PPM = 100.0


def tiles(pitch=41.5, size=320):
    """Tiles of 41.5 cm with dark joints and grain, each of its own shade; detail about 0, (320, 320, 3)."""
    rng = np.random.default_rng(3)
    row, column = np.mgrid[0:size, 0:size]
    joint = (row % pitch < 2.5) | (column % pitch < 2.5)
    shade = rng.normal(0, 0.01, (size, size))[(row // pitch).astype(int), (column // pitch).astype(int)]
    grey = np.where(joint, -0.2, 0.02) + shade + rng.normal(0, 0.01, (size, size))
    return np.repeat(grey[..., None], 3, 2).astype(np.float32)


def hidden_part(size=320):
    hidden = np.zeros((size, size), bool)
    hidden[120:230, 90:210] = True
    return hidden


def laid(quilt, detail, hidden):
    """The pattern where it was hidden, taken from where the quilt says."""
    y, x = np.nonzero(hidden)
    sx, sy = x + quilt.first[y, x, 0], y + quilt.first[y, x, 1]
    found = cv2.remap(detail, sx[None].astype(np.float32), sy[None].astype(np.float32), cv2.INTER_LINEAR)
    return found[0], detail[y, x]


def test_tiles_go_on_and_their_joints_meet():
    detail, hidden = tiles(), hidden_part()
    found = steps(detail, ~hidden, PPM)
    assert found is not None
    quilt = repeated(found, ~hidden, hidden, np.ones(hidden.shape, np.float32))
    assert quilt is not None
    made, truth = laid(quilt, detail, hidden)
    assert np.corrcoef(made[:, 0], truth[:, 0])[0, 1] > 0.8


def test_nothing_hidden_is_taken_from():
    detail, hidden = tiles(), hidden_part()
    broken = np.where(hidden[..., None], 9.0, detail).astype(np.float32)
    found = steps(broken, ~hidden, PPM)
    assert found is not None
    quilt = repeated(found, ~hidden, hidden, np.ones(hidden.shape, np.float32))
    assert quilt is not None
    assert laid(quilt, broken, hidden)[0].max() < 1


def test_the_steps_are_the_tiles_own():
    found = steps(tiles(), ~hidden_part(), PPM)
    assert found is not None
    lengths = np.sort(np.linalg.norm(found, axis=1))
    assert np.allclose(lengths, 41.5, atol=1.0)


def test_carpet_does_not_repeat():
    detail = np.random.default_rng(5).normal(0, 0.05, (320, 320, 3)).astype(np.float32)
    detail = cv2.GaussianBlur(detail, (0, 0), 1.5)
    assert steps(detail, ~hidden_part(), PPM) is None
