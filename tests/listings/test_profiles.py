"""Each rule of each MLS that was read, on a real delivery: labels by the pixels, forbidden edits, words, order."""

from __future__ import annotations

import io
import json
import subprocess
from typing import Any

import numpy as np
import pytest
from PIL import Image

from billing.models import Account, User
from listings import deliveries, originals, photos, presets, reviews, rules
from listings.models import Listing, OriginalPage, Profile, StagedPhoto
from staging import sources
from staging.briefs import Brief, Kind, RoomType, Style
from staging.models import Output, Render, Role, Run
from tests import needs
from tests.listings.test_delivery import URL, address, altered, label_in, listing, made
from tests.staging.pictures import encoded, exif, room

__all__ = ["address", "listing"]
LABELLED = ("bay-east-ccar", "smartmls", "rmls")
BARE = ("crmls", "sdmls", "stellar", "mls-now", "realtracs")
RENOVATION, ENHANCEMENTS, TWILIGHT = "Virtual Renovation", "Virtual Enhancements", "Twilight Conversion"
TO_BE_BUILT = "Virtual Representation - To Be Built"
FORBIDDEN = {
    "crmls": {RENOVATION, ENHANCEMENTS},
    "stellar": {RENOVATION},
    "mls-now": {RENOVATION, ENHANCEMENTS, TWILIGHT, TO_BE_BUILT},
}
EDITS = {
    RENOVATION: Brief(kind=Kind.REDESIGN, room_type=RoomType.LIVING, style=Style.MODERN),
    ENHANCEMENTS: Brief(kind=Kind.REDESIGN, space="exterior", style=Style.MODERN),
    TWILIGHT: Brief(kind=Kind.REDESIGN, space="exterior", style=Style.MODERN, dusk=True),
    TO_BE_BUILT: Brief(kind=Kind.SKETCH, room_type=RoomType.LIVING, style=Style.MODERN),
    "Virtual Staging - Item Addition": Brief(kind=Kind.STAGING, room_type=RoomType.LIVING, style=Style.MODERN),
    "Decluttered - Item Removed": Brief(kind=Kind.DECLUTTER, declutter="on"),
}


def clean_jpeg(output: Output) -> bytes:
    """The delivered picture without any label, at the same size."""
    preset = presets.PRESETS["mls_large"]
    with output.master.open("rb") as file, Image.open(file) as master:
        return presets.encoded(presets.sized(master.convert("RGB"), preset), preset)


@pytest.mark.parametrize("slug", LABELLED)
def test_where_a_label_is_required_it_is_large_legible_and_inside_of_crops(
    slug: str, listing: Listing, owner: User
) -> None:
    archive, manifest = made(listing, slug, owner)
    media = altered(manifest)
    clean = clean_jpeg(Output.objects.get(role=Role.STAGED))
    height, contrast, box = label_in(archive, media["MediaURL"], clean)
    short = min(media["ImageWidth"], media["ImageHeight"])
    assert height >= max(14, 0.025 * short)
    assert contrast >= 4.5
    # What crops to 4:3 and to 1:1 keep of a wider picture.
    beside = (media["ImageWidth"] - media["ImageHeight"]) / 2
    assert beside - 1 <= box[0] < box[2] <= media["ImageWidth"] - beside + 1
    assert box[3] <= media["ImageHeight"]


@pytest.mark.parametrize("slug", BARE)
def test_elsewhere_the_picture_is_the_clean_master_and_no_code_lies_on_it(
    slug: str, listing: Listing, owner: User
) -> None:
    archive, manifest = made(listing, slug, owner)
    with Image.open(io.BytesIO(archive.read(altered(manifest)["MediaURL"]))) as opened:
        delivered = np.asarray(opened.convert("RGB")).astype(int)
    with Image.open(io.BytesIO(clean_jpeg(Output.objects.get(role=Role.STAGED)))) as opened:
        assert (delivered == np.asarray(opened.convert("RGB"))).all()


@pytest.mark.parametrize("slug", ["sdmls", "stellar", "realtracs"])
def test_where_labels_are_forbidden_a_wish_changes_nothing(slug: str, listing: Listing, owner: User) -> None:
    assert altered(made(listing, slug, owner, labelled=True)[1])["Labelled"] is False
    assert altered(made(listing, slug, owner, preset="social")[1])["Labelled"] is False


@pytest.mark.parametrize("slug", ["smartmls", "rmls", "stellar", "mls-now"])
def test_captions_of_words_alone_have_no_address_and_no_brand(slug: str, listing: Listing, owner: User) -> None:
    archive, manifest = made(listing, slug, owner)
    for media in manifest["Media"]:
        said = f"{media['ShortDescription']} {media['LongDescription']}".lower()
        assert not any(word in said for word in ("http", "oh.ink", "/o/", "openhouse", ".example"))
        assert len(media["ShortDescription"]) <= 50
        assert len(media["LongDescription"]) <= 1024
    assert altered(manifest)["LongDescription"] == "Virtually staged: furniture and decoration were added."
    assert "oh.ink" not in archive.read("captions.csv").decode()


