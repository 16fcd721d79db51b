"""What the fields of a form may say, and what is answered when they say something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from billing import ledger
from billing.models import Account
from staging.api.conversions import vocabulary
from staging.briefs import RoomType, Style
from staging.models import Conversion, GpuNode, Photo, Render, Run
from tests.staging import pictures
from tests.staging.api.conversions.conftest import FIELDS, Caller, uploaded
from tests.staging.backends.comfyui.machine import every_model


@pytest.fixture
def refused(said: Callable[..., None], account: Account) -> Callable[..., None]:
    """Asserts an error, and that nothing came of the request."""

    def check(*expected: Any, **more: Any) -> None:
        said(*expected, **more)
        assert not Conversion.objects.exists()
        assert not Render.objects.exists()
        assert ledger.balance(account) == 10

    return check


@pytest.mark.parametrize("missing", ["uuid", "room_type", "style", "space", "files"])
def test_a_missing_field_is_named(missing: str, caller: Caller, refused: Callable[..., None]) -> None:
    refused(caller.create(**{missing: None}), 400, "missing_field", missing, fields={missing})
    if missing != "files":
        refused(caller.create(**{missing: " "}), 400, "missing_field", missing, fields={missing})


def test_all_wrong_fields_are_told_at_once(caller: Caller, refused: Callable[..., None]) -> None:
    answer = caller.create(room_type="dungeon", style=None, renders="9")
    refused(answer, 400, "invalid_room_type", fields={"room_type", "style", "renders"})


@pytest.mark.parametrize(
    ("field", "value", "code", "text"),
    [
        ("room_type", "dungeon", "invalid_room_type", "living_room"),
        ("style", "gothic", "invalid_style", "scandinavian"),
        ("space", "orbit", "invalid_space", "interior, exterior"),
        ("renders", "0", "invalid_renders", "1, 2, 3, 4"),
        ("renders", "5", "invalid_renders", "1, 2, 3, 4"),
        ("renders", "two", "invalid_renders", "1, 2, 3, 4"),
        ("renders", "²", "invalid_renders", "1, 2, 3, 4"),
        ("model", "dall-e", "invalid_model", "sdxl, flux-schnell, flux-dev"),
        ("staging", "perhaps", "invalid_request", "true, false"),
        ("upscale", "2x", "invalid_request", "true, false"),
        ("uuid", "x" * 65, "invalid_request", "1 to 64"),
        ("uuid", "a\x07b", "invalid_request", "printable"),
    ],
)
def test_a_field_that_is_none_of_its_choices_is_refused(
    field: str, value: str, code: str, text: str, caller: Caller, refused: Callable[..., None]
) -> None:
    refused(caller.create(**{field: value}), 400, code, text, fields={field})


def test_an_unknown_room_and_style_are_told_all_that_is_known(caller: Caller) -> None:
    errors = caller.create(room_type="dungeon", style="gothic").json()["errors"]
    for name in ("living_room", "bedroom", "kitchen", "dining_room", "bathroom", "office", "kids_room", "home_office"):
        assert name in errors["room_type"][0]
    assert all(style in errors["style"][0] for style in Style)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"staging": None}, "Redesign is not built yet. Available now: staging, decluttering"),
        ({"staging": "false", "space": "exterior", "room_type": "house front"}, "Redesign is not built yet"),
        ({"staging": "false", "sketch": "true"}, "Sketch to render is not built yet"),
        ({"room_type": "kitchen"}, "room_type kitchen is not built yet. Available now: living, bed"),
        ({"space": "exterior", "room_type": "patio"}, "room_type outdoor is not built yet"),
    ],
)
def test_what_the_backend_does_not_serve_is_refused_in_clear_words(
    fields: dict[str, Any], text: str, caller: Caller, refused: Callable[..., None], settings: Any
) -> None:
    settings.ENGINE_KINDS, settings.ENGINE_ROOM_TYPES = ["staging", "declutter"], ["bed", "living"]
    refused(caller.create(**fields), 400, "invalid_request", text)


def test_staging_and_sketch_exclude_each_other(caller: Caller, refused: Callable[..., None]) -> None:
    refused(caller.create(sketch="true"), 400, "invalid_request", "exclude each other", fields={"staging", "sketch"})


@pytest.mark.parametrize(
    ("said_room", "room"),
    [
        ("living_room", RoomType.LIVING),
        ("Living-Room", RoomType.LIVING),
        ("bedroom", RoomType.BED),
        ("kitchen", RoomType.KITCHEN),
        ("dining room", RoomType.DINING),
        ("bathroom", RoomType.BATHROOM),
        ("office", RoomType.HOME_OFFICE),
        ("home_office", RoomType.HOME_OFFICE),
        ("kids_room", RoomType.KIDS_ROOM),
        ("outdoor", RoomType.OUTDOOR),
        ("bed", RoomType.BED),
    ],
)
def test_rooms_are_known_by_the_names_of_both_apis(said_room: str, room: RoomType) -> None:
    assert vocabulary.room_type(said_room) is room


def test_styles_are_known_by_the_names_of_both_apis() -> None:
    assert vocabulary.style("Mid-Century Modern") is Style.MIDCENTURY
    assert vocabulary.style("hamptons") is Style.COASTAL
    assert [vocabulary.style(style.upper()) for style in Style] == list(Style)


@pytest.mark.parametrize(
    ("model", "quality"), [(None, "standard"), ("sdxl", "standard"), ("FLUX-schnell", "draft"), ("flux-dev", "best")]
)
def test_the_model_chooses_the_quality(model: str | None, quality: str, caller: Caller) -> None:
    assert caller.create(model=model).status_code == 200
    brief = Run.objects.get().brief
    assert (brief.quality, brief.room_type, brief.style) == (quality, RoomType.LIVING, Style.MODERN)


def test_a_model_that_was_named_is_handed_on_and_one_left_out_is_the_routes_to_choose(caller: Caller) -> None:
    assert caller.create(model="FLUX-dev").status_code == 200
    assert Run.objects.get().brief.model == "flux-dev"
    assert caller.create(uuid="another").status_code == 200
    assert Run.objects.latest("pk").brief.model == ""


def test_a_model_beyond_the_documented_ones_is_there_where_a_node_has_it(caller: Caller) -> None:
    assert caller.create(model="qwen-image-edit").status_code == 400
    models = {folder: sorted(files) for folder, files in every_model().items()}
    GpuNode.objects.create(name="gpu", url="http://gpu:8188", models_by_folder=models)
    assert caller.create(model="qwen-image-edit").status_code == 200
    assert Run.objects.get().brief.model == "qwen-image-edit"


@pytest.mark.parametrize("yes", ["true", "True", "1", "yes", "on"])
def test_true_is_said_in_every_usual_way(yes: str, caller: Caller) -> None:
    assert caller.create(staging=yes, upscale="false", sketch="0", unknown="ignored").status_code == 200


@pytest.mark.parametrize("name", ["files", "files[]", "file", "image"])
def test_the_file_goes_by_any_of_its_names(name: str, caller: Caller) -> None:
    assert caller.create(**{"files": None, name: uploaded()}).status_code == 200


@pytest.mark.parametrize("format", ["PNG", "WEBP", "AVIF"])
def test_other_formats_are_taken_too(format: str, caller: Caller) -> None:
    assert caller.create(files=uploaded(data=pictures.encoded(format=format))).status_code == 200
    assert Photo.objects.get().format == format


@pytest.mark.parametrize("data", [b"this is no picture" * 100, b"", pictures.encoded()[:2000], pictures.bomb()])
def test_a_file_that_is_no_usable_photo(data: bytes, caller: Caller, refused: Callable[..., None]) -> None:
    refused(caller.create(files=uploaded(data=data)), 400, "invalid_image", fields={"files"})


def test_one_bad_file_refuses_them_all(caller: Caller, refused: Callable[..., None]) -> None:
    refused(caller.create(files=[uploaded(1), uploaded(data=b"text")]), 400, "invalid_image", fields={"files"})


def test_too_many_bytes_are_413(caller: Caller, settings: Any, refused: Callable[..., None]) -> None:
    settings.PHOTO_MAX_BYTES = 1000
    refused(caller.create(), 413, "image_too_large")
    settings.BODY_MAX_BYTES = 500
    refused(caller.create(), 413, "image_too_large")


def test_a_body_without_a_form_is_refused_field_by_field(caller: Caller, refused: Callable[..., None]) -> None:
    answer = caller.client.post("/interior/", {**FIELDS, "renders": 2}, "application/json", headers=caller.headers)
    refused(answer, 400, "missing_field", "files", fields={"files"})
    for body in ('{"uuid": ', "[1]"):
        answer = caller.client.post("/interior/", body, "application/json", headers=caller.headers)
        refused(answer, 400, "invalid_request")
    answer = caller.client.post("/interior/", b"\xff\xd8", "image/jpeg", headers=caller.headers)
    refused(answer, 400, "missing_field", "uuid", fields={"uuid"})


def test_a_text_where_the_file_belongs_is_no_file(caller: Caller, refused: Callable[..., None]) -> None:
    refused(caller.create(files="room.jpg"), 400, "missing_field", "files", fields={"files"})
    named = SimpleUploadedFile("notes.txt", b"hello", "text/plain")
    refused(caller.create(files=named), 400, "invalid_image", fields={"files"})
