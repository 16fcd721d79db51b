"""What stands in a room is found whole: its light parts, its lamp, and neither the door nor the window beside it."""

import dataclasses

import cv2
import numpy as np
import pytest

from staging.engine.removal import filling, finding, standing
from staging.engine.removal.scene import Scene
from staging.engine.scene.room import Opening
from tests.engine.removal import furnished

ROOM = furnished.ROOM


def on_back(photo, u, z, colour):
    """Paint a rectangle of the back wall, metres, on the photo; where it is (H, W)."""
    points = np.array(
        [(a, ROOM.box.y1 - 0.01, b) for a, b in zip((u[0], u[1], u[1], u[0]), np.repeat(z, 2), strict=True)]
    )
    outline = np.round(ROOM.camera.project(points)[0]).astype(np.int32)
    where = np.zeros(photo.shape[:2], np.uint8)
    cv2.fillConvexPoly(photo, outline, colour)
    cv2.fillConvexPoly(where, outline, 1)
    return where > 0


def whole(photo, part=None):
    """What stands in the photo of ROOM, of which colour finds a `part` (H, W); and the scene."""
    scene = Scene.of(photo, ROOM)
    covers = filling.covered(scene, np.zeros(photo.shape[:2], bool))
    found = finding.furniture(scene, covers).mask if part is None else part
    return standing.whole(scene, covers, found), scene


def test_a_sheet_of_the_colour_of_the_wall_goes_with_the_bed_under_it():
    photo, mask = furnished.furnished()
    rows = np.flatnonzero(mask.any(1))
    upper = np.arange(len(mask))[:, None] < rows[0] + 0.55 * len(rows)
    sheet = (mask > 0) & upper
    fold = 5 * np.sin(np.arange(mask.shape[1]) / 2.5)
    photo[sheet] = np.clip(np.median(furnished.empty()[sheet], 0) + (sheet * fold)[sheet][:, None], 0, 255)
    photo[sheet & (cv2.erode(sheet.astype(np.uint8), np.ones((5, 5), np.uint8)) == 0)] = (70, 30, 25)
    stands, _ = whole(photo, (mask > 0) & ~upper)
    assert stands.mask[sheet].mean() > 0.9
    assert stands.mask.mean() < 1.5 * (mask > 0).mean()


def test_where_nothing_was_found_nothing_stands():
    scene = Scene.of(furnished.empty(), ROOM)
    covers = filling.covered(scene, np.zeros(scene.faces.labels.shape, bool))
    stands = standing.whole(scene, covers, np.zeros(scene.faces.labels.shape, bool))
    assert not stands.mask.any()
    assert stands.untold == 0
    assert standing.raised(scene, stands.mask) == 0


def test_pictures_and_doors_of_the_wall_stay():
    photo, mask = furnished.furnished()
    picture = on_back(photo, (0.0, 0.8), (1.4, 1.9), (40, 60, 120))
    door = on_back(photo, (-1.9, -1.1), (0.0, 2.0), (90, 60, 40))
    stands, _ = whole(photo)
    assert stands.mask[mask > 0].mean() > 0.95
    assert stands.mask[picture].mean() < 0.05
    assert stands.mask[door].mean() < 0.15


def before_the_chest(u, z, colour):
    """The room with a chest before something on its back wall: photo, where the chest is, where the other is."""
    dressed, mask = furnished.furnished()
    photo = dressed.copy()
    where = on_back(photo, u, z, colour) & (mask == 0)
    photo[mask > 0] = dressed[mask > 0]
    return photo, mask > 0, where


def test_a_window_right_behind_what_stands_stays():
    photo, mask, window = before_the_chest((-0.2, 0.5), (0.5, 2.2), (120, 150, 190))
    stands, _ = whole(photo)
    assert stands.mask[mask].mean() > 0.95
    assert stands.mask[window].mean() < 0.2
    assert stands.untold < 0.01


def test_what_goes_up_to_the_ceiling_behind_a_thing_cannot_be_told_apart():
    photo, _, shelves = before_the_chest((-0.2, 0.5), (0.3, 2.54), (60, 70, 40))
    spots = np.random.default_rng(0).integers(0, 2, (45, 68)).repeat(8, 0).repeat(8, 1)[:360, :540] > 0
    photo[shelves & spots] = (170, 90, 40)
    assert whole(photo)[0].untold > 0.02
    assert whole(furnished.furnished()[0])[0].untold == 0


