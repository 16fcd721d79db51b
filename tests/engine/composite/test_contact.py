"""The map of the floor: seams where furniture touches it, shade below what stands low over it."""

import numpy as np

from staging.engine.composite import ContactMap
from staging.engine.scene.mesh import Mesh
from tests.engine.composite import rooms


def raised(height):
    """A flat underside of one square metre at `height`, in the middle of the room."""
    v = np.array([(-0.5, 2.5, height), (0.5, 2.5, height), (0.5, 3.5, height), (-0.5, 3.5, height)])
    return Mesh(v, np.array([(0, 2, 1), (0, 3, 2)]), v[:, :2], "paint")


def at(contacts, *points):
    return contacts.at(np.array(points)), contacts.limit_at(np.array(points))


def test_the_seam_is_darkest_at_the_foot_and_gone_at_thirty_centimetres():
    contacts = ContactMap.of([rooms.block()], rooms.room().box)
    factor, _ = at(contacts, (0.0, 3.09), (0.0, 3.05), (0.0, 2.95), (0.0, 2.7))
    assert factor[0] < factor[1] < factor[2] < 1
    assert factor[1] < 0.85
    assert factor[3] == 1


def test_the_floor_below_a_low_body_is_dark_and_below_a_table_it_is_not():
    box = rooms.room().box
    _, low = at(ContactMap.of([raised(0.1)], box), (0.0, 3.0), (0.0, 2.55), (0.0, 2.4))
    assert low[0] < 0.25
    assert low[0] < low[1] < low[2] == 1
    _, higher = at(ContactMap.of([raised(0.25)], box), (0.0, 3.0))
    assert low[0] < higher[0]
    _, table = at(ContactMap.of([raised(0.7)], box), (0.0, 3.0))
    assert table[0] == 1


def test_every_separate_foot_is_judged():
    feet = [rooms.block(x=x, y=3.5, half=0.03) for x in (-0.5, 0.5)]
    rims = ContactMap.of(feet, rooms.room().box).rims()
    assert len(rims) == 2
    assert sorted(round(float(rim[:, 0].mean()), 1) for rim in rims) == [-0.5, 0.5]
