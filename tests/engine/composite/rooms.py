"""A small hand-made room and hand-made traces of it: no tracer, so that these tests take milliseconds."""

from types import SimpleNamespace

import cv2
import numpy as np

from staging.engine.scene.faces import face_map
from staging.engine.scene.mesh import Mesh
from staging.engine.scene.room import Box, Camera, Opening, Room

WIDTH, HEIGHT = 192, 128


def room(width=WIDTH, height=HEIGHT, **changes):
    camera = Camera(width, height, 0.6 * width, width / 2, height / 2, 1.4, ((1, 0, 0), (0, 0, -1), (0, 1, 0)))
    values = {"openings": (Opening("window", "left", 2.0, 3.5, 0.9, 2.1),), "lamps": ()} | changes
    return Room(camera=camera, box=Box(-2.0, 2.2, -1.0, 4.5, 2.6), **values)


def photo(width=WIDTH, height=HEIGHT, seed=3):
    """Faces in plain colours with grain."""
    colours = np.array(
        [[90, 90, 90], [140, 110, 80], [225, 224, 222], [205, 203, 198], [200, 200, 196], [215, 213, 208]]
    )
    labels = face_map(room(width, height), width, height).labels
    noise = np.random.default_rng(seed).normal(0, 1.5, (height, width, 1))
    return np.clip(colours[labels] + noise, 0, 255).astype(np.uint8)


def block(x=0.0, y=3.5, half=0.4, height=0.6):
    """A closed box standing on the floor, as one mesh."""
    v = np.array(
        [(sx * half + x, sy * half + y, z) for z in (0, height) for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    )
    f = np.array(
        [(0, 2, 1), (0, 3, 2), (4, 5, 6), (4, 6, 7)]
        + [t for i in range(4) for j in [(i + 1) % 4] for t in ((i, j, j + 4), (i, j + 4, i + 4))]
    )
    return Mesh(v, f, v[:, :2], "paint")


def traces(scene, mesh, width=WIDTH, height=HEIGHT, trace_width=WIDTH, shade=0.6):
    """(empty, furnished, cover): the mesh's silhouette in a flat colour, and a soft shadow on the floor around it."""

    def silhouette(w, h):
        pixels, _ = scene.camera.resized(w, h).project(mesh.vertices)
        hull = cv2.convexHull(np.round(pixels * 16).astype(np.int32))
        mask = np.zeros((h, w), np.uint8)
        cv2.fillConvexPoly(mask, hull, 255, cv2.LINE_AA, 4)
        return (mask / 255).astype(np.float32)

    trace_height = round(trace_width * height / width)
    faces = face_map(scene, trace_width, trace_height)
    middle = mesh.vertices[:, :2].mean(0)
    near = np.exp(-(((faces.points[..., :2] - middle) ** 2).sum(-1) / 0.8**2)) * (faces.labels == 1)
    albedo = np.where(faces.labels == 1, 0.3, 0.78).astype(np.float32)[..., None] * np.ones(3, np.float32)
    empty = albedo * 0.9
    a = silhouette(trace_width, trace_height)[..., None]
    piece = np.array([0.2, 0.3, 0.4], np.float32)
    furnished = a * piece * 0.9 + (1 - a) * empty * (1 - shade * near[..., None]).astype(np.float32)
    full = silhouette(width, height)
    depth = np.where(full > 0, 3.0, np.inf).astype(np.float32)
    cover = SimpleNamespace(alpha=full, albedo=full[..., None] * 0 + piece, depth=depth)
    return (
        SimpleNamespace(radiance=empty.astype(np.float32), albedo=albedo),
        SimpleNamespace(
            radiance=furnished.astype(np.float32), albedo=(a * piece + (1 - a) * albedo).astype(np.float32)
        ),
        cover,
    )
