"""A delivery's copies made ahead: the same ZIP with and without them, none for what nobody approves, none for ever."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from billing import closing
from billing.models import Account, User
from listings import originals, prepared, preparing, presets, records, reviews, xmp
from listings.models import Listing, ListingPhoto, OriginalPage, PreparedCopy, Profile, StagedPhoto
from staging import wakeups
from staging.models import Output, Role
from tests import serving
from tests.listings.test_delivery import address, altered, listing, made

__all__ = ["address", "listing"]


def ready(listing: Listing) -> set[str]:
    """Names of the files that lie ready."""
    return set(PreparedCopy.objects.filter(listing=listing).values_list("file", flat=True))


def pixels(archive: Any) -> dict[str, bytes]:
    """The originals' bytes, and of signed pictures what the signature does not change: their pixels."""
    names = [name for name in archive.namelist() if name.endswith(".jpg")]
    return {name: Image.open(io.BytesIO(archive.read(name))).tobytes() for name in names}


def test_a_delivery_is_the_same_with_and_without_what_lies_ready(listing: Listing, owner: User) -> None:
    preparing.prepare(listing.pk)
    assert len(ready(listing)) == 3  # two photos, and the one approved picture
    mtimes = {name: default_storage.get_modified_time(name) for name in ready(listing)}
    warm, first = made(listing, "crmls", owner)
    assert {name: default_storage.get_modified_time(name) for name in ready(listing)} == mtimes

    prepared.discard(PreparedCopy.objects.all())
    cold, second = made(listing, "crmls", owner)
    for manifest in (first, second):
        altered(manifest).pop("SHA256")  # of the signature, which differs each time
    assert first == second
    assert "UnsignedSHA256" in altered(first)
    assert pixels(warm) == pixels(cold)
    assert warm.read("002_living_original.jpg") == cold.read("002_living_original.jpg")
    # What had to be made was kept for the next.
    assert len(ready(listing)) == 3


def test_what_lies_ready_is_what_is_packed(listing: Listing, owner: User) -> None:
    preparing.prepare(listing.pk)
    kitchen = ListingPhoto.objects.get(listing=listing, order=1)
    key = prepared.of_photo(kitchen.photo, presets.USUAL).key
    with PreparedCopy.objects.get(key=key).file.open("rb") as file:
        lies = file.read()
    archive, _ = made(listing, "crmls", owner)
    packed = archive.read("003_kitchen_original.jpg")
    place = packed.index(b"http://ns.adobe.com/xap/1.0/") - 4
    assert packed[:place] == lies[:place]
    assert packed.endswith(lies[place:])


def test_a_damaged_or_lost_copy_is_made_anew(listing: Listing, owner: User) -> None:
    good = pixels(made(listing, "crmls", owner)[0])
    rows = list(PreparedCopy.objects.order_by("pk"))
    with rows[0].file.storage.open(rows[0].file.name, "wb") as file:
        file.write(b"\xff\xd8 no longer a picture")
    default_storage.delete(rows[1].file.name)

    assert pixels(made(listing, "crmls", owner)[0]) == good
    for row in PreparedCopy.objects.all():
        with row.file.open("rb") as file:
            assert len(file.read()) == row.byte_size
    assert len(default_storage.listdir(f"prepared/{listing.pk}")[1]) == len(rows)


@pytest.mark.parametrize(
    "change",
    [
        {"preset": "web"},
        {"labelled": True},
        {"sha256": "f" * 64},
        {"source": "another.png"},
    ],
)
def test_whatever_decides_the_bytes_is_in_the_key(change: dict[str, Any]) -> None:
    usual: dict[str, Any] = {"source": "a.png", "sha256": "0" * 64, "preset": "mls_large", "labelled": False}
    assert prepared.Wanted(**usual, pixels=1).key != prepared.Wanted(**(usual | change), pixels=1).key
    assert prepared.Wanted(**usual, pixels=1).key == prepared.Wanted(**usual, pixels=2).key


def test_another_label_text_or_encoder_is_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = prepared.Wanted("a.png", "0" * 64, "mls_large", False, 1)
    labelled = prepared.Wanted("a.png", "0" * 64, "mls_large", True, 1)
    before = (bare.key, labelled.key)
    monkeypatch.setattr("staging.label.TEXT", "Digitally Altered")
    again = [prepared.Wanted(one.source, one.sha256, one.preset, one.labelled, 1) for one in (bare, labelled)]
    assert (again[0].key == before[0], again[1].key == before[1]) == (True, False)
    monkeypatch.setattr("listings.prepared.EDITION", 99)
    assert prepared.Wanted("a.png", "0" * 64, "mls_large", False, 1).key != before[0]


def test_rules_that_come_to_ask_for_a_label_get_a_picture_with_one(listing: Listing, owner: User) -> None:
    bare = pixels(made(listing, "crmls", owner)[0])["001_living_altered.jpg"]
    Profile.objects.filter(slug="crmls").update(label=Profile.Label.REQUIRED)
    archive, manifest = made(listing, "crmls", owner)
    assert altered(manifest)["Labelled"] is True
    assert pixels(archive)["001_living_altered.jpg"] != bare


