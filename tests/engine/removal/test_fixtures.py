"""Windows and curtains that furniture hid in part go on behind it down to where they end, and are no paint."""

import cv2
import numpy as np

from staging.engine.modes.declutter import declutter
from staging.engine.removal import continuation, filling, finding, fixtures, plain
from staging.engine.removal.scene import Scene
from staging.engine.removal.sheets import Sheet
from staging.engine.scene.faces import BACK
from tests.engine.removal import furnished

PAINT = np.array([0.62, 0.6, 0.55], np.float32)
SIZE = (190, 300)
FOOT = 174
TOP, SILL = 40, 100  # rows of the window


def wall(*, seen_end=True):
    """A wall's sheet, a window of two panes on it, the same with furniture before its left, and where that is."""
    sheet = Sheet(BACK, 80.0, SIZE[1], SIZE[0], np.zeros(3), np.zeros(3), np.zeros(3))
    truth = np.broadcast_to(PAINT, (*SIZE, 3)).astype(np.float32).copy()
    truth[TOP:SILL, 90:210] = 0.95
    view = np.linspace(0.9, 0.2, SILL - TOP - 8, dtype=np.float32)[:, None, None] * np.array([0.7, 0.9, 1], np.float32)
    for left in (96, 154):
        truth[TOP + 4 : SILL - 4, left : left + 50] = view
    hidden = np.zeros(SIZE, bool)
    hidden[75:170, 60 : 145 if seen_end else 240] = True
    picture = truth.copy()
    picture[hidden] = (0.3, 0.1, 0.1)
    return sheet, truth, picture, hidden


def drawn(sheet, picture, hidden):
    """The picture with the fixtures going on, and where they do."""
    surface = np.broadcast_to(PAINT, picture.shape).astype(np.float32)
    confirmed = ~hidden & (np.abs(picture - PAINT).max(-1) < 0.01)
    found = fixtures.found(sheet, picture, surface, confirmed, ~hidden)
    made = continuation.continued(sheet, picture, found, ~hidden, hidden)
    if made is None:
        return surface, np.zeros(hidden.shape, bool)
    row, column = np.nonzero(made.where)
    result = np.where(hidden[..., None], surface, picture)
    x, y = (values.astype(int) for values in made.places(column.astype(np.float32), row.astype(np.float32)))
    result[row, column] = picture[y, x] * np.exp(made.gain[row, column])[:, None]
    return result, made.where


def test_a_window_goes_on_to_the_sill_that_is_seen_beside():
    sheet, truth, picture, hidden = wall()
    result, where = drawn(sheet, picture, hidden)
    assert np.abs(result - truth)[hidden].mean() < 0.02
    assert where[75 : SILL - 2, 95:140].mean() > 0.95
    assert not where[SILL + 4 :].any()
    assert not where[:, :86].any()


def last_rows(where, columns):
    """The last row, of those drawn, in each of the columns."""
    return len(where) - 1 - np.argmax(where[::-1, columns], 0)


def test_a_window_whose_sill_nobody_sees_ends_in_one_line_as_low_as_it_is_seen():
    sheet, _, picture, hidden = wall(seen_end=False)
    hidden[75:85, 150:240] = False
    picture = np.where(hidden[..., None], picture, wall()[1]).astype(np.float32)
    result, where = drawn(sheet, picture, hidden)
    ends = last_rows(where, slice(92, 208))
    assert np.ptp(ends) == 0
    assert 84 <= ends[0] <= 92
    assert not where[:, :86].any()
    assert np.abs(result[ends[0] - 2 : ends[0] + 1, 92:208] - 0.95).max() < 0.05, "no frame below"
    assert result[78, 100:140, 0].max() < 0.8, "no view where the pane went on"


def test_the_slanting_side_of_a_curtain_is_no_hem_to_go_on_to():
    sheet, truth, _, _ = wall()
    curtain = np.array([[195, TOP], [235, TOP], [265, 160], [232, 160], [200, SILL + 5]], np.int32)
    cv2.fillPoly(truth, [curtain], (0.35, 0.2, 0.15))
    hidden = np.zeros(SIZE, bool)
    hidden[75:170, 60:145] = True
    surface = np.broadcast_to(PAINT, truth.shape).astype(np.float32)
    confirmed = ~hidden & (np.abs(truth - PAINT).max(-1) < 0.01)
    ends = fixtures.found(sheet, truth, surface, confirmed, ~hidden).ends
    assert (np.abs(ends[150:190] - SILL) < 4).all()
    assert (np.abs(ends[240:255] - 160) < 4).all()
    assert (ends[208:222] == -1).all()


