"""Words and figures for templates."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.defaultfilters import capfirst
from django.utils.translation import gettext, gettext_noop

from billing import access, ledger
from billing.models import Entry
from listings import vocabulary
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

register = template.Library()
register.filter("room_name", vocabulary.room_name)
register.filter("style_name", vocabulary.style_name)
register.filter("brief_words", vocabulary.brief_words)


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


@register.filter
def entry_word(entry: Entry) -> str:
    """What an entry of the ledger was for, in words that need no ledger."""
    return gettext(ENTRY_WORDS.get(entry.kind, entry.get_kind_display()))


@register.filter
def stage_words(stage: str) -> str:
    """What is being done to a picture, for the person who waits for it."""
    return gettext("Waiting for its turn") if stage in {"", "waiting"} else capfirst(gettext(stage))


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