def test_nothing_is_made_for_what_nobody_approves(listing: Listing, owner: User) -> None:
    reviews.withdraw(StagedPhoto.objects.get(), owner)
    preparing.prepare(listing.pk)
    assert ready(listing) == set()


def test_what_is_expected_is_what_was_asked_for_last(listing: Listing, owner: User) -> None:
    made(listing, "smartmls", owner, preset="web")
    prepared.discard(PreparedCopy.objects.all())
    preparing.prepare(listing.pk)
    photo = ListingPhoto.objects.filter(listing=listing).first()
    output = Output.objects.get(role=Role.STAGED)
    assert photo is not None
    keys = set(PreparedCopy.objects.values_list("key", flat=True))
    assert prepared.of_output(output, "web", labelled=True).key in keys
    assert prepared.of_photo(photo.photo, "web").key in keys


def test_a_job_makes_a_few_and_leaves_the_rest_to_the_next(
    listing: Listing, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any, queue: Any
) -> None:
    monkeypatch.setattr(preparing, "AT_ONCE", 2)
    with django_capture_on_commit_callbacks(execute=True):
        preparing.prepare(listing.pk)
    assert len(ready(listing)) == 2
    assert [job.func_name for job in queue.jobs] == ["listings.preparing.prepare"]
    preparing.prepare(listing.pk)
    assert len(ready(listing)) == 3


def test_approving_asks_for_copies_once(
    listing: Listing, owner: User, django_capture_on_commit_callbacks: Any, queue: Any
) -> None:
    staged = StagedPhoto.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            reviews.approve(staged, owner)
    assert [job.func_name for job in queue.jobs].count("listings.preparing.prepare") == 1


def test_the_page_of_the_original_shows_the_very_copies(listing: Listing) -> None:
    preparing.prepare(listing.pk)
    page = OriginalPage.objects.get()
    originals.keep_copies(page.pk)
    page.refresh_from_db()
    lies = {row.sha256 for row in PreparedCopy.objects.all()}
    for field in (page.original, page.altered):
        with field.open("rb") as file:
            assert hashlib.sha256(file.read()).hexdigest() in lies
    # They are the page's own and stay when the others go.
    prepared.discard(PreparedCopy.objects.all())
    assert page.original.storage.exists(page.original.name)


def test_files_go_with_the_listing_and_with_the_account(
    listing: Listing, account: Account, django_capture_on_commit_callbacks: Any
) -> None:
    for end in (lambda: records.archive(listing), lambda: closing.close(account)):
        records.restore(listing)
        preparing.prepare(listing.pk)
        names = ready(listing)
        assert prepared.stored_bytes() == sum(default_storage.size(name) for name in names) > 0
        with django_capture_on_commit_callbacks(execute=True):
            end()
        assert names
        assert not any(default_storage.exists(name) for name in names)
        assert prepared.stored_bytes() == 0
    preparing.prepare(listing.pk)
    assert ready(listing) == set()


def test_what_no_delivery_uses_is_swept_and_what_is_used_stays(
    listing: Listing, owner: User, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.PREPARED_KEPT_DAYS = 30
    made(listing, "crmls", owner)
    old = timezone.now() - timedelta(days=31)
    PreparedCopy.objects.update(used_at=old)
    made(listing, "crmls", owner)
    assert prepared.sweep() == 0
    names = ready(listing)
    PreparedCopy.objects.update(used_at=old)
    with django_capture_on_commit_callbacks(execute=True):
        assert prepared.sweep() == 3
    assert not any(default_storage.exists(name) for name in names)


def test_metadata_has_room_within_the_weight_that_a_preset_allows() -> None:
    import numpy as np  # noqa: PLC0415

    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (1400, 2048, 3), dtype=np.uint8))
    preset = presets.PRESETS["mls_large"]
    assert preset.most_bytes is not None
    assert len(presets.encoded(noise, preset)) <= preset.most_bytes - presets.METADATA_BYTES


def test_xmp_is_put_beside_the_pixels_and_refused_where_it_cannot_be() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(buffer, "JPEG")
    packet = xmp.packet(source_type=xmp.CAPTURED, description="A & B", tool="Openhouse")
    with Image.open(io.BytesIO(xmp.embedded(buffer.getvalue(), packet))) as picture:
        assert picture.info["xmp"] == packet
        assert picture.getpixel((3, 3)) == Image.open(buffer).getpixel((3, 3))
    for data, said in ((b"\x89PNG", packet), (buffer.getvalue(), b"x" * 65_536)):
        with pytest.raises(ValueError, match=r"JPEG|segment"):
            xmp.embedded(data, said)


@pytest.fixture
def queue(tmp_path: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    from staging import jobs  # noqa: PLC0415 - its connection is the fixture's

    with serving.redis_server(tmp_path) as url:
        settings.REDIS_URL = url
        monkeypatch.setattr(wakeups, "_connection", None)
        yield jobs.queue()
