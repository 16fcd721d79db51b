"""Pictures that came altered from an MLS: what a profile forbids stays here, the rest says what it is."""

from __future__ import annotations

import io
import json

import pytest
from django.test import Client

from billing.models import User
from listings import deliveries, photos, reviews
from listings.models import Listing, Profile, StagedPhoto
from tests.listings.test_delivery import address, altered, listing, made, names

__all__ = ["address", "listing"]
RENOVATION, ADDITION = "Virtual Renovation", "Virtual Staging - Item Addition"


def came(listing: Listing, order: int, kind: str) -> str:
    """Have the photo come altered in this way; its MediaKey."""
    photo = photos.of_listing(listing)[order]
    photos.of_listing(listing).filter(pk=photo.pk).update(media_alteration=[kind])
    return str(photo.media_key)


@pytest.mark.parametrize("slug", ["crmls", "stellar", "mls-now"])
def test_what_the_rules_forbid_stays_here_and_is_named(
    slug: str, listing: Listing, owner: User, browser: Client
) -> None:
    key = came(listing, 1, RENOVATION)
    archive, manifest = made(listing, slug, owner)
    assert not [name for name in archive.namelist() if "kitchen" in name]
    assert key not in json.dumps(manifest["Media"])
    name = Profile.objects.get(slug=slug).name
    assert manifest["Withheld"] == [{"MediaKey": key, "Why": f"{name} does not allow: {RENOVATION}"}]
    assert manifest["Property"]["PhotosCount"] == len(manifest["Media"])

    page = browser.get(f"/listings/{listing.pk}/delivery/?profile={slug}").content.decode()
    assert f"{name} does not allow: {RENOVATION}" in page


def test_elsewhere_it_goes_out_and_says_so(listing: Listing, owner: User) -> None:
    came(listing, 1, RENOVATION)
    archive, manifest = made(listing, "bay-east-ccar", owner)
    kitchen = manifest["Media"][-1]
    assert (kitchen["MediaAlteration"], kitchen["ShortDescription"]) == ([RENOVATION], "Digitally altered")
    assert kitchen["MediaURL"] == "003_kitchen_altered.jpg"
    assert kitchen["OriginalSHA256"] is None
    assert b"Digitally altered before it was imported" in archive.read(kitchen["MediaURL"])
    assert "003_kitchen_altered.jpg is digitally altered" in archive.read("DISCLOSURE.txt").decode()


def test_what_was_made_of_a_forbidden_one_stays_with_it(listing: Listing, owner: User) -> None:
    came(listing, 0, RENOVATION)
    with pytest.raises(deliveries.NothingApproved):
        made(listing, "crmls", owner)
    _, manifest = made(listing, "realtracs", owner)
    assert altered(manifest)["MediaAlteration"] == [RENOVATION]
    assert manifest["Media"][1]["MediaAlteration"] == [RENOVATION, ADDITION]


def test_a_listing_of_forbidden_photos_alone_is_refused(listing: Listing, owner: User) -> None:
    reviews.withdraw(StagedPhoto.objects.get(), owner)
    for order in (0, 1):
        came(listing, order, RENOVATION)
    with pytest.raises(deliveries.NothingApproved):
        made(listing, "crmls", owner)


def test_where_the_first_must_be_as_taken_one_that_came_altered_is_not_first(listing: Listing, owner: User) -> None:
    reviews.withdraw(StagedPhoto.objects.get(), owner)
    StagedPhoto.objects.all().delete()
    came(listing, 0, ADDITION)
    assert names(made(listing, "mls-now", owner)[1]) == ["001_kitchen_original.jpg", "002_living_altered.jpg"]
    assert names(made(listing, "crmls", owner)[1]) == ["001_living_altered.jpg", "002_kitchen_original.jpg"]


def test_stellars_remarks_speak_of_pictures_that_came_staged_too(listing: Listing, owner: User) -> None:
    StagedPhoto.objects.all().delete()
    came(listing, 1, ADDITION)
    archive, _ = made(listing, "stellar", owner)
    assert archive.read("REMARKS.txt").decode().startswith("One or more photo(s) was virtually staged.")
    assert io.StringIO(archive.read("captions.csv").decode()).read().count('"Virtually staged"') == 1
