"""A drawn kitchen, seen from the front: oak cupboards above a worktop and below it, a refrigerator, an oak floor."""

import cv2
import numpy as np

from staging.engine.modes.samples.rooms import looking
from staging.engine.scene.room import Box, Camera, Room

SIZE = (600, 400)
OAK = (178, 118, 62)
WALL = (206, 204, 198)
# Left, top, right and bottom of what is drawn, pixels.
ABOVE, BELOW = (60, 92, 540, 188), (60, 248, 440, 350)
FRIDGE = (440, 150, 540, 352)
DOORS = 5
FLOOR = 352
HANDLES = [(60 + 96 * i + 8, 160) for i in range(DOORS)]
BOWL = (250, 222, 290, 242)
GLARE = ((204, 140), 34)  # on the second door: its middle, and its radius
VANISHING = (300, 188)

# Too little floor is seen of it for its box to be read; where its directions vanish is sure.
ROOM = Room(
    camera=Camera(*SIZE, 480.0, *VANISHING, 1.4, looking(0.0, 0.0), "given"),
    box=Box(-2.5, 2.5, -1.0, 4.0, 2.5),
    confidence={"camera": 1.0, "total": 0.2},
)


def box(picture, where, colour):
    left, top, right, bottom = where
    picture[top:bottom, left:right] = colour


def inside(where, margin=0):
    """The rows and columns of a box, less a margin."""
    left, top, right, bottom = where
    return slice(top + margin, bottom - margin), slice(left + margin, right - margin)


def grain(seed=1):
    """How bright oak is beside its mean, (H, W, 1): streaks that run upright."""
    noise = np.random.default_rng(seed).normal(0, 1, (SIZE[1], SIZE[0]))
    streaks = cv2.GaussianBlur(noise, (0, 0), sigmaX=1.0, sigmaY=9.0)
    return (1 + 0.06 * streaks / streaks.std())[..., None]


def cupboards(picture, where, doors):
    """Doors of oak with dark joints round them."""
    rows, columns = inside(where)
    picture[rows, columns] = np.array(OAK) * grain()[rows, columns]
    left, top, right, bottom = where
    for x in np.linspace(left, right, doors + 1).round().astype(int):
        cv2.line(picture, (int(x), top), (int(x), bottom - 1), (58, 36, 20), 2)
    for y in (top + 4, bottom - 5):
        cv2.line(picture, (left, y), (right - 1, y), (70, 44, 24), 1)


def floorboards(picture, colour=(150, 98, 52)):
    # Their grain runs away from the camera, as they do.
    y, x = np.mgrid[FLOOR : SIZE[1], : SIZE[0]]
    streaks = cv2.GaussianBlur(np.random.default_rng(2).normal(0, 1, (1, 2000)), (0, 0), 2.0)[0]
    along = ((x - VANISHING[0]) / (y - VANISHING[1]) * 300).astype(int) + 1000
    picture[FLOOR:] = np.array(colour) * (1 + 0.06 * streaks[along] / streaks.std())[..., None]
    for x in range(-600, 1300, 70):
        cv2.line(picture, (x, SIZE[1]), VANISHING, (80, 50, 26), 1)
    return picture


def drawn(*, above=True, below=True, glare=False, compressed=True):
    """The kitchen (H, W, 3), uint8."""
    picture = np.full((SIZE[1], SIZE[0], 3), WALL, float)
    floorboards(picture)
    picture[:FLOOR][np.all(picture[:FLOOR] == (80, 50, 26), -1)] = WALL
    picture[:40] = 236
    if above:
        cupboards(picture, ABOVE, DOORS)
    if below:
        cupboards(picture, BELOW, 4)
    box(picture, (60, 242, 440, 248), (228, 228, 230))
    box(picture, FRIDGE, (232, 233, 236))
    box(picture, BOWL, (190, 44, 30))
    if glare:
        spot = np.zeros(picture.shape[:2])
        cv2.circle(spot, *GLARE, 1, -1)
        spot = 0.75 * cv2.GaussianBlur(spot, (0, 0), 9)[..., None]
        picture = picture * (1 - spot) + spot * np.array((168, 160, 158))
    for x, y in HANDLES if above else ():
        box(picture, (x, y, x + 4, y + 14), (222, 224, 228))
    picture = np.clip(picture + np.random.default_rng(3).normal(0, 1.2, picture.shape), 0, 255).astype(np.uint8)
    if not compressed:
        return picture
    # Compression smears hues over a pixel or two, as in every photo.
    _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1].copy()
