"""A delivery as an agent gets it: which pictures, in which order, with which words, for each MLS that was read."""

from __future__ import annotations

import io
import json
import subprocess
import uuid
import zipfile
from typing import Any

import c2pa
import cv2
import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image

from billing.models import Account, User
from listings import batches, credentials, deliveries, photos, records, reviews, rules, xmp
from listings.models import Delivery, Listing, OriginalPage, Profile, StagedPhoto
from staging import sources
from staging.briefs import Brief, Kind, RoomType, Style
from staging.label import contrast_with_white
from staging.models import Output, Render, Role, Run
from tests import needs
from tests.listings.conftest import finish
from tests.listings.test_photos_of_a_listing import jpeg

URL = "https://openhouse.example"


@pytest.fixture(autouse=True)
def address(settings: Any) -> None:
    """Where the world finds us."""
    settings.PUBLIC_URL, settings.SHORT_HOST = URL, "oh.ink"


def staged_picture(render: Render) -> Output:
    """The render's photo with a red sofa in it, and the mask of that sofa."""
    output = finish(render)
    with Image.open(render.photo.picture) as photo:
        picture = photo.convert("RGB")
    mask = Image.new("L", picture.size, 0)
    box = (picture.width // 4, picture.height // 2, picture.width // 2, picture.height - 20)
    picture.paste((180, 40, 40), box)
    mask.paste(255, box)
    for one, image, role in ((output, picture, Role.STAGED), (None, mask, Role.MASK)):
        file = io.BytesIO()
        image.save(file, "PNG")
        row = one or Output(run=output.run, role=role, order=2, width=image.width, height=image.height, sha256="1" * 64)
        row.master = ContentFile(file.getvalue(), f"{role}.png")
        row.record = {"engine": "openhouse", "version": "1.2"} if one else {}
        row.save()
    return output


@pytest.fixture
def listing(account: Account, owner: User) -> Listing:
    """A listing of two photos, the first a living room that is staged and approved."""
    listing = records.create(account, unparsed_address="12 Elm Street")
    listing.public_remarks = "A bright home."
    listing.save(update_fields=["public_remarks"])
    for number, name in enumerate(("living.jpg", "kitchen.jpg")):
        photos.add(listing, sources.accept(account, raw=jpeg(number)), user=owner, file_name=name)
    first = next(iter(photos.of_listing(listing)))
    (staged,) = batches.stage(listing, [(first, RoomType.LIVING)], style=Style.MODERN, batch=uuid.uuid4(), user=owner)
    staged_picture(staged.render)
    reviews.approve(staged, owner)
    return listing


def made(listing: Listing, slug: str, owner: User, **more: Any) -> tuple[zipfile.ZipFile, dict[str, Any]]:
    """The listing's delivery for an MLS, built as a worker does: the ZIP and its manifest."""
    wish = {"preset": "mls_large", "labelled": False, **more}
    asked = deliveries.request(listing, Profile.objects.get(slug=slug), user=owner, **wish)
    deliveries.build(asked.pk)
    asked.refresh_from_db()
    assert asked.state == Delivery.State.DONE, asked.error
    archive = zipfile.ZipFile(asked.file.open("rb"))
    return archive, json.loads(archive.read("manifest.json"))


def names(manifest: dict[str, Any]) -> list[str]:
    return [media["MediaURL"] for media in manifest["Media"]]


def altered(manifest: dict[str, Any]) -> dict[str, Any]:
    return next(media for media in manifest["Media"] if media["MediaAlteration"] != ["None"])


def label_in(archive: zipfile.ZipFile, name: str, plain: bytes) -> tuple[int, float, tuple[int, int, int, int]]:
    """Of the label in the picture: the letters' height, the least contrast around them, and the pill's box."""
    picture = np.asarray(Image.open(io.BytesIO(archive.read(name))).convert("RGB")).astype(int)
    clean = np.asarray(Image.open(io.BytesIO(plain)).convert("RGB")).astype(int)
    rows, columns = np.nonzero(np.abs(picture - clean).max(-1) > 40)
    box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    pill = picture[box[1] : box[3], box[0] : box[2]]
    letters = np.nonzero((pill.min(-1) > 215).any(1))[0]
    # Between the pill's round end and the first letter there is ground alone.
    high = pill.shape[0]
    ground = pill[high // 2 - 2 : high // 2 + 2, int(0.25 * high) : int(0.4 * high)].astype(np.uint8)
    return int(np.ptp(letters)) + 1, contrast_with_white(ground), box


ORIGINAL_AFTER = ["001_living_altered.jpg", "002_living_original.jpg", "003_kitchen_original.jpg"]
ORIGINAL_BEFORE = ["001_living_original.jpg", "002_living_altered.jpg", "003_kitchen_original.jpg"]
TAGS = ("-DigitalSourceType", "-XMP-dc:Description", "-GPSLatitude", "-SerialNumber")
ALTERED_ALONE = ["001_living_altered.jpg", "002_kitchen_original.jpg"]


@pytest.mark.parametrize(
    ("slug", "order", "labelled", "caption"),
    [
        ("crmls", ORIGINAL_AFTER, False, "Digitally altered - original: oh.ink/o/"),
        ("sdmls", ORIGINAL_AFTER, False, "Digitally Altered - original: oh.ink/o/"),
        ("bay-east-ccar", ORIGINAL_AFTER, True, "Digitally altered - original: oh.ink/o/"),
        ("smartmls", ALTERED_ALONE, True, "Virtually staged"),
        ("rmls", ALTERED_ALONE, True, "Virtually staged"),
        ("stellar", ALTERED_ALONE, False, "Virtually staged"),
        ("mls-now", ORIGINAL_BEFORE, False, "Virtually staged"),
        ("realtracs", ORIGINAL_BEFORE, False, "Digitally altered - original: oh.ink/o/"),
    ],
)
def test_each_mls_gets_what_its_rules_ask_for(
    slug: str, order: list[str], labelled: bool, caption: str, listing: Listing, owner: User
) -> None:
    archive, manifest = made(listing, slug, owner)
    page = OriginalPage.objects.get()
    media = altered(manifest)

    assert names(manifest) == order
    beside = [name for name in archive.namelist() if not name.startswith("print/")]
    assert beside == [*order, "manifest.json", "DISCLOSURE.txt", "captions.csv", "REMARKS.txt"]
    assert media["ShortDescription"] == caption + (page.code if caption.endswith("/o/") else "")
    assert len(media["ShortDescription"]) <= 50
    assert len(media["LongDescription"]) <= 1024
    assert media["Labelled"] is labelled
    assert (f"{URL}/o/{page.code}" in media["LongDescription"]) is caption.endswith("/o/")
    assert media["MediaAlteration"] == ["Virtual Staging - Item Addition"]
    assert f"{URL}/o/{page.code}" in archive.read("DISCLOSURE.txt").decode()


def test_the_label_is_large_and_legible_and_survives_crops(listing: Listing, owner: User) -> None:
    plain, _ = made(listing, "stellar", owner)
    archive, manifest = made(listing, "smartmls", owner)

    name = "001_living_altered.jpg"
    height, contrast, box = label_in(archive, name, plain.read(name))
    media = altered(manifest)
    short = min(media["ImageWidth"], media["ImageHeight"])
    assert height >= max(14, 0.025 * short)
    assert contrast >= 4.5
    width = media["ImageWidth"]
    kept = (width - media["ImageHeight"]) / 2
    assert box[0] >= kept - 1
    assert box[2] <= width - kept + 1
    assert box[1] > media["ImageHeight"] / 2


def test_stellars_remarks_begin_as_prescribed(listing: Listing, owner: User) -> None:
    archive, manifest = made(listing, "stellar", owner)

    assert archive.read("REMARKS.txt").decode() == "One or more photo(s) was virtually staged. A bright home."
    assert manifest["Property"]["PublicRemarks"].startswith("One or more photo(s) was virtually staged.")


def test_the_codes_for_print_lead_to_the_original(listing: Listing, owner: User) -> None:
    archive, _ = made(listing, "crmls", owner)
    page = OriginalPage.objects.get()

    picture = cv2.imdecode(np.frombuffer(archive.read(f"print/{page.code}.png"), np.uint8), cv2.IMREAD_GRAYSCALE)
    text, *_ = cv2.QRCodeDetector().detectAndDecode(picture)
    assert text == f"{URL}/o/{page.code}"
    assert archive.read(f"print/{page.code}.svg").lstrip().startswith(b"<?xml")
    assert text in archive.read("print/FLYER.txt").decode()


def test_the_agent_may_ask_for_a_label_where_the_rules_leave_it_open(listing: Listing, owner: User) -> None:
    assert altered(made(listing, "crmls", owner, labelled=True)[1])["Labelled"] is True
    assert altered(made(listing, "sdmls", owner, labelled=True)[1])["Labelled"] is False


@pytest.mark.parametrize("slug", ["crmls", "stellar", "mls-now"])
def test_a_forbidden_edit_stays_here_as_a_concept(slug: str, listing: Listing, owner: User) -> None:
    staged = StagedPhoto.objects.get()
    brief = Brief(kind=Kind.REDESIGN, room_type=RoomType.LIVING, style=Style.MODERN)
    Render.objects.update(brief_json=brief.to_dict())
    Run.objects.update(brief_json=brief.to_dict())
    Output.objects.filter(role=Role.STAGED).update(role=Role.REDESIGNED)
    OriginalPage.objects.all().delete()

    with pytest.raises(deliveries.NothingApproved):
        deliveries.request(listing, Profile.objects.get(slug=slug), preset="web", labelled=False, user=owner)
    archive, manifest = made(listing, "realtracs", owner)
    assert altered(manifest)["MediaAlteration"] == ["Virtual Staging - Item Addition", "Virtual Renovation"]
    assert staged.render.public_id not in json.dumps(manifest["Withheld"])
    assert archive.testzip() is None


def test_nothing_leaves_before_it_is_approved(listing: Listing, owner: User, browser: Client) -> None:
    staged = StagedPhoto.objects.select_related("render", "listing_photo").get()
    reviews.reject(staged, owner, "the sofa floats")

    shown = browser.post(
        f"/listings/{listing.pk}/delivery/", {"profile": "crmls", "preset": "web"}, follow=True
    ).content.decode()

    assert "Approve at least one picture first" in shown
    assert "rejected" in shown
    assert not Delivery.objects.exists()


def test_the_same_listing_gives_the_same_bytes(listing: Listing, owner: User) -> None:
    (one, first), (other, second) = (made(listing, "crmls", owner) for _ in range(2))

    signed = altered(first)["MediaURL"]
    assert altered(first).pop("SHA256") != altered(second).pop("SHA256")
    assert first == second
    for name in one.namelist():
        if name not in {signed, "manifest.json"}:
            assert one.read(name) == other.read(name), name


def test_credentials_name_the_original_and_notice_a_change(listing: Listing, owner: User) -> None:
    archive, manifest = made(listing, "crmls", owner)
    data = archive.read(altered(manifest)["MediaURL"])
    root = credentials.identity().root
    trust = {"version": 1, "trust": {"user_anchors": root}, "verify": {"verify_trust": True}}
    trusting = c2pa.Context(settings=c2pa.Settings.from_dict(trust))

    reader = c2pa.Reader("image/jpeg", io.BytesIO(data), context=trusting)
    told = json.loads(reader.json())
    active = told["manifests"][told["active_manifest"]]
    assert reader.get_validation_state() == "Trusted"
    assert [(one["title"], one["relationship"]) for one in active["ingredients"]] == [("original.jpg", "parentOf")]
    actions = [action for one in active["assertions"] if "actions" in one["label"] for action in one["data"]["actions"]]
    edited = next(action for action in actions if action["action"] == "c2pa.edited")
    assert edited["digitalSourceType"] == xmp.COMPOSITE
    assert edited["description"] == "furniture and decoration were added"

    tampered = bytearray(data)
    tampered[-2000] ^= 1
    reader = c2pa.Reader("image/jpeg", io.BytesIO(bytes(tampered)), context=trusting)
    assert reader.get_validation_state() == "Invalid"


def test_our_own_key_is_made_once_and_readable_by_its_owner_alone(settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path
    first = credentials.identity()

    assert credentials.identity() == first
    assert (tmp_path / "credentials" / "key.pem").stat().st_mode & 0o077 == 0
    settings.C2PA_CERTIFICATE, settings.C2PA_PRIVATE_KEY = (
        str(tmp_path / "credentials" / name) for name in ("chain.pem", "key.pem")
    )
    assert credentials.identity() == credentials.Identity(first.chain, first.key)


def test_sizes_weights_and_the_proof_of_each_picture(listing: Listing, owner: User) -> None:
    archive, manifest = made(listing, "crmls", owner, preset="mls_small")
    for media in manifest["Media"]:
        data = archive.read(media["MediaURL"])
        with Image.open(io.BytesIO(data)) as picture:
            assert picture.format == "JPEG"
            assert picture.size == (media["ImageWidth"], media["ImageHeight"])
            assert picture.width <= 1024
            assert picture.height <= 768
            assert not picture.getexif()
    proof = altered(manifest)["StructureCheck"]
    assert proof["Verdict"] == "pass"
    assert proof["PixelsChangedOutsideMask"] == 0
    assert 0 < proof["EditMaskShare"] < 0.5
    assert altered(manifest)["ApprovedBy"] == owner.email


@pytest.mark.exiftool
def test_exiftool_reads_what_kind_of_picture_it_is(listing: Listing, owner: User, tmp_path: Any) -> None:
    archive, _ = made(listing, "crmls", owner)
    archive.extractall(tmp_path)

    read = subprocess.run(
        [needs.exiftool(), "-j", "-G1", *TAGS, *ORIGINAL_AFTER],
        cwd=tmp_path, check=True, capture_output=True, text=True,
    )  # fmt: skip
    staged, original, _kitchen = json.loads(read.stdout)
    page = OriginalPage.objects.get()
    assert staged["XMP-iptcExt:DigitalSourceType"].endswith("/digitalsourcetype/compositeSynthetic")
    assert f"{URL}/o/{page.code}" in staged["XMP-dc:Description"]
    assert original["XMP-iptcExt:DigitalSourceType"].endswith("/digitalCapture")
    assert not any("GPS" in name or "Serial" in name for one in (staged, original) for name in one)


def test_a_host_too_long_for_captions_is_told(listing: Listing, owner: User, settings: Any) -> None:
    settings.SHORT_HOST = "a-very-long-name-of-a-host.listing-pictures.example"
    asked = deliveries.request(listing, Profile.objects.get(slug="crmls"), preset="web", labelled=False, user=owner)
    deliveries.build(asked.pk)
    asked.refresh_from_db()
    assert asked.state == Delivery.State.FAILED
    assert "SHORT_HOST" in asked.error
    with pytest.raises(rules.NoCaptionFits):
        rules.captions(asked.profile, OriginalPage.objects.get())


def test_a_worker_that_died_is_followed_by_another_and_a_late_one_changes_nothing(
    listing: Listing, owner: User
) -> None:
    asked = deliveries.request(listing, Profile.objects.get(slug="crmls"), preset="web", labelled=False, user=owner)
    Delivery.objects.filter(pk=asked.pk).update(state=Delivery.State.BUILDING, lease_until="2020-01-01T00:00Z")

    deliveries.build(asked.pk)
    asked.refresh_from_db()
    assert asked.state == Delivery.State.DONE
    name = asked.file.name
    deliveries.build(asked.pk)
    asked.refresh_from_db()
    assert asked.file.name == name


def test_the_page_proposes_the_rules_that_were_followed_last(
    listing: Listing, owner: User, browser: Client, account: Account
) -> None:
    first = browser.get(f"/listings/{listing.pk}/delivery/").context["chosen"]
    assert first == deliveries.profiles()[0]
    browser.post(f"/listings/{listing.pk}/delivery/", {"profile": "stellar", "preset": "web"})
    for one in (listing, records.create(account, unparsed_address="13 Elm Street")):
        assert browser.get(f"/listings/{one.pk}/delivery/").context["chosen"].slug == "stellar"


def test_the_page_shows_progress_and_gives_the_zip(
    listing: Listing, owner: User, browser: Client, stranger: User
) -> None:
    path = f"/listings/{listing.pk}/delivery/"
    browser.post(path, {"profile": "sdmls", "preset": "web"})
    asked = Delivery.objects.get()
    assert "<progress" in browser.get(path).content.decode()
    assert browser.get(f"{path}{asked.key}.zip").status_code == 404

    deliveries.build(asked.pk)
    assert "Download ZIP" in browser.get(path).content.decode()
    answer = browser.get(f"{path}{asked.key}.zip")
    assert answer["Content-Disposition"] == 'attachment; filename="12-elm-street-sdmls.zip"'
    assert zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).testzip() is None  # type: ignore[attr-defined]
    other = Client()
    other.force_login(stranger)
    assert other.get(f"{path}{asked.key}.zip").status_code == 404
