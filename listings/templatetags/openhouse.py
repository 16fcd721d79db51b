"""Words and figures for templates."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.defaultfilters import capfirst
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_noop

from billing import access, ledger
from billing.models import Entry
from listings import engine_words, notifications, samples, vocabulary
from listings.models import StagedPhoto
from staging import files
from staging.models import Output, Photo, Render
from staging.renders import RenderStatus

ENTRY_WORDS = {
    "grant": gettext_noop("Given"),
    "hold": gettext_noop("Held for a picture"),
    "settle": gettext_noop("Picture done, charged"),
    "release": gettext_noop("Given back, not charged"),
    "adjust": gettext_noop("Corrected"),
    "purchase": gettext_noop("Bought"),
}

VERDICT_WORDS = {
    "pending": gettext_noop("To review"),
    "approved": gettext_noop("Approved"),
    "rejected": gettext_noop("Rejected"),
}

# How a webhook's delivery stands.
STATE_WORDS = {
    "pending": gettext_noop("waiting"),
    "delivered": gettext_noop("delivered"),
    "given_up": gettext_noop("given up"),
}

register = template.Library()
register.filter("room_name", vocabulary.room_name)
register.filter("style_name", vocabulary.style_name)
register.filter("brief_words", vocabulary.brief_words)
register.filter("said", engine_words.said)


@register.simple_tag(takes_context=True)
def balance(context: dict[str, Any]) -> int | None:
    """Credits of the account that the visitor works in; None for a visitor without one."""
    user = getattr(context.get("request"), "user", None)
    if user is None or not user.is_authenticated:
        return None
    try:
        return ledger.balance(access.account_of(user))
    except access.NoAccount:
        return None


@register.simple_tag(takes_context=True)
def unread_notifications(context: dict[str, Any]) -> int:
    """How many things have become ready that the visitor has not seen."""
    user = getattr(context.get("request"), "user", None)
    return notifications.unread(user) if user is not None and user.is_authenticated else 0


@register.filter
def entry_word(entry: Entry) -> str:
    """What an entry of the ledger was for, in words that need no ledger."""
    return gettext(ENTRY_WORDS.get(entry.kind, entry.get_kind_display()))


@register.filter
def stage_words(stage: str) -> str:
    """What is being done to a picture, for the person who waits for it."""
    return gettext("Waiting for its turn") if stage in {"", "waiting"} else capfirst(gettext(stage))


@register.filter
def state_word(state: str) -> str:
    """How a webhook's delivery stands, in words."""
    return gettext(STATE_WORDS.get(state, state))


@register.filter
def percent(fraction: float) -> int:
    """A fraction of 0 to 1 in whole hundredths."""
    return round(100 * fraction)


@register.simple_tag
def photo_preview(photo: Photo) -> str:
    """Where the photo may be seen, at a size for a page."""
    return files.photo_preview_url(photo)


@register.simple_tag
def output_preview(output: Output) -> str:
    """Where the picture may be seen, at a size for a page."""
    return files.preview_url(output)


@register.simple_tag
def photo_image(photo: Photo, sizes: str) -> str:
    """src, srcset and sizes of an <img> of the photo; `sizes` says how wide it is shown, as HTML does."""
    return _image(files.photo_widths(photo), sizes)


@register.simple_tag
def output_image(output: Output, sizes: str) -> str:
    """The same for a picture."""
    return _image(files.widths(output), sizes)


@register.simple_tag
def sample_image(name: str, sizes: str, *, first: bool = False) -> str:
    """The same for one of our sample rooms; `first` is fetched before all others, any other one when it comes near."""
    copies = {width: static(copy) for width, copy in samples.web_copies(name).items()}
    wanted = ("fetchpriority", "high") if first else ("loading", "lazy")
    return format_html('{} {}="{}"', _image(copies, sizes), *wanted)


def _image(widths: dict[int, str], sizes: str) -> str:
    """Attributes of an <img>: the browser takes the width that fits its screen."""
    ladder = ", ".join(f"{url} {width}w" for width, url in sorted(widths.items()))
    return format_html('src="{}" srcset="{}" sizes="{}"', widths[max(widths)], ladder, sizes)


@register.filter
def translated(text: str) -> str:
    """A text that is kept in English, in the page's language as far as it is known there."""
    return gettext(text) if text else ""


@register.filter
def verdict_word(staged: StagedPhoto) -> str:
    """What a person has said of a staged picture."""
    return gettext(VERDICT_WORDS[staged.verdict])


@register.simple_tag
def output_file(output: Output) -> str:
    """Where the picture itself is."""
    return files.output_url(output)


@register.simple_tag
def output_master(output: Output) -> str:
    """Where the clean picture, or a mask, is at the photo's own size."""
    return files.master_url(output)


@register.simple_tag
def photo_thumbnail(photo: Photo) -> str:
    """Where a small view of the photo is."""
    return files.photo_thumbnail_url(photo)


@register.simple_tag
def output_thumbnail(output: Output) -> str:
    """Where a small view of the picture is."""
    return files.thumbnail_url(output)


@register.filter
def time_left(seconds: int | None) -> str:
    """How long it will take, in words."""
    if not seconds:
        return gettext("Nearly done")
    if seconds < 90:
        return gettext("About a minute left")
    return gettext("About %(minutes)s minutes left") % {"minutes": round(seconds / 60)}


@register.simple_tag
def render_thumbnail(render: Render, status: RenderStatus) -> str:
    """A small view of a render: its latest picture, else its photo."""
    return files.thumbnail_url(status.outputs[-1]) if status.outputs else files.photo_thumbnail_url(render.photo)
