"""What becomes of a photo that somebody sends: its pixels, its metadata, its limits, and what is refused."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageChops, ImageCms, ImageStat

from billing.models import Account
from staging import copies, decoding, files, ingest, sources
from staging.models import Photo
from staging.sources import ImageTooLarge, InvalidImage
from tests import needs
from tests.staging import pictures

pytestmark = pytest.mark.django_db


def picture_of(photo: Photo) -> Image.Image:
    return Image.open(photo.picture)


def difference(a: Image.Image, b: Image.Image) -> int:
    """The largest difference of a channel."""
    return max(high for _, high in ImageChops.difference(a, b).getextrema())


# --- what is kept -----------------------------------------------------------------------------------------


def test_the_original_is_kept_to_the_byte_and_the_picture_has_its_pixels(account: Account) -> None:
    sent = pictures.encoded()
    photo = sources.accept(account, raw=sent)
    assert photo.original.read() == sent
    assert photo.sha256 == hashlib.sha256(sent).hexdigest()
    assert (photo.width, photo.height, photo.format, photo.byte_size) == (480, 320, "JPEG", len(sent))
    assert picture_of(photo).format == "PNG"
    assert difference(picture_of(photo), Image.open(io.BytesIO(sent))) == 0


def test_the_same_bytes_of_one_account_are_one_photo(account: Account, stranger_account: Account) -> None:
    sent = pictures.encoded()
    first = sources.accept(account, raw=sent)
    assert sources.accept(account, upload=SimpleUploadedFile("again.jpg", sent)) == first
    assert sources.accept(stranger_account, raw=sent) != first
    assert Photo.objects.count() == 2


def test_where_the_photo_was_taken_is_in_no_copy(account: Account) -> None:
    sent = pictures.encoded(exif=pictures.exif(gps=True), comment=b"secret note")
    assert Image.open(io.BytesIO(sent)).getexif().get_ifd(0x8825)
    photo = sources.accept(account, raw=sent)
    for copy in (photo.picture, photo.preview, photo.thumbnail):
        opened = Image.open(copy)
        assert not opened.getexif()
        assert not {"exif", "comment", "xmp", "icc_profile"} & set(opened.info)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_picture_is_upright(account: Account, orientation: int) -> None:
    turned_back = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    upright = pictures.room(384, 256)
    lying = upright if turned_back is None else upright.transpose(turned_back)
    decoded = decoding.decode(pictures.encoded(lying, "PNG", exif=pictures.exif(orientation)))
    assert difference(decoded.image, upright) == 0


def test_the_focal_length_is_read_and_nonsense_is_not(account: Account) -> None:
    assert sources.accept(account, raw=pictures.encoded(exif=pictures.exif(focal_35mm=24))).focal_35mm == 24.0
    assert sources.accept(account, raw=pictures.encoded(exif=pictures.exif(focal_35mm=0))).focal_35mm is None
    assert sources.accept(account, raw=pictures.encoded(quality=60)).focal_35mm is None


def test_the_web_gets_small_copies(account: Account) -> None:
    photo = sources.accept(account, raw=pictures.encoded(pictures.room(2000, 1000)))
    assert Image.open(photo.preview).size == (1600, 800)
    assert Image.open(photo.thumbnail).size == (480, 240)


# --- formats and colours ----------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_these_formats_are_taken(account: Account, format: str) -> None:
    if format not in decoding.FORMATS:
        pytest.skip("NEEDS PILLOW-HEIF: the extra `heic` is not installed")
    photo = sources.accept(account, raw=pictures.encoded(format=format, quality=90))
    assert (photo.format, photo.width, photo.height) == (format, 480, 320)
    assert max(ImageStat.Stat(ImageChops.difference(picture_of(photo), pictures.room())).mean) < 3


def test_cmyk_becomes_rgb() -> None:
    decoded = decoding.decode(pictures.encoded(pictures.room().convert("CMYK"), "JPEG", quality=95))
    assert decoded.image.mode == "RGB"
    assert max(ImageStat.Stat(ImageChops.difference(decoded.image, pictures.room())).mean) < 3


def test_16_bit_grey_keeps_its_levels() -> None:
    levels = Image.linear_gradient("L").resize((256, 256)).convert("I").point(lambda level: level * 257 + 0)
    decoded = decoding.decode(pictures.encoded(levels.convert("I;16"), "PNG"))
    assert difference(decoded.image, Image.linear_gradient("L").convert("RGB")) <= 1


def test_palette_and_grey_pictures_become_rgb() -> None:
    for mode in ("P", "L", "1"):
        assert decoding.decode(pictures.encoded(pictures.room().convert(mode), "PNG")).image.mode == "RGB"


def test_transparency_becomes_white() -> None:
    clear = pictures.room().convert("RGBA")
    clear.paste((10, 20, 30, 0), (0, 0, 100, 100))
    decoded = decoding.decode(pictures.encoded(clear, "PNG"))
    assert decoded.image.getpixel((50, 50)) == (255, 255, 255)
    assert decoded.image.getpixel((200, 300)) == pictures.room().getpixel((200, 300))


def test_a_colour_profile_is_applied_and_srgb_changes_nothing() -> None:
    plain = pictures.room()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert difference(decoding.decode(pictures.encoded(plain, "PNG", icc_profile=srgb)).image, plain) == 0
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    # A profile that does not fit the picture's mode, and one that is none: the pixels stay.
    for broken in (lab, b"no profile at all"):
        assert difference(decoding.decode(pictures.encoded(plain, "PNG", icc_profile=broken)).image, plain) == 0


def test_a_wide_gamut_profile_moves_the_colours() -> None:
    """A profile whose red and blue are swapped, made from sRGB's own bytes: the effect cannot be missed."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile = profile.replace(b"rXYZ", b"tXYZ").replace(b"bXYZ", b"rXYZ").replace(b"tXYZ", b"bXYZ")
    start = profile.find(b"s\0R\0G\0B")
    if start >= 0:
        profile[start : start + 7] = b"t\0e\0s\0t"
    red = Image.new("RGB", (256, 256), (220, 30, 30))
    decoded = decoding.decode(pictures.encoded(red, "PNG", icc_profile=bytes(profile))).image.getpixel((9, 9))
    assert isinstance(decoded, tuple)
    assert decoded[2] > decoded[0]