def over_the_chest(mask, above, half):
    """Pixels (H, W) from `above.start` to `above.stop` over the middle of the chest, `half` to each side."""
    top = int(np.flatnonzero(mask.any(1))[0])
    middle = int(np.flatnonzero(mask[top + 3]).mean())
    there = np.zeros(mask.shape, bool)
    there[top - above.start : top - above.stop, middle - half : middle + half] = True
    return there


def test_the_shade_of_a_lamp_whose_foot_is_too_thin_to_see_goes_with_what_it_stands_on():
    photo, mask = furnished.furnished()
    shade = over_the_chest(mask, slice(30, 12), 10)
    photo[shade] = (40, 70, 60)
    stands, _ = whole(photo)
    assert stands.mask[shade].mean() > 0.9


def test_sun_on_the_floor_raises_nothing():
    stands, scene = whole(furnished.sunlit())
    assert standing.raised(scene, stands.mask) < 0.01
    chest, scene = whole(furnished.furnished()[0])
    assert standing.raised(scene, chest.mask) > 0.01


def test_a_picture_close_above_what_stands_stays():
    photo, mask = furnished.furnished()
    picture = over_the_chest(mask, slice(83, 13), 48)
    photo[picture] = (40, 70, 60)
    stands, _ = whole(photo, (mask > 0) | picture)
    assert stands.mask[mask > 0].mean() > 0.95
    assert stands.mask[picture].mean() < 0.2


def test_a_rail_of_white_slats_before_a_white_wall_goes_with_the_bed_under_it():
    photo, mask = furnished.furnished()
    wall = furnished.empty()
    top = np.array([np.flatnonzero(column)[0] if column.any() else -1 for column in mask.T > 0])
    rail = np.zeros(mask.shape, bool)
    for column in np.flatnonzero(top >= 0)[15:-15]:
        rail[top[column] - 22 : top[column], column] = True
    slats = rail & (np.arange(mask.shape[1]) % 8 < 4)
    photo[rail] = wall[rail]
    photo[slats] = np.minimum(wall[slats] * 1.1, 255)
    stands, _ = whole(photo)
    assert stands.mask[rail].mean() > 0.9
    assert stands.mask.mean() < 1.6 * (mask > 0).mean()


def test_pale_feet_on_a_carpet_go_with_what_stands_on_them():
    photo, mask = furnished.with_chest(furnished.carpeted())
    column = int(np.flatnonzero(mask.any(0))[20])
    bottom = int(np.flatnonzero(mask[:, column])[-1])
    foot = np.zeros(mask.shape, bool)
    foot[bottom + 1 : bottom + 18, column : column + 8] = True
    photo[foot] = np.clip(np.median(furnished.carpeted()[foot], 0) * 1.15, 0, 255)
    stands, _ = whole(photo)
    assert stands.mask[mask > 0].mean() > 0.95
    assert stands.mask[foot].mean() > 0.9


def test_a_window_ends_as_high_as_windows_do():
    low = dataclasses.replace(ROOM, openings=(Opening("window", "back", -0.5, 0.9, 0.5, 1.2),))
    high = dataclasses.replace(ROOM, openings=(Opening("window", "back", -0.5, 0.9, 0.5, 2.1),))
    photo = furnished.empty()
    for room, height in ((low, (0.5, 1.2)), (high, (0.5, 2.1))):
        bright = photo.copy()
        where = on_back(bright, (-0.5, 0.9), height, (228, 228, 228))
        assert (finding.panes(Scene.of(bright, room))[where].mean() > 0.9) == (room is high)


@pytest.mark.parametrize(("confidence", "hiding", "unclear"), [
    (0.34, 0.15, True), (0.38, 0.15, False), (0.38, 0.25, True), (0.6, 0.35, False), (0.2, 0.1, False),
])  # fmt: skip
def test_the_more_of_a_room_is_unexplained_the_surer_it_must_read_to_be_empty(confidence, hiding, unclear):
    room = dataclasses.replace(ROOM, confidence={"total": confidence})
    scene = Scene.of(furnished.empty(), room)
    unexplained = np.zeros(scene.faces.labels.shape, bool)
    unexplained[: round(hiding * len(unexplained))] = True
    assert finding.unclear(scene, unexplained) == unclear
