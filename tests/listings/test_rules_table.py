"""The eight profiles that were read, sentence by sentence, each checked on a real delivery.

A row of RULES is the profile, the sentence of its rules as we read it, and what is looked at. test_profiles and
test_delivery look at the same things more closely; here stands that no sentence was forgotten.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from billing.models import User
from listings import deliveries
from listings.models import Listing, OriginalPage, Profile
from staging.models import Output, Role
from tests.listings.test_delivery import URL, address, altered, label_in, listing, made
from tests.listings.test_profiles import EDITS, ENHANCEMENTS, RENOVATION, TO_BE_BUILT, TWILIGHT, as_edit, clean_jpeg

__all__ = ["address", "listing"]
REMOVED = "Decluttered - Item Removed"


@dataclass
class Delivered:
    """A delivery of the listing whose first photo is staged, and what it was made for."""

    listing: Listing
    owner: User
    slug: str
    archive: zipfile.ZipFile
    manifest: dict[str, Any]

    @property
    def media(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.manifest["Media"]
        return found

    def pixels(self, name: str) -> Any:
        with Image.open(io.BytesIO(self.archive.read(name))) as opened:
            return np.asarray(opened.convert("RGB")).astype(int)

    def clean(self) -> bytes:
        return clean_jpeg(Output.objects.exclude(role=Role.MASK).get())


Check = Callable[[Delivered], None]


def no_label(found: Delivered) -> None:
    """The altered picture is the clean one, also where the agent wishes for a label that the rules forbid."""
    with Image.open(io.BytesIO(found.clean())) as opened:
        assert (found.pixels(altered(found.manifest)["MediaURL"]) == np.asarray(opened.convert("RGB"))).all()


def never_a_label(found: Delivered) -> None:
    no_label(found)
    for wish in ({"labelled": True}, {"preset": "social"}):
        assert altered(made(found.listing, found.slug, found.owner, **wish)[1])["Labelled"] is False


def a_label(found: Delivered) -> None:
    """2.5 % of the short edge and 14 pixels high, contrast 4.5, within what 4:3 and 1:1 crops keep."""
    media = altered(found.manifest)
    height, contrast, box = label_in(found.archive, media["MediaURL"], found.clean())
    short, beside = media["ImageHeight"], (media["ImageWidth"] - media["ImageHeight"]) / 2
    assert height >= max(14, 0.025 * short)
    assert contrast >= 4.5
    assert beside - 1 <= box[0] < box[2] <= media["ImageWidth"] - beside + 1


def nothing_but_the_label(found: Delivered) -> None:
    """Outside of the label's box the picture is the clean one, but for what JPEG spreads from it."""
    media = altered(found.manifest)
    _, _, (left, top, right, bottom) = label_in(found.archive, media["MediaURL"], found.clean())
    with Image.open(io.BytesIO(found.clean())) as opened:
        apart = np.abs(found.pixels(media["MediaURL"]) - np.asarray(opened.convert("RGB"))).max(-1)
    apart[max(0, top - 16) : bottom + 16, max(0, left - 16) : right + 16] = 0
    assert apart.max() <= 2


def original_after(found: Delivered) -> None:
    assert [one["MediaURL"] for one in found.media[:2]] == ["001_living_altered.jpg", "002_living_original.jpg"]


def original_beside(found: Delivered) -> None:
    place = found.media.index(altered(found.manifest))
    key = found.media[place]["MediaKey"].removesuffix("-altered")
    beside = found.media[max(0, place - 1) : place + 2]
    assert [one["MediaKey"] for one in beside].count(f"{key}-original") == 1


def original_not_delivered(found: Delivered) -> None:
    assert [one["MediaURL"] for one in found.media] == ["001_living_altered.jpg", "002_kitchen_original.jpg"]


def primary_unaltered(found: Delivered) -> None:
    first = found.media[0]
    assert (first["Order"], first["PreferredPhotoYN"], first["MediaAlteration"]) == (0, True, ["None"])


def caption(words: str, *, link: bool) -> Check:
    """The short caption begins so; with the page of the original in both captions, or with no address in any."""

    def check(found: Delivered) -> None:
        media, code = altered(found.manifest), OriginalPage.objects.get().code
        assert media["ShortDescription"].startswith(words)
        assert len(media["ShortDescription"]) <= 50
        assert len(media["LongDescription"]) <= 1024
        told = found.archive.read("captions.csv").decode() + json.dumps(found.media[0]["LongDescription"])
        if link:
            assert media["ShortDescription"].endswith(f"oh.ink/o/{code}")
            assert media["LongDescription"].endswith(f"{URL}/o/{code}")
        else:
            assert media["ShortDescription"] == words
            assert not any(word in told.lower() for word in ("http", "oh.ink", "/o/", "openhouse", code.lower()))

    return check


