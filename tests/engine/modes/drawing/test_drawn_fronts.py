"""What a drawn house front becomes: gables, glass, gates and ground."""

import cv2
import numpy as np
import pytest

from staging.engine.modes.drawing import glass, house, openings, reading
from staging.engine.modes.sketch import render_sketch
from tests.engine.modes.drawing.sheets import INK, polygon, sheet


def boarded_house(board=12):
    """A gabled front whose bargeboards are `board` pixels wide, with two windows and a gate of eight panels."""
    paper = sheet()
    polygon(paper, (200, 190), (440, 190), (440, 340), (200, 340))
    apex, left, right = np.array([(320, 70), (180, 190), (460, 190)])
    polygon(paper, apex, left, right)
    if board:
        along = np.array([2.4 * board, 0])
        polygon(paper, apex + np.array([0, board * 1.5]), left + along, right - along)
    for x in (240, 350):
        for out in (0, 9):
            cv2.rectangle(paper, (x - out, 205 - out), (x + 36 + out, 250 + out), INK, 1)
    for row in range(3):
        for column in range(4):
            x, y = 228 + 47 * column, 276 + 21 * row
            for out in (0, 3):
                cv2.rectangle(paper, (x + out, y + out), (x + 42 - out, y + 19 - out), INK, 1)
    polygon(paper, (225, 345), (415, 345), (480, 419), (150, 419))
    polygon(paper, (440, 190), (560, 180), (560, 320), (440, 340))
    return paper


@pytest.fixture(scope="module")
def parts():
    return house.read(reading.read(boarded_house())).parts


def test_a_triangle_inside_bargeboards_is_a_wall_and_one_before_the_sky_a_roof(parts):
    assert (parts[140:180, 290:350] == house.FACADE).mean() > 0.95
    plain = house.read(reading.read(boarded_house(board=0))).parts
    assert (plain[140:180, 290:350] == house.ROOF).mean() > 0.95


def test_a_pane_whose_frame_is_a_strip_between_two_lines_is_glass(parts):
    for x in (240, 350):
        assert (parts[210:245, x + 5 : x + 31] == house.GLASS).all()
        assert (parts[210:245, x - 7 : x - 2] != house.GLASS).all()


def test_the_panels_of_a_gate_are_no_panes():
    drawing = reading.read(boarded_house()).drawing
    wall = np.zeros(drawing.shape, bool)
    wall[195:340, 200:440] = True
    panes = openings.find(drawing, wall)
    assert sorted(pane.box[:2] for pane in panes) == [(241, 206), (351, 206)]


def test_glass_mirrors_the_sky_above_and_is_dim_below():
    panes = np.zeros((400, 600), bool)
    panes[100:200, 100:190] = panes[100:200, 196:290] = True
    light = glass.painted(panes, 3)
    upper, lower = light[115:135, 110:280][panes[115:135, 110:280]], light[180:198, 110:280][panes[180:198, 110:280]]
    assert upper.mean() > 1.5 * lower.mean()
    assert (upper[:, 2] > upper[:, 0]).all()
    # One window: what is mirrored runs on behind its bar.
    assert np.abs(light[150:190, 180:188].mean((0, 1)) - light[150:190, 200:208].mean((0, 1))).max() < 0.03
    # In the shade of its frame.
    assert light[101, 150].mean() < light[112, 150].mean()


def test_a_house_drawn_with_its_own_shade_gets_no_second_sun():
    def under_the_eaves(tone):
        paper = boarded_house(board=0)
        # A broad tone on the side wall, as a pencil's flat side leaves it.
        wall = np.zeros(paper.shape[:2], np.uint8)
        cv2.fillPoly(wall, [np.array([(443, 193), (557, 184), (557, 317), (443, 337)], np.int32)], 1)
        shaded = np.where(wall[..., None] > 0, np.minimum(paper, tone), paper).astype(np.uint8)
        made = render_sketch(shaded, style="farmhouse", space="exterior", quality="draft", seed=4).picture
        return made[194:197, 300:340].mean() / made[254:258, 300:340].mean()

    assert under_the_eaves(252) < 0.9
    assert under_the_eaves(205) > under_the_eaves(252) + 0.06


