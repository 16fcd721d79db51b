"""How a stored picture is shown in the admin."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

from staging import files
from staging.models import MASKS, Output, Photo


def of_photo(photo: Photo, *, large: bool = False) -> SafeString:
    """The photo's thumbnail, or its preview, that opens the whole photo."""
    shown = files.photo_preview_url(photo) if large else files.photo_thumbnail_url(photo)
    return _linked(files.photo_url(photo), shown, f"photo {photo.uuid}", large=large)


def of_output(output: Output) -> SafeString:
    """An output's preview (of a mask, the mask) that opens the clean master."""
    whole = files.master_url(output)
    shown = whole if output.role in MASKS else files.preview_url(output)
    return _linked(whole, shown, str(output.role), large=True)


def _linked(whole: str, shown: str, title: str, *, large: bool) -> SafeString:
    width = 420 if large else 96
    return format_html(
        '<a href="{}" target="_blank" rel="noopener"><img src="{}" alt="{}" width="{}" loading="lazy" '
        'style="border-radius:6px;max-width:100%;height:auto"></a>',
        whole,
        shown,
        title,
        width,
    )