def test_a_skirting_board_and_a_shadow_are_no_fixtures():
    sheet, truth, _, hidden = wall()
    truth[FOOT - 8 : FOOT] = 0.9
    truth[50:160, 230:280] *= 0.6
    surface = np.broadcast_to(PAINT, truth.shape).astype(np.float32)
    confirmed = np.abs(truth - PAINT).max(-1) < 0.01
    parts = fixtures.found(sheet, truth, surface, confirmed, ~hidden).parts
    assert not parts[105:].any()
    assert not parts[:, 220:].any()
    assert (parts[TOP + 2 : 70, 95:205] > 0).mean() > 0.95


def room_with_blind():
    """The empty room with a lit white blind on its back wall, and a mask that hides its lower left corner."""
    photo = furnished.empty()
    camera, far = furnished.ROOM.camera, furnished.ROOM.box.y1

    def outline(left, right, low, high):
        corners = [(left, far, low), (right, far, low), (right, far, high), (left, far, high)]
        return np.round(camera.project(corners)[0]).astype(np.int32)

    blind = np.zeros(photo.shape[:2], np.uint8)
    cv2.fillConvexPoly(blind, outline(-0.7, 0.9, 1.2, 2.2), 255)
    empty = photo.copy()
    photo[blind > 0] = 250
    for z in np.arange(1.2, 2.2, 0.1):
        cv2.fillConvexPoly(photo, outline(-0.7, 0.9, z, z + 0.03), (225, 228, 232))
    # Part of it looks like the paint, and nothing parts that from the rest.
    like_paint = np.zeros(blind.shape, np.float32)
    cv2.fillConvexPoly(like_paint, outline(-0.45, 0.65, 1.6, 1.95), 1.0)
    like_paint = cv2.GaussianBlur(like_paint, (0, 0), 4)[..., None]
    photo[blind > 0] = (photo * (1 - like_paint) + empty * like_paint)[blind > 0]
    mask = np.zeros(photo.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, outline(-0.9, 0.1, 0.6, 1.35), 255)
    return photo, mask, blind


def test_an_emptied_room_keeps_its_blind_whole_and_the_paint_beside_it_clean():
    truth, mask, blind = room_with_blind()
    picture = truth.copy()
    picture[mask > 0] = (90, 40, 30)
    made = declutter(picture, mask=mask, room=furnished.ROOM.to_dict()).picture.astype(int)
    inner = cv2.erode(mask, np.ones((9, 9), np.uint8)) > 0
    away = ~(cv2.dilate(blind, np.ones((9, 9), np.uint8)) > 0)
    apart = np.abs(made - truth).mean(-1)
    assert apart[inner & (cv2.erode(blind, np.ones((5, 5), np.uint8)) > 0)].mean() < 12
    assert apart[inner & away].mean() < 6


def test_what_looks_like_paint_within_a_blind_is_none():
    photo, mask, blind = room_with_blind()
    scene, hole = Scene.of(photo, furnished.ROOM), mask > 0
    surface = plain.surfaces(scene, hole, filling.covered(scene, hole).values())[BACK]
    inner = cv2.erode(blind, np.ones((5, 5), np.uint8)) > 0
    assert plain.bare(scene.photo, hole, surface)[inner & ~hole].mean() < 0.02


def test_a_mask_whose_outline_crosses_curtains_cuts_through_no_furniture():
    photo = furnished.empty().astype(float)
    faces = Scene.of(furnished.empty(), furnished.ROOM).faces
    x, _, z = np.moveaxis(faces.points, -1, 0)
    cloth = (faces.labels == BACK) & (z > 0.7) & (z < 2.2) & (x > -1.7) & (x < 1.6)
    fold = 0.75 + 0.25 * np.sin(x * 2 * np.pi / 0.12)
    photo[cloth] = (np.array([150, 90, 60]) * fold[..., None])[cloth]
    ends = np.array([(a, b, c) for a in (-1.4, 1.3) for b in (3.7, 4.2) for c in (0, 1.2)])
    mask = np.zeros(photo.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(np.round(furnished.ROOM.camera.project(ends)[0]).astype(np.int32)), 255)
    photo[mask > 0] = (40, 60, 90)
    scene, hole = Scene.of(photo.astype(np.uint8), furnished.ROOM), mask > 0
    covers = filling.covered(scene, hole)
    curtains = plain.fixed_on(scene, hole, *covers[BACK])
    told = finding.clear_outline(scene, covers, hole, fixed=curtains)
    assert told > 0.8
    assert told > finding.clear_outline(scene, covers, hole) + 0.2
