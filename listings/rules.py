"""What a profile decides of one altered picture: label, order, captions, and whether it may leave at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from listings import presets
from listings.models import Delivery, OriginalPage, Profile

SHORT_LENGTH = 50  # RESO ShortDescription
LONG_LENGTH = 1024  # RESO LongDescription

_SAID = {
    "Virtual Staging - Item Addition": "furniture and decoration were added",
    "Decluttered - Item Removed": "furniture and loose things were removed",
    "Virtual Renovation": "surfaces such as walls, floors, cabinets or facade were changed",
    "Twilight Conversion": "the time of day was changed to dusk",
    "Virtual Enhancements": "sky or planting were changed",
    "Virtual Representation - To Be Built": "the picture was rendered from a drawing",
}


class NoCaptionFits(Exception):
    """The host's name is too long for a caption: the operator's to mend (SHORT_HOST)."""


@dataclass(frozen=True)
class Captions:
    """RESO ShortDescription (50 characters) and LongDescription (1024)."""

    short: str
    long: str


def in_words(kinds: Sequence[str]) -> str:
    """What was altered, as a sentence's end: "furniture and decoration were added"."""
    return "; ".join(_SAID.get(kind, kind) for kind in kinds)


def forbidden(profile: Profile, kinds: list[str]) -> list[str]:
    """Which of these edits the profile does not let out: such a picture is a concept, for the agent alone."""
    return [kind for kind in kinds if kind in profile.forbidden]


def is_labelled(delivery: Delivery) -> bool:
    """Whether altered pictures of this delivery carry the label: as the rules say, else as preset or agent wish."""
    match Profile.Label(delivery.profile.label):
        case Profile.Label.REQUIRED:
            return True
        case Profile.Label.FORBIDDEN:
            return False
        case _:
            return delivery.labelled or presets.PRESETS[delivery.preset].labelled


def captions(profile: Profile, page: OriginalPage) -> Captions:
    """What stands beside an altered picture. Raises NoCaptionFits."""
    kind = Profile.Caption(profile.caption)
    if kind == Profile.Caption.NONE:
        return Captions("", "")
    words = profile.caption_words or "Digitally altered"
    said = in_words(page.alterations)
    if kind == Profile.Caption.WORDS:
        return Captions(words[:SHORT_LENGTH], f"{words}: {said}."[:LONG_LENGTH])
    long = f"{words}: {said}. The original, unaltered photo is at {address(page)}"
    return Captions(_short(words, page), long[:LONG_LENGTH])


def _short(words: str, page: OriginalPage) -> str:
    """The first that fits into RESO's 50 characters."""
    where = f"{short_host()}/o/{page.code}"
    for text in (f"{words} - original: {where}", f"Altered. Original: {where}", where):
        if len(text) <= SHORT_LENGTH:
            return text
    raise NoCaptionFits(f"{where} has more than {SHORT_LENGTH} characters; set SHORT_HOST to a shorter name.")


def short_host() -> str:
    """The name that captions use: SHORT_HOST, else PUBLIC_URL's, else this machine's."""
    public = urlsplit(settings.PUBLIC_URL).netloc if settings.PUBLIC_URL else f"{settings.HOST}:{settings.PORT}"
    return str(settings.SHORT_HOST or public)


def address(page: OriginalPage) -> str:
    """The page's whole address."""
    base = settings.PUBLIC_URL or f"http://{settings.HOST}:{settings.PORT}"
    return f"{base}/o/{page.code}"
