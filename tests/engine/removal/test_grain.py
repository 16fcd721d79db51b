"""The grain of a covering laid anew: as strong as the photo's, nowhere repeated in a grid, the same every time."""

import cv2
import numpy as np
import pytest

from staging.engine.removal import grain


@pytest.fixture(scope="module")
def photo():
    """Noise (H, W, 3) around a grey that is twice as strong in the lower half."""
    rng = np.random.default_rng(5)
    noise = cv2.GaussianBlur(rng.normal(0, 1, (300, 400)), (0, 0), 0.7) * 12
    noise[150:] *= 2
    return np.clip(128 + noise[..., None] * np.ones(3), 0, 255).astype(np.uint8)


def laid(photo, own, rows):
    made = grain.taken(photo, own, 3.0)
    y, x = np.mgrid[rows, 0:400]
    return made.at(x.ravel().astype(np.int64), y.ravel().astype(np.int64)).reshape(*y.shape, 3)


def test_the_grain_is_as_strong_as_at_the_same_height_of_the_photo(photo):
    own = np.ones((300, 400), bool)
    own[:, 120:280] = False
    fine = photo / 255 - cv2.GaussianBlur(photo / 255, (0, 0), 3.0)
    for rows in (slice(20, 120), slice(180, 280)):
        ratio = laid(photo, own, rows)[:, 120:280].std() / fine[rows, :120].std()
        assert 0.8 < ratio < 1.2


def test_no_piece_is_seen_again_right_beside_itself(photo):
    piece = laid(photo, np.ones((300, 400), bool), slice(180, 290)).mean(-1)
    spectrum = np.abs(np.fft.fft2(piece - piece.mean())) ** 2
    likeness = np.fft.ifft2(spectrum).real
    likeness /= likeness[0, 0]
    assert likeness[8:60, 20:200].max() < 0.5


def test_where_nothing_is_seen_there_is_no_grain(photo):
    assert not laid(photo, np.zeros((300, 400), bool), slice(0, 50)).any()


def test_stripes_that_a_camera_leaves_in_all_of_it_do_not_add_up():
    rng = np.random.default_rng(6)
    striped = 128 + 2.0 * rng.normal(0, 1, 400)[None] + 2.0 * rng.normal(0, 1, (300, 400))
    photo = np.clip(striped[..., None] * np.ones(3), 0, 255).astype(np.uint8)
    own = np.ones((300, 400), bool)
    own[:, 100:] = False
    y, x = (a.ravel() for a in np.mgrid[20:280, 120:390])

    def across(**lies):
        made = grain.taken(photo, own, 3.0, **lies).at(x, y).mean(-1).reshape(260, 270)
        return made.mean(0).std() / made.std()

    assert across() < 0.45
    # Grain that lies before the camera is foreshortened, and may not be laid on its side.
    assert across(lies=True) > 1.3 * across()


def test_reflections_on_a_floor_are_none_of_its_grain(photo):
    glossy = photo.copy()
    for y in range(10, 300, 60):
        for x in range(5, 400, 55):
            glossy[y : y + 4, x : x + 4] = 250
    fine = laid(glossy, np.ones((300, 400), bool), slice(20, 280))
    assert 0.03 < np.abs(fine).max() < 0.2
    assert np.abs(fine[:100]).mean() < 0.75 * np.abs(fine[170:]).mean()
