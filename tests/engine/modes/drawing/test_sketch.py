"""Sketch to render: what a person who sends a drawing gets back."""

import cv2
import numpy as np
import pytest
from PIL import Image

from staging.engine.errors import NothingUsable, UnusablePhoto
from staging.engine.modes.drawing import regions
from staging.engine.modes.drawing.paper import is_drawing
from staging.engine.modes.samples.rooms import SAMPLES
from staging.engine.modes.sketch import judged, render_sketch
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
    assert {gate.name: gate.passed for gate in front.gates} == {
        "lines_kept": True,
        "coloured": True,
        "ends_on_lines": True,
        "outlined": True,
    }


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


def scribbled(ground):
    """Many thin strokes on a picture (H, W, 3)."""
    drawn, rng = ground.copy(), np.random.default_rng(0)
    for _ in range(160):
        start = rng.integers(0, [drawn.shape[1], drawn.shape[0]])
        cv2.line(drawn, start.tolist(), (start + rng.integers(-120, 120, 2)).tolist(), (70, 70, 70), 2, cv2.LINE_AA)
    return drawn


def test_a_bright_photo_is_no_drawing_though_it_has_thin_lines():
    lit = np.broadcast_to(np.linspace(222, 250, 600)[None, :, None], (400, 600, 3)).astype(np.uint8)
    assert is_drawing(scribbled(lit))  # a sheet in uneven light
    chairs = scribbled(lit)
    for x in range(10, 590, 27):
        cv2.rectangle(chairs, (x, 200), (x + 16, 340), (50, 48, 46), -1)
    coloured = lit.copy()
    coloured[:170], coloured[:, 400:] = (226, 238, 250), (250, 236, 226)
    for photo in (chairs, scribbled(coloured)):
        with pytest.raises(UnusablePhoto) as refused:
            render_sketch(photo, style="modern")
        assert refused.value.code == "not_a_drawing"
        assert not is_drawing(photo)


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


@pytest.mark.parametrize(
    ("drawing", "space", "code"),
    [(house(), "interior", "drawn_from_outside"), (room(), "exterior", "drawn_from_inside")],
)
def test_a_house_is_no_room_and_a_room_no_house(drawing, space, code):
    with pytest.raises(UnusablePhoto) as refused:
        render_sketch(drawing, style="modern", space=space, room_type="living", quality="draft")
    assert refused.value.code == code


def test_loose_strokes_close_no_house():
    paper = sheet()
    for x in range(60, 600, 60):
        paper[100:300, x : x + 2] = 20
    with pytest.raises(UnusablePhoto) as refused:
        render_sketch(paper, style="modern", space="exterior")
    assert refused.value.code == "no_closed_shapes"


def test_an_area_ends_at_lines_and_not_where_a_ball_did_not_fit():
    ink = np.zeros((600, 900), np.float32)
    cv2.polylines(ink, [np.array([[60, 60], [400, 60], [430, 290], [840, 290], [840, 330], [60, 330]])], True, 1.0, 2)
    inside = regions.find(ink).labels[70:325, 65:835][::6, ::6]
    shape = np.zeros(ink.shape, np.uint8)
    cv2.fillPoly(shape, [np.array([[70, 70], [392, 70], [424, 298], [830, 298], [830, 322], [70, 322]])], 1)
    held = inside[shape[70:325, 65:835][::6, ::6] > 0]
    assert (held == np.bincount(held).argmax()).mean() > 0.97
    cv2.line(ink, (430, 290), (430, 330), 1.0, 2)
    parted = regions.find(ink).labels
    assert parted[200, 200] != parted[310, 700]


def test_a_picture_with_blots_of_colour_is_refused():
    sheet = np.full((300, 400, 3), 250, np.uint8)
    picture = np.full((300, 400, 3), 120, np.uint8)
    strokes = np.zeros((300, 400), np.float32)
    refused = {gate.name: gate.passed for gate in judged(sheet, picture, strokes, 0.06)}
    assert refused["ends_on_lines"] is False
    assert {gate.name: gate.passed for gate in judged(sheet, picture, strokes, 0.01)}["ends_on_lines"] is True


def hatched_house():
    """The same house without one outline: roof, walls and bushes are nothing but short strokes of a pencil."""
    paper, rng = sheet(), np.random.default_rng(3)
    shapes = (
        ([(180, 200), (320, 60), (460, 200)], (9, 0)),
        ([(200, 200), (440, 200), (440, 350), (200, 350)], (0, 9)),
        ([(440, 200), (560, 180), (560, 330), (440, 350)], (9, 1)),
        ([(120, 300), (260, 310), (250, 380), (110, 380)], (1, 8)),
        ([(380, 320), (600, 310), (610, 390), (370, 385)], (0, 8)),
    )
    for outline, (dx, dy) in shapes:
        inside = cv2.fillPoly(np.zeros(paper.shape[:2], np.uint8), [np.array(outline, np.int32)], 1)
        for y in range(2, paper.shape[0], 3):
            for x in range(2, paper.shape[1], 5):
                if inside[y, x]:
                    x0, y0 = x + int(rng.integers(-3, 4)), y + int(rng.integers(-3, 4))
                    cv2.line(paper, (x0, y0), (x0 + dx, y0 + dy), (60, 60, 60), 1, cv2.LINE_AA)
    return paper


def test_a_house_that_is_hatching_all_over_is_refused_and_told_why():
    with pytest.raises(NothingUsable, match="clear outlines") as refused:
        render_sketch(hatched_house(), style="farmhouse", space="exterior", quality="draft", seed=4)
    assert refused.value.code == "gate_outlined"
