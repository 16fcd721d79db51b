"""Drawings that the tests make themselves: a house, a room, a blank sheet."""

import cv2
import numpy as np

INK = (30, 30, 30)


def sheet(width=640, height=420):
    return np.full((height, width, 3), 252, np.uint8)


def polygon(paper, *points):
    cv2.polylines(paper, [np.array(points, np.int32)], isClosed=True, color=INK, thickness=2, lineType=cv2.LINE_AA)


def house():
    """A house front with a gable roof, a window, a door and a path, standing on open paper."""
    paper = sheet()
    polygon(paper, (200, 200), (440, 200), (440, 340), (200, 340))
    polygon(paper, (180, 200), (320, 90), (460, 200))
    polygon(paper, (350, 230), (410, 230), (410, 280), (350, 280))
    cv2.line(paper, (380, 230), (380, 280), INK, 2, cv2.LINE_AA)
    cv2.line(paper, (350, 255), (410, 255), INK, 2, cv2.LINE_AA)
    polygon(paper, (240, 250), (285, 250), (285, 340), (240, 340))
    polygon(paper, (440, 200), (560, 180), (560, 320), (440, 340))
    polygon(paper, (230, 345), (300, 345), (350, 419), (150, 419))
    return paper


def room():
    """A one-point view of a room with a window in its back wall and a box of furniture on the floor."""
    paper = sheet()
    polygon(paper, (200, 110), (440, 110), (440, 270), (200, 270))
    for outer, inner in (
        ((0, 0), (200, 110)),
        ((639, 0), (440, 110)),
        ((0, 419), (200, 270)),
        ((639, 419), (440, 270)),
    ):
        cv2.line(paper, outer, inner, INK, 2, cv2.LINE_AA)
    polygon(paper, (280, 140), (360, 140), (360, 210), (280, 210))
    polygon(paper, (250, 290), (390, 290), (400, 345), (240, 345))
    polygon(paper, (262, 262), (378, 262), (390, 290), (250, 290))
    return paper
