"""Sketch to render: what a person who sends a drawing gets back."""

import numpy as np
import pytest
from PIL import Image

from staging.engine.errors import UnusablePhoto
from staging.engine.modes.samples.rooms import SAMPLES
from staging.engine.modes.sketch import render_sketch
from tests.engine.modes.conftest import SHIPPED
from tests.engine.modes.drawing.sheets import house, room, sheet

WALL = (slice(290, 330), slice(310, 340))
SKY = (slice(5, 40), slice(20, 600))
GROUND = (slice(385, 415), slice(420, 630))
WINDOW = (slice(235, 250), slice(355, 376))
ROOF = (slice(150, 190), slice(290, 350))


def colour(picture, where):
    return picture[where].reshape(-1, 3).mean(0)


@pytest.fixture(scope="module")
def front():
    return render_sketch(house(), style="farmhouse", space="exterior", quality="draft", seed=4)


def test_a_drawn_house_stands_under_a_sky_on_grass(front):
    red, green, blue = colour(front.picture, SKY)
    assert blue > red + 15
    red, green, blue = colour(front.picture, GROUND)
    assert green > red + 10
    assert green > blue + 20


def test_wall_roof_and_glass_are_of_different_stuff(front):
    wall, roof, glass = (colour(front.picture, where) for where in (WALL, ROOF, WINDOW))
    assert wall.mean() > roof.mean() + 40
    assert wall.mean() > glass.mean() + 40
    assert glass[2] > glass[0] + 10


def test_every_drawn_line_is_still_there(front):
    drawn = house().min(-1) < 60
    assert front.picture.shape == house().shape
    assert np.mean(front.picture[drawn].mean(-1) < 140) > 0.97
    assert {gate.name: gate.passed for gate in front.gates} == {"lines_kept": True, "coloured": True}


def test_the_whole_sheet_is_declared_as_changed(front):
    assert front.mask.shape == front.picture.shape[:2]
    assert front.mask.min() == 255


def test_the_same_drawing_and_seed_give_the_same_bytes(front):
    again = render_sketch(house(), style="farmhouse", space="exterior", quality="draft", seed=4)
    assert np.array_equal(again.picture, front.picture)
    other = render_sketch(house(), style="industrial", space="exterior", quality="draft", seed=4)
    assert np.abs(colour(other.picture, WALL) - colour(front.picture, WALL)).max() > 25


def test_a_drawn_room_has_a_wooden_floor_and_daylight_in_its_window():
    made = render_sketch(room(), style="modern", space="interior", room_type="living", quality="draft")
    floor = colour(made.picture, (slice(385, 410), slice(150, 480)))
    ceiling = colour(made.picture, (slice(10, 50), slice(220, 420)))
    assert floor[0] > floor[2] + 25
    assert ceiling.mean() > floor.mean() + 20
    assert np.ptp(ceiling) < 25
    record = made.record()
    assert record["perspective"] == "read"
    assert record["room"]["box"]["height"] > 2


def test_a_photo_is_told_from_a_drawing():
    for sample in SAMPLES:
        with Image.open(SHIPPED / f"{sample.name}.jpg") as photo:
            pixels = np.asarray(photo.resize((600, 400)))
        with pytest.raises(UnusablePhoto) as refused:
            render_sketch(pixels, style="modern")
        assert refused.value.code == "not_a_drawing"


@pytest.mark.parametrize(
    ("drawing", "code"),
    [
        (sheet(), "empty_drawing"),
        (sheet(200, 400), "photo_too_small"),
    ],
)
def test_a_sheet_that_gives_no_picture_is_refused_in_words(drawing, code):
    with pytest.raises(UnusablePhoto) as refused:
        render_sketch(drawing, style="modern", space="exterior")
    assert refused.value.code == code


def test_loose_strokes_close_no_house():
    paper = sheet()
    for x in range(60, 600, 60):
        paper[100:300, x : x + 2] = 20
    with pytest.raises(UnusablePhoto) as refused:
        render_sketch(paper, style="modern", space="exterior")
    assert refused.value.code == "no_closed_shapes"
