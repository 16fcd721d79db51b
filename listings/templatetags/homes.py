"""Pictures and words of public pages."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from listings import home_words, homes
from listings.models import OriginalPage, PagePicture
from staging import renditions

register = template.Library()
register.filter("altered_words", home_words.altered)
register.simple_tag(home_words.disclosed, name="disclosed")


@register.simple_tag
def home_image(base: str, picture: PagePicture, first: bool, altered: OriginalPage | None = None) -> SafeString:
    """The picture in both sizes; the first one of a page is loaded at once, the others when they come near."""
    shown = picture.listing_photo
    what = shown.short_description or shown.image_of or gettext("the home")
    alt = gettext("Original photo: %(what)s") % {"what": what}
    if altered is not None:
        alt = gettext("Digitally altered picture: %(what)s") % {"what": what}
    small, _ = renditions.size_for(picture.width, picture.height, min(homes.SMALL, max(picture.width, picture.height)))
    return format_html(
        '<img src="{base}/{code}-large.jpg" '
        'srcset="{base}/{code}-small.jpg {small}w, {base}/{code}-large.jpg {large}w" '
        'sizes="(min-width: 70rem) 68rem, 100vw" width="{large}" height="{height}" alt="{alt}" {loading}>',
        base=base,
        code=picture.code.lower(),
        small=small,
        large=picture.width,
        height=picture.height,
        alt=alt,
        loading=SafeString('fetchpriority="high"' if first else 'loading="lazy" decoding="async"'),
    )
