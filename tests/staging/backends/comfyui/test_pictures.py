"""Sizes that models can take, and the way back into the photo: outside of the mask it is the photo, byte for byte."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops

from staging import structure
from staging.backends.base import BackendError
from staging.backends.comfyui import pictures
from tests.staging import pictures as made
from tests.staging.backends.comfyui import asking
from tests.staging.backends.comfyui.stand_in import ComfyStandIn


@pytest.mark.parametrize(
    "size", [(480, 320), (6000, 4000), (4000, 6000), (1920, 1080), (257, 259), (5000, 700), (1024, 1024)]
)
def test_a_model_is_given_at_most_a_megapixel_in_steps_of_sixteen(size: tuple[int, int]) -> None:
    width, height = pictures.working_size(*size)
    assert width % 16 == height % 16 == 0
    assert width * height <= 1024 * 1024
    assert width <= size[0]
    assert height <= size[1]
    assert abs(width / height / (size[0] / size[1]) - 1) < 0.07


@pytest.mark.parametrize(
    ("kind", "model", "brief"),
    [
        ("redesign", "sdxl", {}),
        ("redesign", "flux-schnell", {}),
        ("redesign", "qwen-image-edit", {}),
        ("staging", "sdxl", {}),
        ("staging", "flux-dev", {"declutter": "on"}),
        ("staging", "qwen-image-edit", {"long_edge": 500}),
        ("declutter", "flux-dev", {"declutter": "on"}),
        ("sketch", "sdxl", {}),
    ],
)
def test_outside_of_its_mask_a_picture_has_the_photos_bytes(
    comfy: ComfyStandIn, kind: str, model: str, brief: dict[str, object]
) -> None:
    wanted = asking.job(kind, model, **brief)
    found = asking.made(comfy, wanted)
    before = Image.open(made.io.BytesIO(asking.PHOTO)).convert("RGB")
    if "long_edge" in brief:
        before = before.resize((500, 375), Image.Resampling.LANCZOS)
    main = next(role for role in ("staged", "redesigned", "rendered", "emptied") if role in found)
    assert found[main].size == before.size
    assert structure.changed_outside(before, found[main], found["mask"]) == 0
    assert ImageChops.difference(before, found[main]).getbbox()
    if kind != "sketch":
        assert found["mask"].histogram()[0] > 0.2 * before.width * before.height
    if "declutter" in brief and kind == "staging":
        assert structure.changed_outside(before, found["emptied"], found["removed"]) == 0
        assert not ImageChops.subtract(found["removed"], found["mask"]).getbbox()


def test_the_mask_fades_inside_of_itself() -> None:
    photo, picture = Image.new("RGB", (200, 100), (10, 20, 30)), Image.new("RGB", (100, 50), (250, 250, 250))
    mask = Image.new("L", (200, 100), 0)
    mask.paste(255, (50, 20, 150, 80))
    result, changed = pictures.laid_into(photo, picture, mask)
    assert not ImageChops.subtract(changed, mask).getbbox()
    assert result.getpixel((49, 50)) == (10, 20, 30)
    assert result.getpixel((100, 50)) == (250, 250, 250)
    assert (10, 20, 30) < result.getpixel((51, 50)) < (250, 250, 250)


@pytest.mark.parametrize(
    ("picture", "within", "code"),
    [
        (Image.new("RGB", (160, 96)), None, "blank"),
        (Image.new("RGB", (160, 96), (90, 90, 90)), None, "blank"),
        (made.room(160, 160), None, "wrong_size"),
    ],
)
def test_what_is_no_picture_is_not_used(picture: Image.Image, within: Image.Image | None, code: str) -> None:
    with pytest.raises(BackendError) as caught:
        pictures.generated(made.encoded(picture, "PNG"), (160, 96), within)
    assert caught.value.failed.code == code


def test_black_where_the_new_part_was_to_be_is_blank_and_a_bare_wall_there_is_not() -> None:
    mask = Image.new("L", (160, 96), 0)
    mask.paste(255, (40, 40, 120, 90))
    for colour, code in (((0, 0, 0), "blank"), ((228, 226, 220), None)):
        picture = made.room(160, 96)
        picture.paste(colour, (40, 40, 120, 90))
        data = made.encoded(picture, "PNG")
        if code is None:
            pictures.generated(data, (160, 96), mask)
            continue
        with pytest.raises(BackendError) as caught:
            pictures.generated(data, (160, 96), mask)
        assert caught.value.failed.code == code