def test_a_slab_that_rises_over_the_horizon_is_no_ground(parts):
    known = reading.read(boarded_house())
    labels = known.regions.labels
    slab = labels == labels[300, 500]
    laid = np.where(slab, house.PAVING, parts.astype(np.int64))
    none = np.zeros(parts.shape, bool)
    found = house._no_high_ground(laid, known.regions, none, 0.6)
    assert (found[slab] == house.FACADE).all()
    assert (house._no_high_ground(laid, known.regions, none, 0.4)[slab] == house.PAVING).all()


def test_ground_full_of_short_strokes_is_grass_and_bare_ground_a_drive():
    paper, rng = boarded_house(board=0), np.random.default_rng(5)
    tone = np.zeros(paper.shape[:2], np.uint8)
    for drive in ([(225, 345), (415, 345), (480, 419), (150, 419)], [(470, 345), (600, 345), (620, 410), (500, 410)]):
        polygon(paper, *drive)
        cv2.fillPoly(tone, [np.array(drive, np.int32)], 1)
    paper = np.where(tone[..., None] > 0, np.minimum(paper, 232), paper).astype(np.uint8)
    inside = cv2.erode(tone, np.ones((13, 13), np.uint8))
    for y in range(347, 410, 5):
        for x in range(470, 620, 5):
            x0, y0 = x + int(rng.integers(3)), y + int(rng.integers(3))
            if inside[y0, x0]:
                cv2.line(paper, (x0, y0), (x0 + 1, y0 - 3), (120, 120, 120), 1, cv2.LINE_AA)
    found = house.read(reading.read(paper)).parts
    assert (found[370:400, 530:590] == house.LAWN).mean() > 0.9
    assert (found[370:400, 230:400] == house.PAVING).mean() > 0.9


def test_a_slanting_fascia_is_no_pane():
    paper = boarded_house(board=0)
    cv2.rectangle(paper, (203, 195), (437, 262), (252, 252, 252), -1)
    for out in (0, 3, 6):
        polygon(paper, (230 - out, 200 - out), (400 + out, 230 - out), (400 + out, 240 + out), (230 - out, 210 + out))
    drawing = reading.read(paper).drawing
    wall = np.zeros(drawing.shape, bool)
    wall[195:272, 203:437] = True
    assert openings.find(drawing, wall) == []


def glazed_house():
    """A front with a chimney over its hipped roof, a double glazed door and a door of one leaf, all in frames."""
    paper = sheet()
    polygon(paper, (180, 200), (240, 110), (420, 110), (480, 200))
    polygon(paper, (200, 200), (460, 200), (460, 340), (200, 340))
    for out in (0, 3, 6):
        for left, right in ((230, 262), (272, 304), (390, 425)):
            cv2.rectangle(paper, (left - out, 250 - out), (right + out, 332 + out), INK, 1)
        cv2.rectangle(paper, (360 - out, 78 - out), (378 + out, 100 + out), INK, 1)
    cv2.line(paper, (353, 106), (353, 110), INK, 2)
    cv2.line(paper, (385, 106), (385, 110), INK, 2)
    return paper


def test_a_pair_of_glazed_doors_is_glass_and_a_leaf_alone_a_door():
    found = house.read(reading.read(glazed_house())).parts
    assert (found[255:328, 235:258] == house.GLASS).all()
    assert (found[255:328, 277:300] == house.GLASS).all()
    assert (found[255:328, 395:420] == house.DOOR).all()


def test_a_chimney_before_the_sky_has_no_glass():
    assert (house.read(reading.read(glazed_house())).parts[70:108] != house.GLASS).all()