@pytest.mark.parametrize("slug", ["crmls", "sdmls", "bay-east-ccar", "realtracs"])
def test_captions_with_an_address_lead_to_a_page_that_is_there(
    slug: str, listing: Listing, owner: User, client: Any
) -> None:
    media = altered(made(listing, slug, owner)[1])
    code = media["ShortDescription"].rpartition("/o/")[2]
    assert client.get(f"/o/{code}").status_code == 200
    assert media["LongDescription"].endswith(f"{URL}/o/{code}")


def test_mls_now_begins_with_an_unaltered_photo_even_where_that_was_staged(listing: Listing, owner: User) -> None:
    _, manifest = made(listing, "mls-now", owner)
    first, second = manifest["Media"][:2]
    assert (first["Order"], first["PreferredPhotoYN"], first["MediaAlteration"]) == (0, True, ["None"])
    assert second["MediaKey"].removesuffix("-altered") == first["MediaKey"].removesuffix("-original")


@pytest.mark.parametrize("slug", ["crmls", "bay-east-ccar", "sdmls"])
def test_an_unstaged_photo_has_no_words_of_alteration(slug: str, listing: Listing, owner: User) -> None:
    kitchen = made(listing, slug, owner)[1]["Media"][-1]
    assert (kitchen["MediaAlteration"], kitchen["ShortDescription"]) == (["None"], "")


def as_edit(listing: Listing, brief: Brief) -> StagedPhoto:
    """The listing's picture as one that this brief made, with a page of its own."""
    role = {Kind.REDESIGN: Role.REDESIGNED, Kind.SKETCH: Role.RENDERED, Kind.DECLUTTER: Role.EMPTIED}
    Render.objects.update(brief_json=brief.to_dict())
    Run.objects.update(brief_json=brief.to_dict())
    Output.objects.filter(role=Role.STAGED).update(role=role.get(brief.kind, Role.STAGED))
    OriginalPage.objects.all().delete()
    return StagedPhoto.objects.get(listing_photo__listing=listing)


@pytest.mark.parametrize("edit", EDITS)
def test_each_edit_goes_out_where_the_rules_allow_it_and_nowhere_else(edit: str, listing: Listing, owner: User) -> None:
    staged = as_edit(listing, EDITS[edit])
    page = originals.publish_of(staged.render)
    assert page is not None
    assert edit in page.alterations
    for profile in Profile.objects.filter(status="read"):
        # A redesign of a house front paints its walls too.
        expected = sorted(FORBIDDEN.get(profile.slug, set()) & set(page.alterations))
        assert sorted(rules.forbidden(profile, page.alterations)) == expected, profile.slug


@pytest.mark.parametrize("slug", FORBIDDEN)
def test_a_forbidden_edit_is_kept_back_of_a_real_delivery_and_named(slug: str, listing: Listing, owner: User) -> None:
    kitchen = photos.of_listing(listing)[1]
    as_edit(listing, EDITS[RENOVATION])
    with pytest.raises(deliveries.NothingApproved):
        made(listing, slug, owner)
    assert kitchen.staged.count() == 0
    _, manifest = made(listing, "bay-east-ccar", owner)
    assert RENOVATION in altered(manifest)["MediaAlteration"]
    assert manifest["Withheld"] == []


@pytest.mark.exiftool
def test_no_place_and_no_serial_number_goes_out_and_the_upload_is_kept_as_it_was(
    listing: Listing, account: Account, owner: User, tmp_path: Any
) -> None:
    raw = encoded(room(640, 480), exif=exif(gps=True, focal_35mm=24, serial="SN-4711"))
    photo = sources.accept(account, raw=raw)
    photos.add(listing, photo, user=owner, file_name="gps.jpg")
    (tmp_path / "upload.jpg").write_bytes(raw)
    archive, manifest = made(listing, "crmls", owner)
    archive.extractall(tmp_path)
    names = [media["MediaURL"] for media in manifest["Media"]]

    command = [needs.exiftool(), "-j", "-a", "-G1", "upload.jpg", *names]
    upload, *out = json.loads(subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout)
    assert any(name.startswith("GPS:") for name in upload)
    assert any("Serial" in name for name in upload)
    assert not [name for name in names if b"SN-4711" in archive.read(name)]
    for one in out:
        assert not [name for name in one if name.startswith(("GPS:", "IFD0:", "ExifIFD:")) or "Serial" in name]
        assert one["XMP-iptcExt:DigitalSourceType"].startswith("http://cv.iptc.org/newscodes/digitalsourcetype/")
    with photo.original.open("rb") as file:
        assert file.read() == raw
    assert manifest["Media"][-1]["OriginalSHA256"] == photo.sha256


def test_what_a_person_took_back_does_not_go_out(listing: Listing, owner: User) -> None:
    reviews.withdraw(StagedPhoto.objects.get(), owner)
    with pytest.raises(deliveries.NothingApproved):
        made(listing, "crmls", owner)
