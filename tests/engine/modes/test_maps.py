"""Maps for other renderers: where a picture may change, how deep the room is, where its lines run."""

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from staging.engine.errors import UnusablePhoto
from staging.engine.modes.asked import Asked
from staging.engine.modes.maps import draw_maps, make
from staging.engine.modes.samples.rooms import LIVING
from staging.engine.trace.variant import Variant
from tests.engine.removal import furnished

SHIPPED = Path(__file__).resolve().parents[3] / "config" / "static" / "samples" / "empty-living-room.jpg"
WIDTH, HEIGHT = 480, 320


@pytest.fixture(scope="module")
def photo():
    with Image.open(SHIPPED) as sample:
        return np.asarray(sample.resize((WIDTH, HEIGHT)).convert("RGB"))


def maps(photo, **brief):
    return draw_maps(Asked(photo, brief, room=LIVING.room.to_dict()))


def pixels_of(made, kind):
    """The pixels of the openings of a kind, and their depth."""
    drawn = np.zeros((HEIGHT, WIDTH), np.uint8)
    for opening in made.room.openings:
        uv, depth = made.room.camera.project(opening.corners(made.room.box))
        if opening.kind == kind and depth.min() > 0:
            cv2.fillPoly(drawn, [np.round(uv).astype(np.int32)], 1)
    return drawn > 0


def test_furniture_may_stand_on_the_floor_and_before_walls_but_not_in_windows_nor_on_the_ceiling(photo):
    made = maps(photo, purpose="staging")
    assert made.mask.shape == (HEIGHT, WIDTH)
    assert set(np.unique(made.mask)) == {0, 255}
    assert not made.mask[: HEIGHT // 8].any()
    assert (made.mask[-HEIGHT // 8 :] == 255).mean() > 0.9
    for kind in ("window", "door"):
        inside = cv2.erode(pixels_of(made, kind).astype(np.uint8), np.ones((3, 3))) > 0
        assert inside.any()
        assert not made.mask[inside].any()


def test_a_redesign_may_change_all_but_the_panes(photo):
    made = maps(photo, purpose="redesign")
    assert np.array_equal(made.mask == 0, pixels_of(made, "window"))


def test_depth_falls_from_the_camera_to_the_back_wall(photo):
    made = maps(photo, purpose="staging")
    depth = made.depth.astype(int)
    # From the back wall's foot on, as the room was read.
    foot = made.room.camera.project([(0.3, made.room.box.y1, 0.0)])[0].round().astype(int)[0]
    floor = depth[foot[1] + 1 :, WIDTH // 2]
    assert (np.diff(floor) >= 0).all()
    assert floor[-1] > floor[0] + 50
    assert (depth.min(), depth.max()) == (0, 255)
    u, v = made.room.camera.project([(0.3, 4.9, 1.3)])[0].round().astype(int)[0]
    assert depth[v, u] < 60


def test_lines_run_where_walls_meet(photo):
    made = maps(photo, purpose="redesign")
    box = made.room.box
    foot = made.room.camera.project([(x, box.y1, 0.0) for x in np.linspace(box.x0 + 0.2, box.x1 - 0.2, 40)])[0]
    seen = [(u, v) for u, v in foot.round().astype(int) if 2 <= u < WIDTH - 2 and 2 <= v < HEIGHT - 2]
    near = [made.lines[v - 2 : v + 3, u - 2 : u + 3].any() for u, v in seen]
    assert len(near) > 10
    assert all(near)


def test_what_is_to_be_removed_is_found_with_its_shadow():
    photo, wanted = furnished.furnished()
    brief, room = {"purpose": "declutter", "declutter": "on"}, furnished.ROOM.to_dict()
    found = draw_maps(Asked(photo, brief, room=room))
    assert (found.mask[wanted > 0] > 0).mean() > 0.97
    assert (found.mask[furnished.shadow() & (wanted == 0)] > 0).mean() > 0.7
    assert found.mask.mean() < 2.2 * wanted.mean()
    asked = draw_maps(Asked(photo, brief, room=room, mask=wanted))
    assert (asked.mask[wanted > 0] == 255).all()


def test_a_room_that_cannot_be_read_is_refused_in_words():
    with pytest.raises(UnusablePhoto, match="cannot be told"):
        draw_maps(Asked(np.full((300, 400, 3), 128, np.uint8), {"purpose": "staging"}))
    with pytest.raises(UnusablePhoto, match="cannot be used"):
        draw_maps(Asked(np.full((300, 400, 3), 128, np.uint8), {"purpose": "staging"}, room={"box": {}}))


def test_files_in_and_files_out(photo, tmp_path):
    Image.fromarray(photo).save(tmp_path / "photo", "PNG")
    variant = Variant("scalar_rgb", None, "a test")
    brief, room = {"purpose": "staging"}, LIVING.room.to_dict()
    made = make(str(tmp_path / "photo"), str(tmp_path), brief, variant=variant, room=room, light=None, memory=0)
    assert [picture["role"] for picture in made["pictures"]] == ["mask", "depth", "lines"]
    for picture in made["pictures"]:
        size = Image.open(io.BytesIO((tmp_path / f"{picture['role']}.png").read_bytes())).size
        assert size == (picture["width"], picture["height"]) == (WIDTH, HEIGHT)
    assert made["record"]["room"]["box"] == LIVING.room.to_dict()["box"]