def no_code(found: Delivered) -> None:
    for media in found.media:
        grey = cv2.cvtColor(found.pixels(media["MediaURL"]).astype(np.uint8), cv2.COLOR_RGB2GRAY)
        assert cv2.QRCodeDetector().detectAndDecode(grey)[0] == ""


def remarks(words: str) -> Check:
    def check(found: Delivered) -> None:
        assert found.archive.read("REMARKS.txt").decode().startswith(words)
        assert found.manifest["Property"]["PublicRemarks"].startswith(words)

    return check


def refuses(*edits: str) -> Check:
    """A picture of such an edit is not exported; what the agent wishes is no matter."""

    def check(found: Delivered) -> None:
        for edit in edits:
            as_edit(found.listing, EDITS[edit])
            with pytest.raises(deliveries.NothingApproved):
                made(found.listing, found.slug, found.owner)

    return check


def says_what_was_removed(found: Delivered) -> None:
    as_edit(found.listing, EDITS[REMOVED])
    media = altered(made(found.listing, found.slug, found.owner)[1])
    assert media["MediaAlteration"] == [REMOVED]
    assert "furniture and loose things were removed" in media["LongDescription"]


def tells(words: str) -> Check:
    """The page shows the agent what the agent alone can do."""

    def check(found: Delivered) -> None:
        assert words in Profile.objects.get(slug=found.slug).note

    return check


# Profile, the sentence as it was read, what is looked at. What changes the picture stands last of its profile.
RULES: list[tuple[str, str, Check]] = [
    ("crmls", "a label on the image is not required", no_label),
    ("crmls", "the photo's description says it", caption("Digitally altered", link=True)),
    ("crmls", "the original directly before or after", original_beside),
    ("crmls", "removing furniture counts as altered", says_what_was_removed),
    ("crmls", "no change to walls, floors, fixtures, landscaping", refuses(RENOVATION, ENHANCEMENTS)),
    ("sdmls", "a label on the image is forbidden", never_a_label),
    ("sdmls", "the original is uploaded", original_beside),
    ("sdmls", "“Digitally Altered”, its address in the description", caption("Digitally Altered", link=True)),
    ("bay-east-ccar", "any disclosure, but conspicuous", a_label),
    ("bay-east-ccar", "the original directly after", original_after),
    ("bay-east-ccar", "the caption leads to the original", caption("Digitally altered", link=True)),
    ("smartmls", "a label on the image is required", a_label),
    ("smartmls", "the original is not required", original_not_delivered),
    ("smartmls", "captions without address or branding", caption("Virtually staged", link=False)),
    ("smartmls", "no QR", no_code),
    ("rmls", "a label is required", a_label),
    ("rmls", "no other text", nothing_but_the_label),
    ("rmls", "no address in captions", caption("Virtually staged", link=False)),
    ("stellar", "no label on the image", never_a_label),
    ("stellar", "caption “Virtually staged”", caption("Virtually staged", link=False)),
    ("stellar", "and a checkbox", tells("Tick the virtual staging box")),
    ("stellar", "remarks begin so", remarks("One or more photo(s) was virtually staged.")),
    ("stellar", "walls and floors are a concept only", refuses(RENOVATION)),
    ("mls-now", "the primary photo is unaltered", primary_unaltered),
    ("mls-now", "no watermark", no_label),
    ("mls-now", "no QR", no_code),
    ("mls-now", "an exterior as the primary photo", tells("the primary photo is the unaltered exterior")),
    ("mls-now", "movable property only", refuses(RENOVATION, ENHANCEMENTS, TWILIGHT, TO_BE_BUILT)),
    ("realtracs", "a label on the image is forbidden", never_a_label),
    ("realtracs", "the original before or after", original_beside),
    ("realtracs", "the caption leads to the original", caption("Digitally altered", link=True)),
]  # fmt: skip


@pytest.mark.parametrize("slug", sorted({slug for slug, _, _ in RULES}))
def test_every_sentence_of_a_profile_holds(slug: str, listing: Listing, owner: User) -> None:
    archive, manifest = made(listing, slug, owner)
    found = Delivered(listing, owner, slug, archive, manifest)
    for of, sentence, check in RULES:
        if of == slug:
            try:
                check(found)
            except AssertionError as error:
                raise AssertionError(f"{slug}: {sentence}") from error


def test_no_profile_that_was_read_is_left_out(db: None) -> None:
    assert {slug for slug, _, _ in RULES} == set(Profile.objects.filter(status="read").values_list("slug", flat=True))
