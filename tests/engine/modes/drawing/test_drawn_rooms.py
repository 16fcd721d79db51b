"""What a drawn room becomes: its margin stays paper, and what is drawn in colour sets the tone."""

import cv2
import numpy as np
import pytest

from staging.engine.geometry import read_room
from staging.engine.modes.drawing import margins, paper, reading, room
from staging.engine.modes.sketch import render_sketch
from staging.engine.scene.faces import face_map
from tests.engine.modes.drawing import sheets
from tests.engine.modes.drawing.sheets import INK, polygon


def framed_room():
    """The drawn room with lines on every side, cut off by a frame inside a larger sheet, with specks of a scan."""
    drawn = sheets.room()
    for x in range(40, 640, 90):
        cv2.line(drawn, (x, 419), (round(320 + (x - 320) * 0.4), 275), INK, 1, cv2.LINE_AA)
        cv2.line(drawn, (x, 0), (round(320 + (x - 320) * 0.4), 105), INK, 1, cv2.LINE_AA)
    whole = sheets.sheet(900, 640)
    whole[110:530, 130:770] = drawn
    whole[60:62, 500:503] = whole[600:602, 300:303] = 40
    return whole


@pytest.fixture(scope="module")
def framed():
    return render_sketch(framed_room(), style="modern", space="interior", room_type="living", quality="draft")


def test_the_margin_of_a_framed_drawing_stays_its_own_paper(framed):
    x0, y0, x1, y1 = margins.within(paper.read(framed_room()).ink)
    assert np.abs(np.array([x0, y0, x1, y1]) - (130, 110, 770, 530)).max() <= 3
    changed = (framed.picture != framed_room()).any(-1)
    assert not changed[framed.mask == 0].any()
    assert (framed.mask == 0).mean() > 0.4
    assert changed[framed.mask > 0].mean() > 0.9
    assert framed.record()["mask_share"] == pytest.approx((framed.mask > 0).mean(), abs=1e-3)


def test_a_drawing_that_fades_out_on_its_sheet_has_no_margin():
    whole = sheets.sheet(900, 640)
    whole[110:530, 130:770] = sheets.room()
    whole[490:530] = 252
    whole[:, :160] = whole[:, 740:] = 252
    cv2.rectangle(whole, (300, 300), (600, 520), INK, 2)
    assert margins.within(paper.read(whole).ink) == (0, 0, 900, 640)


def test_what_is_bare_in_a_coloured_room_is_light():
    def seat(coloured):
        drawn = sheets.room()
        if coloured:
            cv2.rectangle(drawn, (204, 114), (276, 266), (245, 215, 190), -1)
            cv2.rectangle(drawn, (364, 114), (436, 266), (245, 215, 190), -1)
            cv2.rectangle(drawn, (282, 142), (358, 208), (200, 220, 245), -1)
        made = render_sketch(drawn, style="industrial", space="interior", room_type="living", quality="draft")
        return made.picture[300:335, 270:370].mean()

    assert seat(coloured=True) > seat(coloured=False) + 25


def test_what_is_upright_and_off_the_floor_hangs_on_the_wall():
    drawn = sheets.room()
    cv2.rectangle(drawn, (206, 234), (262, 300), (252, 252, 252), -1)
    polygon(drawn, (206, 234), (262, 234), (262, 300), (206, 300))
    cv2.line(drawn, (220, 234), (220, 180), INK, 2)
    cv2.line(drawn, (244, 234), (244, 180), INK, 2)
    cv2.line(drawn, (216, 180), (248, 178), INK, 2)
    small = drawn
    seen = face_map(read_room(small), small.shape[1], small.shape[0])
    found = room.read(reading.read(small), seen, "living")
    assert (found.parts[190:226, 225:240] != room.FURNITURE).all()
    assert (found.parts[310:335, 275:370] == room.FURNITURE).mean() > 0.9
