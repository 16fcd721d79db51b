"""Our sample rooms on the web: each in the widths that screens need, and in step with the pictures themselves."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from listings import samples

STATIC = Path(settings.BASE_DIR) / "config" / "static"
ROOMS = [name for sample in samples.SAMPLES.values() for name in (sample.empty, sample.staged)]


@pytest.mark.parametrize("name", [*ROOMS, *samples.SCREENS])
def test_the_web_copies_show_the_picture_as_it_is_now(name: str) -> None:
    copies = samples.web_copies(name)
    assert sorted(copies) == [320, 640, 960, 1280 if name in samples.SCREENS else 1600]
    small = (160, 107)
    with Image.open(STATIC / name) as file:
        picture = np.asarray(file.convert("RGB").resize(small)).astype(float)
    for width, copy in copies.items():
        with Image.open(STATIC / copy) as file:
            assert file.width == width
            shown = np.asarray(file.convert("RGB").resize(small)).astype(float)
        assert np.abs(shown - picture).mean() < 3, "run: manage.py web_samples"


def test_the_front_page_tells_of_editing_and_delivery_and_is_light(client: Client, db: None) -> None:
    answer = client.get("/", headers={"Accept-Encoding": "gzip"})
    page = client.get("/").content.decode()
    for told in ("Move the furniture yourself", "Delivered as your MLS and the law ask"):
        assert told in page
    pictures = re.findall(r"<img[^>]*>", page)
    assert len(pictures) == 6
    # None moves the page when it comes, and only those that are seen first come at once.
    assert all(re.search(r'width="\d+" height="\d+"', picture) for picture in pictures)
    assert ['loading="lazy"' in picture for picture in pictures] == [False, False, True, True, True, True]
    files = {name for name in re.findall(r"/static/([\w./-]+)", page) if not name.startswith("samples/")}
    weight = len(answer.content) + sum((STATIC / name).stat().st_size for name in files)
    assert weight < 150_000, "beside pictures, unpacked"
