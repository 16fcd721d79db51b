"""Where a painted surface goes on, and where its paint would end in the middle of it."""

import numpy as np
import pytest

from staging.engine.redesign.continuation import continued, open_border

HEIGHT, WIDTH = 80, 160


@pytest.fixture
def wall():
    """A wall (Lab) that gets darker to the right, much more than it differs from the trim that ends it at 120."""
    lab = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    lab[..., 0] = np.linspace(85, 55, WIDTH)
    lab[..., 1:] = (4, 8)
    lab[:, 120:, 0] += 25
    return lab + np.random.default_rng(2).normal(0, 0.4, lab.shape).astype(np.float32)


def test_a_surface_goes_on_through_falling_light_up_to_an_edge(wall):
    found = np.zeros((HEIGHT, WIDTH), bool)
    found[:, :50] = True
    grown = continued(found, wall, np.ones_like(found))
    assert grown[10:70, 50:112].mean() > 0.98
    assert not grown[:, 124:].any()


def test_a_surface_does_not_go_on_where_it_may_not(wall):
    found = np.zeros((HEIGHT, WIDTH), bool)
    found[:, :50] = True
    free = np.ones_like(found)
    free[:, 80:] = False
    assert not continued(found, wall, free)[:, 80:].any()


def test_a_border_is_open_in_the_middle_of_a_surface_and_closed_at_its_end(wall):
    half, whole = (np.arange(WIDTH)[None].repeat(HEIGHT, 0) < end for end in (60, 120))
    for surface, least, most in ((half, 0.95, 1), (whole, 0, 0.05)):
        unseen, border = open_border(surface, wall)
        assert least <= unseen.sum() / border.sum() <= most
