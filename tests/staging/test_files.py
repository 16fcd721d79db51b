"""Signed addresses: who holds a valid one reads the file, and nobody else."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from billing.models import Account
from staging import copies, files, jobs, renders, sources
from staging.briefs import Brief
from staging.models import Output, Photo, Role
from tests.staging.pictures import encoded, room
from tests.staging.stand_in import StandIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def outputs(account: Account, photo: Photo, brief: Brief, engine: StandIn) -> dict[str, Output]:
    render = renders.request(account, photo, brief)
    jobs.start_next()
    jobs.look_after(renders.latest_run(render).pk)
    return {output.role: output for output in Output.objects.select_related("run__render")}


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_the_delivered_picture_is_a_png_that_any_origin_may_read(client: Client, outputs: dict[str, Output]) -> None:
    staged = outputs[Role.STAGED]
    url = files.output_url(staged)
    stable = f"/renders/{staged.run.render.public_id}/outputs/{staged.uuid}-u1_0.png"
    assert url.split("?")[0] == stable
    response = client.get(url)
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert response["Access-Control-Allow-Origin"] == "*"
    sent = body(response)
    assert Image.open(io.BytesIO(sent)).size == (1920, 1280)
    assert int(response["Content-Length"]) == len(sent)


def test_each_variant_has_an_address(client: Client, outputs: dict[str, Output], photo: Photo) -> None:
    staged, mask = outputs[Role.STAGED], outputs[Role.MASK]
    for url, size in {
        files.master_url(staged): (480, 320),
        files.output_url(mask): (480, 320),
        files.preview_url(staged): (480, 320),
        files.thumbnail_url(staged): (480, 320),
        files.photo_url(photo): (480, 320),
        files.photo_preview_url(photo): (480, 320),
        files.photo_thumbnail_url(photo): (480, 320),
    }.items():
        response = client.get(url)
        assert response.status_code == 200, url
        assert Image.open(io.BytesIO(body(response))).size == size


def test_an_address_without_a_valid_signature_is_refused(client: Client, outputs: dict[str, Output]) -> None:
    url = files.output_url(outputs[Role.STAGED])
    path, query = url.split("?")
    other = files.output_url(outputs[Role.MASK]).split("?")[1]
    late = query.replace("expires=1", "expires=9")
    for wrong in (path, f"{path}?{other}", f"{path}?{late}", url[:-1], url + "0", f"{path}?expires={'9' * 5000}"):
        response = client.get(wrong)
        assert response.status_code == 403, wrong
        assert set(response.json()) == {"error", "message", "code"}
        assert response["Access-Control-Allow-Origin"] == "*"


def test_a_signature_expires(client: Client, outputs: dict[str, Output], time_machine: Any) -> None:
    url = files.output_url(outputs[Role.STAGED])
    time_machine.move_to(timezone.now() + timedelta(days=13))
    assert client.get(url).status_code == 200
    time_machine.move_to(timezone.now() + timedelta(days=2))
    assert client.get(url).status_code == 403


def test_the_original_has_no_address(client: Client, photo: Photo) -> None:
    for name in ("original.jpg", "original", "../original.jpg"):
        assert client.get(files.signed(f"/photos/{photo.uuid}/{name}")).status_code == 404


def test_a_signature_for_what_is_not_there(client: Client, outputs: dict[str, Output]) -> None:
    staged = outputs[Role.STAGED]
    other_render = files.signed(f"/renders/{'x' * 20}/outputs/{staged.uuid}-u1_0.png")
    no_emptied = files.signed(f"/renders/{staged.run.render.public_id}/outputs/{staged.uuid}-nothing.png")
    for url in (other_render, no_emptied):
        assert client.get(url).json()["code"] == "not_found"
    delivered = copies.of(staged, "delivered")
    delivered.storage.delete(delivered.name)
    assert client.get(files.output_url(staged)).status_code == 404


def test_a_browser_may_ask_first(client: Client, outputs: dict[str, Output]) -> None:
    response = client.options(files.output_url(outputs[Role.STAGED]).split("?")[0])
    assert response.status_code == 200
    assert "GET" in response["Access-Control-Allow-Methods"]
    assert client.post(files.output_url(outputs[Role.STAGED])).status_code == 405


def test_pages_take_the_width_that_fits_the_screen(client: Client, account: Account) -> None:
    photo = sources.accept(account, raw=encoded(room(2000, 1200)))
    widths = files.photo_widths(photo)
    assert set(widths) == {480, 960, 1600}
    for width, url in widths.items():
        assert Image.open(io.BytesIO(body(client.get(url)))).size == (width, width * 3 // 5)
    # A photo of before there was a middle size has it made.
    Photo.objects.update(medium="")
    photo.refresh_from_db()
    made = client.get(files.photo_widths(photo)[960])
    assert Image.open(io.BytesIO(body(made))).size == (960, 576)
