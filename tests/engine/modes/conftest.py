"""One tracing child for all tests here, the shipped sample photos made small, and each drawn photo read once."""

from pathlib import Path

import pytest
from PIL import Image

from staging.engine.child import Child
from staging.engine.modes import declutter
from staging.engine.modes.samples.rooms import SAMPLES
from staging.engine.trace.variant import choose

SHIPPED = Path(__file__).resolve().parents[3] / "config" / "static" / "samples"


@pytest.fixture(scope="session")
def child():
    child = Child(choose(), threads=2)
    yield child
    child.close()


@pytest.fixture(scope="session", autouse=True)
def read_once():
    """The readings that decluttering has made: it reads a photo, behind the same furniture, once for all tests."""
    read, known = declutter.read_room, {}

    def remembered(photo, *, focal_35mm=None, hidden=None):
        asked = photo.shape, photo.tobytes(), focal_35mm, None if hidden is None else hidden.tobytes()
        if asked not in known:
            known[asked] = read(photo, focal_35mm=focal_35mm, hidden=hidden)
        return known[asked]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(declutter, "read_room", remembered)
        yield known


@pytest.fixture(scope="session")
def sample_photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    for sample in SAMPLES:
        with Image.open(SHIPPED / f"{sample.name}.jpg") as photo:
            photo.resize((396, 264)).save(folder / f"{sample.name}.png")
    return folder