# --- what is refused --------------------------------------------------------------------------------------


def svg() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg" width="500" height="500"/>'


HOSTILE = {
    "empty": (b"", "empty"),
    "text as JPEG": (b"this is no photo" * 50, "not a photo"),
    "SVG": (svg(), "not a photo"),
    "GIF": (pictures.encoded(format="GIF"), "not a photo"),
    "TIFF": (pictures.encoded(format="TIFF"), "not a photo"),
    "BMP": (pictures.encoded(format="BMP"), "not a photo"),
    "truncated JPEG": (pictures.encoded()[:-2000], "damaged"),
    "truncated PNG": (pictures.encoded(format="PNG")[:-800], "damaged"),
    "truncated WebP": (pictures.encoded(format="WEBP")[:-800], ""),
    "JPEG header alone": (pictures.encoded()[:200], "damaged"),
    "81 megapixels": (pictures.png_header_of(9000, 9000), "80 megapixels"),
    "900 megapixels": (pictures.png_header_of(30_000, 30_000), "80 megapixels"),
    "too small": (pictures.encoded(pictures.room(400, 255)), "at least 256"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_refused_in_words_and_nothing_is_kept(account: Account, name: str) -> None:
    sent, words = HOSTILE[name]
    with pytest.raises(InvalidImage) as refused:
        sources.accept(account, raw=sent)
    assert words in str(refused.value)
    assert not Photo.objects.exists()
    assert list(sources.temporary_folder().iterdir()) == []


def test_a_decompression_bomb_is_refused_from_its_header(account: Account) -> None:
    assert decoding.decode(pictures.bomb(300, 300)).image.size == (300, 300)  # what a bomb is made of is sound
    bomb = pictures.bomb()
    assert len(bomb) < 2_000_000
    with pytest.raises(InvalidImage, match="80 megapixels"):
        sources.accept(account, raw=bomb)


def test_too_many_bytes_are_refused_before_they_are_read(account: Account, settings: Any) -> None:
    settings.PHOTO_MAX_BYTES = 5000
    for given in ({"raw": pictures.encoded()}, {"upload": SimpleUploadedFile("a.jpg", pictures.encoded())}):
        with pytest.raises(ImageTooLarge):
            sources.accept(account, **given)
    # Who names an image that is too large has sent no more than its name: the contract calls that an unusable image.
    with pytest.raises(InvalidImage) as refused:
        sources.accept(account, image_url="data:image/jpeg;base64," + base64.b64encode(b"x" * 9000).decode())
    assert not isinstance(refused.value, ImageTooLarge)


def test_a_photo_that_takes_too_long_costs_one_child_and_one_time_limit(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(pictures.encoded())
    limits = ingest.Limits(memory=2**30, seconds=0.001, max_pixels=80_000_000, min_edge=256)
    pool = ingest.Decoders(limits, 1)
    with pytest.raises(InvalidImage, match="too long"):
        pool.normalise(tmp_path / "photo.jpg", tmp_path)
    pool.limits = ingest.Limits(memory=2**30, seconds=30, max_pixels=80_000_000, min_edge=256)
    assert pool.normalise(tmp_path / "photo.jpg", tmp_path).width == 480
    pool.close()


def test_a_child_that_dies_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(pictures.encoded())
    pool = ingest.Decoders(ingest.Limits(memory=2**30, seconds=30, max_pixels=80_000_000, min_edge=256), 1)
    pool.normalise(tmp_path / "photo.jpg", tmp_path)
    child = pool._slots.get()
    assert child is not None
    child.process.kill()
    child.process.wait()
    pool._slots.put(child)
    assert pool.normalise(tmp_path / "photo.jpg", tmp_path).width == 480
    pool.close()


def test_the_child_has_a_memory_limit_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(pictures.bomb(8900, 8900))
    pool = ingest.Decoders(ingest.Limits(memory=300 * 2**20, seconds=30, max_pixels=80_000_000, min_edge=256), 1)
    with pytest.raises(InvalidImage, match="memory"):
        pool.normalise(tmp_path / "photo.png", tmp_path)
    pool.close()


def test_the_child_inherits_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "do not tell")
    child = ingest._Child(ingest.Limits(memory=2**30, seconds=30, max_pixels=80_000_000, min_edge=256))
    assert b"do not tell" not in Path(f"/proc/{child.process.pid}/environ").read_bytes()
    child.kill()


def test_a_child_ends_with_its_parent_however_that_ends(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(pictures.encoded())
    program = f"""
import os, signal, sys
from pathlib import Path
from staging import ingest
pool = ingest.Decoders(ingest.Limits(2**30, 30, 80_000_000, 256), 1)
pool.normalise(Path({str(tmp_path / "photo.jpg")!r}), Path({str(tmp_path)!r}))
print(pool._slots.get().process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    parent = subprocess.run([sys.executable, "-c", program], cwd=ingest.ROOT, capture_output=True, check=False)
    assert parent.returncode == -9, parent.stderr
    child = Path(f"/proc/{int(parent.stdout)}")
    deadline = time.monotonic() + 10
    with contextlib.suppress(OSError):  # gone between two looks
        while "State:\tZ" not in (child / "status").read_text():
            assert time.monotonic() < deadline
            time.sleep(0.05)


# --- addresses --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("head", ["data:image/jpeg;base64,", "DATA:image/png;charset=x;BASE64,", "data:;base64,"])
def test_data_urls_are_taken_whatever_they_say_of_themselves(account: Account, head: str) -> None:
    photo = sources.accept(account, image_url=head + base64.b64encode(pictures.encoded()).decode())
    assert photo.format == "JPEG"


def test_base64_with_line_breaks_url_safe_letters_and_no_padding(account: Account) -> None:
    text = base64.urlsafe_b64encode(pictures.encoded()).decode().rstrip("=")
    lines = "\n".join(text[start : start + 76] for start in range(0, len(text), 76))
    assert sources.accept(account, image_url="data:image/jpeg;base64," + lines).width == 480


@pytest.mark.parametrize(
    "address", ["data:image/png;base64,???", "data:image/png", "data:,hello", "   ", "ftp://a/b.jpg"]
)
def test_broken_addresses_are_refused(account: Account, address: str) -> None:
    with pytest.raises(InvalidImage):
        sources.accept(account, image_url=address)


def test_an_address_is_fetched(account: Account, settings: Any, httpserver: Any) -> None:
    httpserver.expect_request("/room.jpg").respond_with_data(pictures.encoded(), content_type="text/plain")
    with pytest.raises(InvalidImage, match="private network"):
        sources.accept(account, image_url=httpserver.url_for("/room.jpg"))
    settings.FETCH_ALLOW_PRIVATE = True
    assert sources.accept(account, image_url=httpserver.url_for("/room.jpg")).width == 480
    assert list(sources.temporary_folder().iterdir()) == []


# --- real photos, where they are --------------------------------------------------------------------------


def test_no_hostile_file_of_others_gets_further_than_its_child(tmp_path: Path) -> None:
    files = sorted((needs.photos() / "hostile").rglob("*"))
    limits = ingest.Limits(memory=1536 * 2**20, seconds=20, max_pixels=80_000_000, min_edge=256)
    pool = ingest.Decoders(limits, 1)
    for file in [file for file in files if file.is_file()][::12]:
        try:
            normalised = pool.normalise(file, tmp_path)
        except InvalidImage:
            continue
        assert Image.open(normalised.picture).mode == "RGB"
    pool.close()


def test_a_photo_of_an_api_has_its_copies_when_they_are_first_asked_for(account: Account) -> None:
    photo = sources.accept(account, raw=pictures.encoded(pictures.room(2000, 1000)), copies=False)
    assert (photo.preview.name, photo.medium.name, photo.thumbnail.name) == ("", "", "")
    at_once = sources.accept(account, raw=pictures.encoded(pictures.room(2002, 1000)))
    asked = {files.photo_preview_url: "preview", files.photo_thumbnail_url: "thumbnail"}
    for url, copy in asked.items():
        answer = Client().get(url(photo))
        assert answer.status_code == 200
        served = Image.open(io.BytesIO(b"".join(answer.streaming_content)))
        assert (served.format, max(served.size)) == ("WEBP", max(Image.open(getattr(at_once, copy)).size))
    photo.refresh_from_db()
    assert [bool(kept) for kept in (photo.preview, photo.thumbnail, photo.medium)] == [True, True, False]
    again = copies.of_photo(photo, "preview")
    assert again.name == photo.preview.name
    assert Client().get(files.photo_widths(photo)[960]).status_code == 200
