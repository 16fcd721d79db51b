"""Made-up furnished rooms whose empty truth is known: a chest that stands on the floor and throws a shadow."""

import dataclasses

import cv2
import numpy as np

from staging.engine.scene import faces
from staging.engine.scene.room import Box
from tests.engine.geometry import synthetic

ROOM = synthetic.room(width=540, height=360, focal=0.62, yaw=-14.0, pitch=4.0, box=Box(-2.2, 1.9, -1.0, 4.2, 2.55))
# Middle, half size and height in metres: clear of the walls, so that only what hides the floor's foot is hidden.
AT, HALF, TALL = np.array([0.35, 2.9]), np.array([0.75, 0.4]), 0.75
CORNERS = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])


def empty(room=ROOM):
    """The photo of the empty room (H, W, 3)."""
    return synthetic.photo(room)


def furnished(room=ROOM):
    """The same photo with the chest in it, and where the chest itself is (H, W; 0 or 255), without its shadow."""
    photo = empty(room).astype(np.float64)
    photo *= 1 - 0.45 * _shadow(room)[..., None]
    mask = np.zeros(photo.shape[:2], np.uint8)
    low = np.concatenate([AT + CORNERS * HALF, np.zeros((4, 1))], 1)
    high = low + np.array([0.0, 0.0, TALL])
    sides = [np.array([low[i], low[(i + 1) % 4], high[(i + 1) % 4], high[i]]) for i in (2, 1, 3, 0)]
    for points, colour in zip(
        [*sides, high], ((60, 22, 18), (85, 32, 26), (85, 32, 26), (115, 42, 34), (150, 70, 55)), strict=True
    ):
        outline = np.round(room.camera.project(points)[0]).astype(np.int32)
        cv2.fillConvexPoly(photo, outline, colour)
        cv2.fillConvexPoly(mask, outline, 255)
    return np.clip(photo, 0, 255).astype(np.uint8), mask


def shadow(room=ROOM):
    """Where the chest's shadow darkens the floor by more than a tenth (H, W)."""
    return _shadow(room) > 0.22


def _shadow(room):
    seen = faces.face_map(room, room.camera.width, room.camera.height_px)
    beyond = np.maximum(np.abs(seen.points[..., :2] - AT) - HALF, 0)
    return np.where(seen.labels == faces.FLOOR, np.exp(-np.hypot(*np.moveaxis(beyond, -1, 0)) / 0.12), 0.0)


def sunlit(room=ROOM):
    """The empty room with the sun through a window on its floor."""
    photo = empty(room).astype(np.float64)
    patch = np.array([(-0.9, 2.0, 0), (0.3, 2.0, 0), (0.9, 3.4, 0), (-0.3, 3.4, 0)])
    lit = np.zeros(photo.shape[:2])
    cv2.fillConvexPoly(lit, np.round(room.camera.project(patch)[0]).astype(np.int32), 1.0)
    bright = photo + (255 - photo) * 0.55
    return (photo + (bright - photo) * cv2.GaussianBlur(lit, (0, 0), 1)[..., None]).astype(np.uint8)


def lowered(metres, room=ROOM):
    """The room read with its floor too low."""
    camera = dataclasses.replace(room.camera, height=room.camera.height + metres)
    box = dataclasses.replace(room.box, height=room.box.height + metres)
    return dataclasses.replace(room, camera=camera, box=box)


def carpeted(room=ROOM):
    """The empty room with a carpet (H, W, 3): speckles that grow towards the camera, and no joints."""
    photo = empty(room).astype(np.float64)
    seen = faces.face_map(room, room.camera.width, room.camera.height_px)
    rng = np.random.default_rng(3)
    speckle = cv2.GaussianBlur(rng.normal(0, 1, photo.shape[:2]), (0, 0), 0.8)
    pile = np.array([128.0, 112.0, 96.0]) * (1 + 0.22 * speckle[..., None])
    light = photo.mean(-1) / np.median(photo.mean(-1)[seen.labels == faces.FLOOR])
    light = cv2.GaussianBlur(np.where(seen.labels == faces.FLOOR, light, 1.0), (0, 0), 9)
    photo[seen.labels == faces.FLOOR] = (pile * light[..., None])[seen.labels == faces.FLOOR]
    return np.clip(photo, 0, 255).astype(np.uint8)


def with_chest(photo, room=ROOM):
    """The chest of `furnished` and its shadow on another picture of the room, and where the chest is."""
    plain, (dressed, mask) = empty(room), furnished(room)
    light = dressed.astype(np.float64).mean(-1) / np.maximum(plain.mean(-1), 1)
    shaded = photo * np.where(mask > 0, 1.0, cv2.GaussianBlur(np.minimum(light, 1.0), (0, 0), 1))[..., None]
    return np.where(mask[..., None] > 0, dressed, np.clip(shaded, 0, 255)).astype(np.uint8), mask


def crowded(seed, room=ROOM):
    """The room full of wooden chests on its wooden floor (H, W, 3)."""
    photo = empty(room).astype(np.float64)
    rng = np.random.default_rng(seed)
    wood = np.median(photo[-60:-10, 200:340].reshape(-1, 3), 0)
    for nearer in range(9):
        at, half = (rng.uniform(-1.8, 1.5), 3.9 - nearer * 0.28), (rng.uniform(0.4, 0.8), rng.uniform(0.2, 0.4))
        low = np.concatenate([at + CORNERS * half, np.zeros((4, 1))], 1)
        high = low + np.array([0.0, 0.0, rng.uniform(0.6, 1.7)])
        colour = wood * rng.uniform(0.75, 1.5)
        sides = [np.array([low[i], low[(i + 1) % 4], high[(i + 1) % 4], high[i]]) for i in (2, 1, 3, 0)]
        for shade, points in enumerate([*sides, high]):
            outline = np.round(room.camera.project(points)[0]).astype(np.int32)
            cv2.fillConvexPoly(photo, outline, np.minimum(colour * (0.8 + 0.07 * shade), 255).tolist())
    return np.clip(photo, 0, 255).astype(np.uint8)
