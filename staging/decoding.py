"""From a file that a stranger sent to an upright 8-bit sRGB picture. Pure: no Django, no settings.

Only `staging.ingest` and `manage.py stage` call it; in the web process and the workers it runs inside a bounded
child (`staging.decoding_child`), because the libraries below parse hostile input.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

try:
    from pillow_heif import register_heif_opener

    register_heif_opener()
    HEIF_SUPPORTED = True
except ImportError:  # the extra `heic` is left out where x265's licence is not wanted
    HEIF_SUPPORTED = False

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", *(("HEIF",) if HEIF_SUPPORTED else ()))
MAX_PIXELS = 80_000_000
MIN_EDGE = 256
WHITE = (255, 255, 255)

_EXIF_IFD = 0x8769
_FOCAL_35MM = 0xA405
# An equivalent focal length outside of this is a broken tag and not a lens.
_FOCAL_RANGE_MM = (6.0, 600.0)


class UndecodableImage(ValueError):
    """The bytes are no photo that can be used; the message is a sentence for people."""


@dataclass(frozen=True)
class Decoded:
    """`image` is mode RGB, upright, in sRGB; `focal_35mm` in mm where EXIF tells; `format` one of FORMATS."""

    image: Image.Image
    format: str
    focal_35mm: float | None


def decode(source: bytes | Path, *, max_pixels: int = MAX_PIXELS, min_edge: int = MIN_EDGE) -> Decoded:
    """Decode the first picture in `source`, turn it upright, bring it to 8-bit sRGB and flatten it on white.

    Size limits are judged from the header, before a pixel is decoded. Metadata do not survive.
    Raises UndecodableImage.
    """
    with warnings.catch_warnings():
        # Ours is the lower limit; Pillow's own warning comes first but says less.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        warnings.simplefilter("ignore", UserWarning)  # "Corrupt EXIF data": the pixels may be sound all the same
        try:
            with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=FORMATS) as opened:
                _judge_size(opened.size, max_pixels, min_edge)
                opened.load()
                focal = _focal_35mm(opened)
                format = "JPEG" if opened.format == "MPO" else str(opened.format)
                _turn_upright(opened)
                return Decoded(_to_srgb(opened), format, focal)
        except UndecodableImage:
            raise
        except UnidentifiedImageError:
            raise UndecodableImage(
                "This file is not a photo that we can read. Please send a JPEG, PNG, WebP, HEIC or AVIF."
            ) from None
        except Image.DecompressionBombError:
            raise UndecodableImage(_too_many_pixels(max_pixels)) from None
        except MemoryError:
            raise UndecodableImage("This photo needs more memory to open than we allow.") from None
        # Decoders answer damaged files with many kinds of errors (OSError, SyntaxError, ValueError, struct.error,
        # EOFError, ...): whatever they say, the file cannot be read.
        except Exception as error:
            raise UndecodableImage("This photo is damaged or incomplete; please send it again.") from error


def _judge_size(size: tuple[int, int], max_pixels: int, min_edge: int) -> None:
    width, height = size
    if width * height > max_pixels:
        raise UndecodableImage(_too_many_pixels(max_pixels))
    if min(width, height) < min_edge:
        raise UndecodableImage(
            f"This photo is too small: {width} x {height} pixels. The shorter edge needs at least {min_edge} pixels."
        )


def _too_many_pixels(max_pixels: int) -> str:
    return f"This photo has too many pixels; the limit is {max_pixels / 1e6:.0f} megapixels."


def _focal_35mm(image: Image.Image) -> float | None:
    """EXIF FocalLengthIn35mmFilm (0xA405), which cameras write rounded to whole millimetres; 0 means unknown."""
    try:
        focal = float(image.getexif().get_ifd(_EXIF_IFD).get(_FOCAL_35MM, 0))
    # A photo with broken EXIF is still a photo; the tag is an extra.
    except Exception:
        return None
    return focal if _FOCAL_RANGE_MM[0] <= focal <= _FOCAL_RANGE_MM[1] else None


def _turn_upright(image: Image.Image) -> None:
    """Turn the picture in place as its EXIF orientation means it; leave it as it lies when the tag cannot be read.

    In place, here and below: a copy of 80 megapixels is 320 MB.
    """
    try:
        ImageOps.exif_transpose(image, in_place=True)
    except MemoryError:
        raise
    # Writing back the other EXIF entries can fail where they are broken; the pixels are turned by then.
    except Exception:
        return


def _to_srgb(image: Image.Image) -> Image.Image:
    """Mode RGB, 8 bit, sRGB by the embedded profile, transparency on white."""
    profile = image.info.get("icc_profile")
    image = _eight_bit(image)
    if not image.has_transparency_data:
        return _profiled(image, profile)
    image = image.convert("RGBA")
    flat = Image.new("RGB", image.size, WHITE)
    flat.paste(_profiled(image.convert("RGB"), profile), mask=image.getchannel("A"))
    return flat


def _eight_bit(image: Image.Image) -> Image.Image:
    """Grey pictures of 16 bit as 8, by their high byte: Pillow's own conversion clips instead."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda level: level * (1 / 256) + 0).convert("L")
    return image.convert("L") if image.mode == "F" else image


def _profiled(image: Image.Image, profile: bytes | None) -> Image.Image:
    """`image` as sRGB. A profile that is sRGB already changes nothing, nor does one that is broken."""
    if profile:
        # A broken profile is a common thing in photos that are otherwise sound.
        with contextlib.suppress(ImageCms.PyCMSError, OSError):
            image = _converted(image, profile)
    return image if image.mode == "RGB" else image.convert("RGB")


def _converted(image: Image.Image, profile: bytes) -> Image.Image:
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    if ImageCms.getProfileDescription(source).strip().startswith("sRGB"):
        return image
    if image.mode not in {"RGB", "CMYK", "L", "LAB"}:
        image = image.convert("RGB")
    in_place = image.mode == "RGB"
    converted = ImageCms.profileToProfile(
        image,
        source,
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode=None if in_place else "RGB",
        inPlace=in_place,
    )
    return image if converted is None else converted


def shrunk(image: Image.Image, long_edge: int) -> Image.Image:
    """`image` with its long edge at most `long_edge` pixels; itself when it is small enough."""
    scale = long_edge / max(image.size)
    if scale >= 1:
        return image
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
