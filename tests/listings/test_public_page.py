"""`/homes/...`: what buyers see of a listing, published and withdrawn by its agent."""

from __future__ import annotations

import io
import json
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from billing.models import Account, User
from listings import batches, homes, originals, photos, records, reviews
from listings.models import Connection, Import, Listing, ListingPage, PagePicture, Profile, StagedPhoto
from staging import sources
from staging.briefs import RoomType, Style
from tests.listings.conftest import signed_in
from tests.listings.test_delivery import staged_picture
from tests.listings.test_every_page import complaints
from tests.listings.test_photos_of_a_listing import jpeg
from tests.staging.pictures import encoded, exif


@pytest.fixture
def listing(account: Account, owner: User) -> Listing:
    """Two photos, the first staged twice: one picture is approved, one is not."""
    listing = records.create(
        account, unparsed_address="12 Elm Street", city="Salem", state_or_province="OR", country="US",
        list_price=450000, bedrooms_total=3, standard_status="Active", property_sub_type="Condominium",
        public_remarks="Bright & </script> <b>airy</b>.",
    )  # fmt: skip
    for raw in (encoded(exif=exif(gps=True)), jpeg(1)):
        photos.add(listing, sources.accept(account, raw=raw), user=owner)
    first = next(iter(photos.of_listing(listing)))
    for approved in (True, False):
        (staged,) = batches.stage(
            listing, [(first, RoomType.LIVING)], style=Style.MODERN, batch=uuid.uuid4(), user=owner
        )
        staged_picture(staged.render)
        if approved:
            reviews.approve(staged, owner)
    return listing


@pytest.fixture
def page(listing: Listing, browser: Client) -> ListingPage:
    """Its page, published by the agent and with its copies made."""
    browser.post(f"/listings/{listing.pk}/page/", {"profile": "stellar"})
    found = ListingPage.objects.get()
    homes.make_copies(found.pk)
    return found


def address(page: ListingPage) -> str:
    return f"/homes/{homes.name_of(page)}"


def test_buyers_see_photos_and_approved_pictures_beside_their_originals(page: ListingPage) -> None:
    answer = Client().get(address(page))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert re.fullmatch(r"/homes/12-elm-street-[0-9a-hjkmnp-tv-z]{10}", address(page))
    assert complaints(re.sub(r'<script type="application/ld\+json">.*?</script>', "", text, flags=re.S)) == []
    assert "Set-Cookie" not in answer.headers
    assert "max-age=60" in answer["Cache-Control"]
    # One article pairs the approved picture with its original; the other photo stands alone; nothing else is there.
    assert (text.count("<article"), text.count("<img"), PagePicture.objects.count()) == (1, 3, 3)
    # The profile's wording beside it, and the permanent page of the original.
    original = StagedPhoto.objects.get(verdict="approved").output.original_page  # type: ignore[union-attr]
    disclosure = re.search(r'<p class="disclosure">.*?</p>', text, re.S)
    assert disclosure is not None
    assert "<strong>Virtually staged:</strong> furniture and decoration were added." in disclosure[0]
    assert f'href="/o/{original.code}"' in disclosure[0]
    assert "One or more photo(s) was virtually staged. Bright &amp; &lt;/script&gt;" in text
    assert "$450,000" in text


def test_a_page_is_three_questions_to_the_database_however_many_pictures_it_has(
    page: ListingPage, owner: User, django_assert_num_queries: Any
) -> None:
    path = address(page)
    for _ in range(2):
        with django_assert_num_queries(3):
            Client().get(path)
        reviews.approve(StagedPhoto.objects.order_by("pk")[1], owner)
        homes.make_copies(page.pk)


def test_pictures_are_sized_and_say_nothing_of_place_or_camera(page: ListingPage) -> None:
    text = Client().get(address(page)).content.decode()
    found = set(re.findall(r"(/homes/[^\s\"]+\.jpg)", text))
    assert len(found) == 6
    for path in found:
        answer = Client().get(path)
        assert answer.status_code == 200
        with Image.open(io.BytesIO(b"".join(answer.streaming_content))) as picture:  # type: ignore[attr-defined]
            assert not picture.getexif()
            assert max(picture.size) <= 1920
            kinds = picture.info.get("xmp", b"")
            assert (b"compositeSynthetic" in kinds) == (b"Digitally altered" in kinds)


def test_the_copies_survive_what_they_were_made_of(page: ListingPage) -> None:
    for photo in photos.of_listing(page.listing):
        for field in (photo.photo.original, photo.photo.picture, photo.photo.preview, photo.photo.thumbnail):
            field.storage.delete(str(field.name))
    text = Client().get(address(page)).content.decode()
    for path in re.findall(r"(/homes/[^\s\"]+\.jpg)", text):
        assert Client().get(path).status_code == 200


