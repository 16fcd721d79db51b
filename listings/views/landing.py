"""What a visitor meets first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from listings import samples, vocabulary
from staging import credits
from staging.briefs import Brief, Kind


def landing(request: HttpRequest) -> HttpResponse:
    """What Openhouse is, shown on our own rooms."""
    context = {
        "styles": vocabulary.STYLES.values(),
        "price": credits.price(Brief(kind=Kind.STAGING)),
        "living": samples.LIVING_ROOM,
        "bedroom": samples.BEDROOM,
    }
    return render(request, "listings/landing.html", context)
