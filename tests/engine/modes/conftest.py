"""One tracing child for all tests here, and the shipped sample photos made small."""

from pathlib import Path

import pytest
from PIL import Image

from staging.engine.child import Child
from staging.engine.modes.samples.rooms import SAMPLES
from staging.engine.trace.variant import choose

SHIPPED = Path(__file__).resolve().parents[3] / "config" / "static" / "samples"


@pytest.fixture(scope="session")
def child():
    child = Child(choose(), threads=2)
    yield child
    child.close()


@pytest.fixture(scope="session")
def sample_photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    for sample in SAMPLES:
        with Image.open(SHIPPED / f"{sample.name}.jpg") as photo:
            photo.resize((396, 264)).save(folder / f"{sample.name}.png")
    return folder
