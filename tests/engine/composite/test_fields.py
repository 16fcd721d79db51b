"""Fields over a picture are blurred as OpenCV blurs them, however widely."""

import cv2
import numpy as np
import pytest

from staging.engine.composite.fields import WIDE, blurred_widely, least, widest


@pytest.mark.parametrize(("height", "width", "sigma"), [(90, 240, 1.2 * WIDE), (200, 150, 3 * WIDE), (60, 60, 5.0)])
def test_a_wide_blur_is_that_of_opencv(height, width, sigma):
    field = (np.random.default_rng(1).random((height, width)) > 0.7).astype(np.float32)
    field[:, : width // 3] = 0
    np.testing.assert_allclose(blurred_widely(field, sigma), cv2.GaussianBlur(field, (0, 0), sigma), atol=5e-6)


def test_the_largest_and_the_smallest_channel_are_what_numpy_finds():
    for kind in (np.float32, np.int16):
        field = np.random.default_rng(3).integers(-9, 9, (20, 30, 3)).astype(kind)
        assert np.array_equal(widest(field), field.max(-1))
        assert np.array_equal(least(field), field.min(-1))
