"""Copies of a picture: none is packed while a caller of the API waits, and each is there for whoever asks for it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from PIL import Image

from billing.models import Account
from staging import copies, files, renders, sources
from staging.briefs import Brief
from staging.models import MASKS, Output, Photo, Role
from tests.staging import pictures
from tests.staging.runs import go
from tests.staging.stand_in import StandIn

pytestmark = pytest.mark.django_db
SIZES = {"delivered": (1920, 1280), "preview": (480, 320), "medium": (480, 320), "thumbnail": (480, 320)}


@pytest.fixture
def staged(account: Account, photo: Photo, brief: Brief, engine: StandIn) -> Output:
    go(renders.request(account, photo, brief))
    return Output.objects.select_related("run__render").get(role=Role.STAGED)


def stored_files(output: Output) -> list[str]:
    folder = Path(output.master.path).parent
    return sorted(path.name for path in folder.iterdir())


def test_a_run_of_the_api_ends_with_its_master_alone(staged: Output) -> None:
    assert stored_files(staged) == ["staged.png"]
    assert not any(getattr(staged, copy) for copy in SIZES)
    assert (staged.delivered_width, staged.delivered_height) == (1920, 1280)


def test_each_copy_is_made_when_it_is_first_asked_for_and_then_kept(client: Client, staged: Output) -> None:
    for copy, size in SIZES.items():
        ending = "-u1_0.png" if copy == "delivered" else f"-{copy}.webp"
        address = files.signed(f"/renders/{staged.run.render.public_id}/outputs/{staged.uuid}{ending}")
        first, second = (b"".join(client.get(address).streaming_content) for _ in range(2))  # type: ignore[attr-defined]
        assert first == second
        staged.refresh_from_db()
        with default_storage.open(getattr(staged, copy).name) as file:
            assert file.read() == first
        assert Image.open(getattr(staged, copy)).size == size
    assert len(stored_files(staged)) == 5


def test_a_run_of_our_pages_has_all_its_copies_when_it_is_done(
    account: Account, photo: Photo, brief: Brief, engine: StandIn, staged: Output
) -> None:
    go(renders.request(account, photo, brief, source="dashboard"))
    shown = Output.objects.filter(run__render__source="dashboard", role=Role.STAGED).get()
    for copy, size in SIZES.items():
        made, late = Image.open(getattr(shown, copy)), Image.open(copies.of(staged, copy))  # type: ignore[arg-type]
        assert made.size == late.size == size
    # Whenever it is made, it is the same picture.
    assert shown.delivered.read() == copies.of(staged, "delivered").read()


def test_a_picture_that_needs_no_change_is_its_own_delivered_copy(
    account: Account, brief: Brief, engine: StandIn
) -> None:

    large = sources.accept(account, raw=pictures.encoded(pictures.room(1920, 1280)))
    go(renders.request(account, large, brief))
    found = Output.objects.get(role=Role.STAGED)
    assert found.delivered.name == found.master.name == copies.of(found, "delivered").name


def test_a_mask_has_no_copies(client: Client, staged: Output) -> None:
    mask = Output.objects.select_related("run__render").filter(role__in=MASKS)[0]
    with pytest.raises(LookupError):
        copies.of(mask, "preview")
    assert client.get(files.preview_url(mask)).status_code == 404


def test_a_lost_master_is_a_404_and_no_crash(client: Client, staged: Output) -> None:
    default_storage.delete(staged.master.name)
    assert client.get(files.output_url(staged)).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_one_file(staged: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    both, found, real = threading.Barrier(2), [], copies._saved

    def saved_together(*given: Any) -> str:
        name = real(*given)
        both.wait(10)  # neither has told the row when the other's file is there too
        return name

    def ask() -> None:
        output = Output.objects.select_related("run__render").get(pk=staged.pk)
        found.append(copies.of(output, "thumbnail").name)
        connection.close()

    monkeypatch.setattr(copies, "_saved", saved_together)
    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(set(found)) == 1
    assert stored_files(staged) == sorted(["staged.png", Path(found[0]).name])
