"""Where furniture cuts fixtures of a wall off, and in which lines they end behind it."""

import numpy as np

from staging.engine.removal import endings
from staging.engine.removal.endings import Cut
from staging.engine.removal.sheets import Sheet
from staging.engine.scene.faces import BACK

SHEET = Sheet(BACK, 80.0, 200, 220, np.zeros(3), np.zeros(3), np.zeros(3))
SIZE = (220, 200)


def part_and_hidden():
    """A curtain of columns 60 to 120, and furniture before it from row 140 on."""
    part, hidden = np.zeros(SIZE, bool), np.zeros(SIZE, bool)
    part[10:140, 60:120] = True
    hidden[140:210, 20:180] = True
    return part, hidden


def cut_at(part, hidden):
    return endings.cut_at(SHEET, part, hidden, np.full(SIZE[1], -1))


def test_a_gap_in_what_is_told_of_a_curtain_is_hidden_with_it():
    part, hidden = part_and_hidden()
    part[40:140, 80:86] = False
    cut = cut_at(part, hidden)
    assert (cut.firsts[60:120] == 140).all()
    assert (cut.tops[60:120] == 10).all()


def test_the_edge_of_a_curtain_that_is_lost_in_pale_paint_is_hidden_with_it():
    part, hidden = part_and_hidden()
    part[100:140, 114:120] = False
    cut = cut_at(part, hidden)
    assert (cut.firsts[60:120] == 140).all()
    assert (cut.firsts[120:] == -1).all()


def test_what_is_seen_to_its_end_above_the_furniture_is_not_cut_off():
    part, hidden = part_and_hidden()
    part[136:140] = False
    ends = np.full(SIZE[1], -1)
    ends[60:100] = 135
    cut = endings.cut_at(SHEET, part, hidden, ends)
    assert (cut.firsts[60:100] == -1).all()
    assert (cut.firsts[100:120] == 140).all()


def test_a_cord_is_no_part_that_goes_on():
    part, hidden = part_and_hidden()
    part[:, 64:120] = False
    assert (cut_at(part, hidden).firsts == -1).all()


def test_a_sheer_curtain_that_is_lost_below_a_sill_hangs_as_low_as_the_rest_of_it():
    picture = np.full((*SIZE, 3), 0.6, np.float32)
    picture[:, 100:150] = 0.4  # a window, its curtain on the right, and that on the left, which nobody sees the end of
    picture[:, 150:190] = picture[:, 50:100] = 0.8
    firsts, tops = np.full(SIZE[1], -1), np.full(SIZE[1], 10)
    firsts[50:100], firsts[170:190] = 120, 150
    own = np.full(SIZE[1], -1)
    own[100:170] = 130  # so far the curtain is seen, from column 150 on: the paint below is as pale
    own[150] = -1
    ends = np.full(SIZE[1], -1)
    made = endings.pieces(SHEET, picture, Cut(firsts, firsts.copy(), tops), ends, own)
    assert [(piece.first, piece.stop, piece.end) for piece in made] == [(50, 100, 150), (170, 190, 150)]
