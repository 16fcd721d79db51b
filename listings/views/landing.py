"""What a visitor meets first, and what answers questions."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing.models import Plan
from listings import samples, vocabulary
from staging import credits
from staging.briefs import Brief, Kind


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """What Openhouse is, shown on our own rooms, and what it costs."""
    context = {
        "styles": vocabulary.STYLES.values(),
        "rooms": vocabulary.STAGEABLE,
        "price": _price(),
        "price_other": min(credits.price(Brief(kind=kind)) for kind in Kind),
        "plans": Plan.objects.order_by("monthly_price_cents"),
        "living": samples.LIVING_ROOM,
        "bedroom": samples.BEDROOM,
    }
    return render(request, "listings/landing.html", context)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How to take a photo that can be staged, and what happens when something does not work."""
    return render(request, "listings/help.html", {"price": _price()})


def _price() -> int:
    return credits.price(Brief(kind=Kind.STAGING))
