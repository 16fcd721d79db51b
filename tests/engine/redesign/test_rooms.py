"""A room repainted and relaid: our own traced sample rooms, whose truth is known."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from staging.engine.errors import UnusablePhoto
from staging.engine.memory import MEMORY
from staging.engine.modes.samples.rooms import BEDROOM, LIVING
from staging.engine.redesign.growth import grown
from staging.engine.redesign.interior import redecorate
from staging.engine.redesign.palettes import PALETTES
from staging.engine.redesign.regions import Regions
from staging.engine.redesign.trim import Trim
from staging.engine.scene.faces import BACK, CEILING, FLOOR, RIGHT, face_map

SHIPPED = Path(__file__).resolve().parents[3] / "config" / "static" / "samples"
SIZE = (800, 533)
# Left, top, right and bottom, pixels.
OUTLETS = [(300, 300, 316, 322), (520, 180, 544, 196)]
THING = (330, 430, 420, 480)
LOWER = 260  # the row from which a picture shows the floor and the feet of its walls


def photo(sample):
    with Image.open(SHIPPED / f"{sample.name}.jpg") as picture:
        return np.asarray(picture.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS))


def relaid(picture, room, style):
    """The picture redecorated from row LOWER on, where too little of any wall is seen for paint; as it was above."""
    room = room.resized(*SIZE)
    camera = dataclasses.replace(room.camera, height_px=SIZE[1] - LOWER, cy=room.camera.cy - LOWER)
    before = tuple(
        dataclasses.replace(o, polygon=tuple((x, max(y - LOWER, 0)) for x, y in o.polygon)) for o in room.occluders
    )
    made = redecorate(picture[LOWER:], dataclasses.replace(room, camera=camera, occluders=before), style, 0)
    assert made.done["walls"] == []
    return dataclasses.replace(
        made,
        picture=np.concatenate([picture[:LOWER], made.picture]),
        mask=np.pad(made.mask, ((LOWER, 0), (0, 0))),
    )


def tiled(picture):
    """The same room with joints of tiles drawn on its floor."""
    picture, camera = picture.copy(), LIVING.room.resized(*SIZE).camera
    for x in np.arange(-2.0, 2.1, 0.5):
        ends = camera.project(np.array([[x, 0.8, 0.0], [x, 2.0, 0.0]]))[0]
        cv2.line(picture, *(tuple(int(v) for v in np.round(end)) for end in ends), (34, 26, 20), 3)
    return picture


def lab(colour):
    pixel = np.asarray(colour, np.float32).reshape(1, 1, 3) / 255
    return cv2.cvtColor(pixel, cv2.COLOR_RGB2Lab).reshape(3)


def seen(opening, faces, room, margin):
    """Pixels (H, W) that see an opening of the back or right wall, less `margin` metres."""
    along = faces.points[..., 0 if opening.wall == "back" else 1]
    up = faces.points[..., 2]
    label = {"back": BACK, "right": 4, "left": 3}[opening.wall]
    inside = (along > opening.u0 + margin) & (along < opening.u1 - margin)
    return inside & (up > opening.z0 + margin) & (up < opening.z1 - margin) & (faces.labels == label)


def test_outside_of_the_mask_every_byte_is_the_photos(painted, living):
    kept = painted.mask == 0
    assert np.array_equal(painted.picture[kept], living[kept])
    assert 0.4 < 1 - kept.mean() < 0.85


def test_the_walls_take_the_hue_of_the_paint_and_keep_their_shade(painted, living):
    faces = face_map(LIVING.room, *SIZE)
    wall = (faces.labels == BACK) & (faces.points[..., 2] > 0.5) & (faces.points[..., 2] < 0.75)
    before, after = living[wall].mean(0), painted.picture[wall].mean(0)
    paint = lab(list(bytes.fromhex(PALETTES["midcentury"].walls[0][1:])))
    assert np.hypot(*(lab(after)[1:] - paint[1:])) < 0.4 * np.hypot(*(lab(before)[1:] - paint[1:]))
    light = np.corrcoef(living[wall].mean(-1), painted.picture[wall].mean(-1))[0, 1]
    assert light > 0.85


def test_windows_doors_and_ceiling_keep_their_pixels(painted, living):
    faces = face_map(LIVING.room, *SIZE)
    changed = (painted.picture != living).any(-1)
    for opening in LIVING.room.openings[:2]:
        assert not changed[seen(opening, faces, LIVING.room, 0.05)].any()
    ceiling = cv2.erode((faces.labels == CEILING).astype(np.uint8), np.ones((9, 9))) > 0
    assert changed[ceiling].mean() < 0.002


def test_the_skirting_stays_white_between_new_wall_and_new_floor(painted, living):
    faces = face_map(LIVING.room, *SIZE)
    for wall in (BACK, RIGHT):
        skirting = (faces.labels == wall) & (faces.points[..., 2] > 0.02) & (faces.points[..., 2] < 0.05)
        assert (painted.mask[skirting] > 0).mean() < 0.5
    changed = painted.mask[(faces.labels == FLOOR) & (faces.points[..., 1] < 4)]
    assert (changed > 0).mean() > 0.97


def test_the_same_brief_gives_the_same_bytes_and_another_style_others(painted, fitted_out, living):
    MEMORY.clear()
    other = redecorate(living, LIVING.room, "coastal", 0)
    again = redecorate(living, LIVING.room, "midcentury", 0)
    assert again.floor is other.floor  # the photo was read once for both styles
    assert np.array_equal(again.picture, painted.picture)
    floors, walls = set(), set()
    for style, palette in PALETTES.items():
        floors.add((palette.floor.pattern, palette.floor.light))
        walls.add(palette.walls[0])
        assert len(palette.walls) > 1, style
    assert len(floors) == len(walls) == 8
    difference = np.abs(fitted_out.picture.astype(int) - painted.picture.astype(int)).max(-1)
    assert np.median(difference[painted.mask > 0]) > 15


def test_a_photo_is_read_anew_for_another_room():
    grey, kept = np.full((20, 300, 3), 128, np.uint8), []
    camera = dataclasses.replace(LIVING.room.resized(300, 200).camera, height_px=20)
    seen = dataclasses.replace(LIVING.room, camera=camera)
    for room in (seen, dataclasses.replace(seen, openings=())):
        with pytest.raises(UnusablePhoto):  # there is nothing to paint
            redecorate(grey, room, "coastal", 0)
        kept.append(MEMORY.held)
    assert kept[1] > kept[0]


def test_a_carpet_becomes_boards_in_the_light_of_the_carpet():
    before = photo(BEDROOM)
    made = relaid(before, BEDROOM.room, "standard")
    faces = face_map(BEDROOM.room, *SIZE)
    floor = cv2.erode((faces.labels == FLOOR).astype(np.uint8), np.ones((15, 15))) > 0
    assert made.done["floor"] == "oak planks"
    assert (made.mask[floor] > 0).mean() > 0.97
    old, new = (cv2.GaussianBlur(p.mean(-1), (0, 0), 25)[floor] for p in (before, made.picture))
    assert np.corrcoef(old, new)[0, 1] > 0.6
    colour = made.picture[floor].mean(0)
    assert colour[0] > colour[2] + 25  # oak is warm, the carpet was grey


def test_a_thing_on_the_floor_stays_and_joints_of_tiles_round_it_are_laid_over(fitted_out, faces):
    left, top, right, bottom = THING
    assert (fitted_out.mask[top + 6 : bottom - 6, left + 6 : right - 6] > 0).mean() < 0.02
    floor = cv2.erode((faces.labels == FLOOR).astype(np.uint8), np.ones((9, 9))) > 0
    floor[top - 6 : bottom + 7, left - 6 : right + 7] = False
    assert (fitted_out.mask[floor] > 0).mean() > 0.97


def test_a_window_read_into_bare_wall_is_forgotten(fitted_out, faces, false_window):
    assert (fitted_out.mask[seen(false_window, faces, LIVING.room, 0.1)] > 0).mean() > 0.95


def test_paint_ends_on_a_straight_line_under_the_ceiling(painted):
    faces = face_map(LIVING.room, *SIZE)
    back = cv2.erode((faces.labels == BACK).astype(np.uint8), np.ones((1, 41))) > 0
    columns = np.flatnonzero(back.any(0))
    tops = np.array([np.flatnonzero(painted.mask[:, c] > 0)[0] for c in columns])
    slope, start = np.polyfit(columns, tops, 1)
    off = np.abs(tops - (start + slope * columns))
    assert (off < 2).mean() > 0.9
    assert off.max() < 6


def test_the_floor_is_laid_to_its_end_though_the_box_ends_before(living):
    box = dataclasses.replace(LIVING.room.box, x1=LIVING.room.box.x1 - 0.5)
    short = dataclasses.replace(LIVING.room, box=box, openings=LIVING.room.openings[:1])
    made = relaid(living, short, "midcentury")
    floor = cv2.erode((face_map(LIVING.room, *SIZE).labels == FLOOR).astype(np.uint8), np.ones((9, 9))) > 0
    assert (made.mask[floor] > 0).mean() > 0.97


def test_outlets_and_switches_keep_their_pixels(fitted_out):
    for left, top, right, bottom in OUTLETS:
        assert (fitted_out.mask[top + 4 : bottom - 4, left + 4 : right - 4] == 0).all()
        assert (fitted_out.mask[top - 10 : top - 4, left:right] > 0).all()


def test_a_shaded_strip_of_a_coloured_wall_that_was_read_as_a_door_is_painted_with_it(living):
    faces = face_map(LIVING.room, *SIZE)
    back = faces.labels == BACK
    left = float(faces.points[..., 0][back].min())
    false = dataclasses.replace(LIVING.room.openings[0], kind="door", u0=left, u1=left + 0.6, z0=0.0, z1=2.1)
    photo = living.astype(np.float32)
    bare = back & (faces.points[..., 2] > 0.12) & ~seen(LIVING.room.openings[0], faces, LIVING.room, -0.12)
    photo[bare] *= np.array([0.78, 0.5, 0.72], np.float32)
    photo[bare & seen(false, faces, LIVING.room, 0)] *= 0.75
    room = dataclasses.replace(LIVING.room, openings=(*LIVING.room.openings, false))
    made = redecorate(photo.astype(np.uint8), room, "midcentury", 0)
    strip = seen(false, faces, LIVING.room, 0.1) & (faces.points[..., 2] > 0.3)
    assert (made.mask[strip] > 0).mean() > 0.95


def test_paint_goes_on_into_the_shade_and_ends_at_an_edge():
    light = np.full((533, 800), 200, np.float32)
    faces = face_map(LIVING.room, *SIZE)
    light *= 1 - 0.3 / (1 + np.exp((faces.points[..., 0].astype(np.float32) + 0.9) / 0.25))
    light[:, 460:] = 160
    copy = np.repeat(np.clip(light, 0, 255).astype(np.uint8)[..., None], 3, -1)
    regions = Regions.of(copy, dataclasses.replace(LIVING.room, openings=()))
    back = (regions.faces.labels == BACK) & (faces.points[..., 2] > 0.3) & (faces.points[..., 2] < 2.2)
    known = back & (faces.points[..., 0] > -0.3)
    known[:, 455:] = False
    whole = grown(regions, Trim.of(regions), known)
    assert whole[back & (faces.points[..., 0] < -1.2)].mean() > 0.95
    assert not whole[:, 466:].any()


def test_a_wall_is_painted_through_the_shade_of_a_corner_and_a_window_read_into_it(living, false_window):
    faces = face_map(LIVING.room, *SIZE)
    back = (faces.labels == BACK) & (faces.points[..., 2] > 0.2) & (faces.points[..., 2] < 2.2)
    from_corner = faces.points[..., 0] - LIVING.room.box.x0
    shade = np.where(faces.labels == BACK, np.clip(0.35 + from_corner, 0, 1), 1)[..., None]
    false = seen(false_window, faces, LIVING.room, 0.0)
    shade = shade * (1 - 0.1 * cv2.GaussianBlur(false.astype(np.float32), (0, 0), 4)[..., None])
    room = dataclasses.replace(LIVING.room, openings=(*LIVING.room.openings, false_window))
    made = redecorate(np.round(living * shade).astype(np.uint8), room, "midcentury", 0)
    assert (made.mask[seen(false_window, faces, LIVING.room, 0.12)] > 0).mean() > 0.95
    assert (made.mask[back & (from_corner > 0.05) & (from_corner < 0.7)] > 0).mean() > 0.97
