"""The room that these tests redesign."""

import pytest

from staging.engine.modes.samples.rooms import LIVING
from staging.engine.scene.faces import face_map
from tests.engine.redesign.test_rooms import SIZE, photo


@pytest.fixture(scope="module")
def living():
    """Our own living room as a photo (H, W, 3)."""
    return photo(LIVING)


@pytest.fixture(scope="module")
def faces():
    """What each pixel of it sees."""
    return face_map(LIVING.room, *SIZE)