def test_what_machines_read(page: ListingPage, settings: Any) -> None:
    settings.PUBLIC_URL = "https://openhouse.example"
    text = Client().get(address(page)).content.decode()
    told = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.S)[0])
    assert told["@type"] == "RealEstateListing"
    assert told["mainEntity"]["@type"] == "Apartment"
    assert told["mainEntity"]["address"]["streetAddress"] == "12 Elm Street"
    assert (told["offers"]["price"], told["offers"]["priceCurrency"]) == (450000, "USD")
    kinds = [one["digitalSourceType"].rsplit("/", 1)[1] for one in told["image"]]
    assert kinds == ["DigitalCaptureDigitalSource", "CompositeSyntheticDigitalSource", "DigitalCaptureDigitalSource"]
    assert told["image"][1]["isBasedOn"]["contentUrl"] == told["image"][0]["contentUrl"]
    # The card of social networks shows the photo as it was taken, since no disclosure stands beside it there.
    cards = dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', text))
    assert cards["og:image"] == told["image"][0]["contentUrl"]
    assert cards["og:url"].startswith("https://openhouse.example/homes/12-elm-street-")
    assert cards["twitter:card"] == "summary_large_image"
    assert told["url"] in Client().get("/sitemap.xml").content.decode()
    assert "Sitemap: https://openhouse.example/sitemap.xml" in Client().get("/robots.txt").content.decode()


def test_more_pages_than_a_sitemap_holds_are_listed_in_several(
    page: ListingPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(homes, "SITEMAP_MOST", 2)
    for street in range(4):
        other = records.create(page.listing.account, unparsed_address=f"{street} Far Road")
        ListingPage.objects.create(listing=other, profile=page.profile, published_at=page.published_at)
    gap = ListingPage.objects.order_by("pk")[2]
    gap.withdrawn_at = gap.published_at
    gap.save()
    index = Client().get("/sitemap.xml").content.decode()
    parts = re.findall(r"<loc>http://testserver(/sitemap-\d+.xml)</loc>", index)
    assert "<sitemapindex" in index
    assert len(parts) >= 2
    files = [re.findall(r"<loc>([^<]+)</loc>", Client().get(part).content.decode()) for part in parts]
    assert max(map(len, files)) <= 2
    listed = [address for file in files for address in file]
    assert len(listed) == len(set(listed)) == 4
    assert not any(gap.code.lower() in address for address in listed)


def test_withdrawn_says_so_and_comes_back_at_the_same_address(page: ListingPage, browser: Client) -> None:
    picture = re.findall(r"(/homes/[^\s\"]+\.jpg)", Client().get(address(page)).content.decode())[0]
    altered = PagePicture.objects.get(staged__isnull=False)
    frame = f"{address(page)}/embedded/{altered.code}"
    assert Client().get(frame).status_code == 200
    browser.post(f"/listings/{page.listing_id}/page/", {"withdraw": "1"})
    gone = Client().get(address(page))
    assert gone.status_code == 410
    assert "no longer shown" in gone.content.decode()
    assert gone["X-Robots-Tag"] == "noindex"
    assert Client().get(frame).status_code == 410
    assert Client().get(picture).status_code == 404
    assert page.code.lower() not in Client().get("/sitemap.xml").content.decode()

    browser.post(f"/listings/{page.listing_id}/page/", {"profile": "stellar"})
    assert Client().get(address(page)).status_code == 200


@pytest.mark.parametrize("how", ["archived", "closed", "forbidden"])
def test_nobody_sees_what_is_archived_closed_or_forbidden(page: ListingPage, account: Account, how: str) -> None:
    if how == "archived":
        records.archive(page.listing)
    elif how == "closed":
        Account.objects.update(closed_at="2026-11-01T00:00Z")
    else:
        Listing.objects.update(internet_entire_listing_display_yn=False)
    assert Client().get(address(page)).status_code == 410
    assert page.code.lower() not in Client().get("/sitemap.xml").content.decode()


def test_a_picture_goes_when_its_approval_or_its_original_goes(page: ListingPage, owner: User) -> None:
    path = f"{address(page)}/pictures/{PagePicture.objects.get(staged__isnull=False).code}-large.jpg"
    staged = StagedPhoto.objects.get(verdict="approved")
    assert Client().get(path).status_code == 200
    reviews.withdraw(staged, owner)
    assert "<article" not in Client().get(address(page)).content.decode()
    assert Client().get(path).status_code == 404
    reviews.approve(staged, owner)
    assert Client().get(path).status_code == 200
    originals.remove(staged.output.original_page, "Asked for.")  # type: ignore[union-attr, arg-type]
    assert Client().get(path).status_code == 404


def test_what_is_approved_or_added_later_comes_by_itself(
    page: ListingPage, owner: User, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[int] = []
    monkeypatch.setattr(homes.jobs, "enqueue", lambda job, page_id: woken.append(page_id))
    assert homes.sweep() == 0
    reviews.approve(StagedPhoto.objects.get(verdict="pending"), owner)
    assert (homes.sweep(), woken) == (1, [page.pk])
    homes.make_copies(page.pk)
    photos.add(page.listing, sources.accept(account, raw=jpeg(2)), user=owner)
    assert homes.sweep() == 1
    homes.make_copies(page.pk)
    assert homes.sweep() == 0
    text = Client().get(address(page)).content.decode()
    assert (text.count("<article"), text.count("<img")) == (2, 6)


def test_edits_that_the_profile_bans_and_pictures_that_came_altered_stay_away(page: ListingPage) -> None:
    Profile.objects.filter(pk=page.profile_id).update(forbidden=["Virtual Staging - Item Addition"])
    assert "<article" not in Client().get(address(page)).content.decode()
    photos.of_listing(page.listing).filter(order=1).update(media_alteration=["Virtual Renovation"])
    assert Client().get(address(page)).content.decode().count("<img") == 1


def test_labels_are_drawn_where_the_rules_or_the_plan_ask_for_them(page: ListingPage, owner: User) -> None:
    plain = PagePicture.objects.get(staged__isnull=False)
    homes.publish(page.listing, Profile.objects.get(slug="rmls"), owner)
    homes.make_copies(page.pk)
    labelled = PagePicture.objects.get(staged__isnull=False)
    assert labelled.sha256 != plain.sha256
    assert not plain.large.storage.exists(str(plain.large.name))
    assert PagePicture.objects.count() == 3


def test_the_address_is_hidden_where_the_mls_says_so(page: ListingPage) -> None:
    old = address(page)
    Listing.objects.update(internet_address_display_yn=False)
    page.listing.refresh_from_db()
    moved = Client().get(old)
    assert (moved.status_code, moved["Location"]) == (301, f"/homes/salem-{page.code.lower()}")
    text = Client().get(moved["Location"]).content.decode()
    assert "Elm" not in text
    assert "Home in Salem" in text


def test_only_the_before_and_after_may_stand_in_frames(page: ListingPage, browser: Client) -> None:
    altered = PagePicture.objects.get(staged__isnull=False)
    framed = Client().get(f"{address(page)}/embedded/{altered.code.lower()}")
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed.headers
    assert "See the original, unaltered photo" in framed.content.decode()
    assert complaints(framed.content.decode()) == []
    whole = Client().get(address(page))
    assert "frame-ancestors 'none'" in whole["Content-Security-Policy"]
    assert whole["X-Frame-Options"] == "DENY"
    told = browser.get(f"/listings/{page.listing_id}/page/").content.decode()
    assert complaints(told) == []
    assert f"/embedded/{altered.code.lower()}" in told
    assert "&lt;iframe src=" in told


def test_in_spanish(page: ListingPage) -> None:
    text = Client().get(f"{address(page)}?language=es").content.decode()
    assert '<html lang="es">' in text
    assert "se añadieron muebles y decoración" in text
    assert "3 dormitorios" in text
    assert '<html lang="es">' in Client(headers={"accept-language": "es"}).get(address(page)).content.decode()


def test_a_stranger_neither_publishes_nor_withdraws(page: ListingPage, stranger: User, listing: Listing) -> None:
    theirs = signed_in(stranger)
    for form in ({"withdraw": "1"}, {"profile": "crmls"}):
        assert theirs.post(f"/listings/{listing.pk}/page/", form).status_code == 404
    page.refresh_from_db()
    assert (page.withdrawn_at, page.profile.slug) == (None, "stellar")
    assert Client().get("/homes/12-elm-street-0000000000").status_code == 404
    # A picture's code opens nothing under another page's name.
    code = PagePicture.objects.all()[0].code
    assert Client().get(f"/homes/x-0000000000/pictures/{code}-large.jpg").status_code == 404


def test_what_was_never_published_is_not_found(listing: Listing, owner: User) -> None:
    page = ListingPage.objects.create(listing=listing, profile=Profile.objects.get(slug="crmls"))
    assert Client().get(address(page)).status_code == 404


def test_staff_withdraw_pages_and_see_no_secrets(page: ListingPage, account: Account) -> None:
    connection = Connection.objects.create(account=account, name="MLS", address="https://mls.example", token="s3cret")
    Import.objects.create(account=account, source="File")
    staff = Client()
    staff.force_login(User.objects.create_superuser("root@example.com", "a long enough password"))
    for path in ("connection/", f"connection/{connection.pk}/change/", "import/", "listingpage/"):
        shown = staff.get(f"/admin/listings/{path}")
        assert shown.status_code == 200
        assert "s3cret" not in shown.content.decode()
    staff.post("/admin/listings/listingpage/", {"action": "withdraw", "_selected_action": page.pk})
    assert Client().get(address(page)).status_code == 410
