"""The agent's side of a public page: what it shows, publish and withdraw, and snippets for other websites."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.shortcuts import render as answer
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from listings import deliveries, home_words, homes
from listings.models import Listing, ListingPage
from listings.views.doors import listing_or_404, user_of


@dataclass(frozen=True)
class Snippet:
    """A before-and-after for another website: as a frame, and as a script that fits the frame to its content."""

    altered: homes.Altered
    frame: str
    script: str


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def public_page(request: HttpRequest, number: int) -> HttpResponse:
    """See what the public would see; publish, withdraw."""
    listing = listing_or_404(request, number)
    if request.method == "POST":
        _change(request, listing)
        return redirect("listings:public_page", number)
    page = homes.of_listing(listing)
    live = page is not None and homes.is_public(page)
    context: dict[str, object] = {
        "listing": listing,
        "page": page,
        "live": live,
        "profiles": deliveries.profiles(),
        "chosen": page.profile_id if page else None,
        "allowed": listing.internet_entire_listing_display_yn,
    }
    if page is not None and live:
        homes.refresh(page)
        shots = homes.shown(page)
        context |= {
            "address": _absolute(request, reverse("listings:home", args=[homes.name_of(page)])),
            "shots": len(shots),
            "altered": sum(len(shot.altered) for shot in shots),
            "missing": homes.missing(page),
            "snippets": [_snippet(request, page, one) for shot in shots for one in shot.altered],
        }
    return answer(request, "listings/public_page.html", context)


def _change(request: HttpRequest, listing: Listing) -> None:
    if "withdraw" in request.POST:
        page = homes.of_listing(listing)
        if page is not None:
            homes.withdraw(page)
            messages.success(request, gettext("The page is withdrawn. Its address now says so."))
        return
    profile = get_object_or_404(deliveries.profiles(), slug=request.POST.get("profile", ""))
    try:
        homes.publish(listing, profile, user_of(request))
        messages.success(request, gettext("The page is published."))
    except homes.NotForTheInternet:
        messages.error(request, gettext("The MLS says that this listing must not be shown on the internet."))
    except homes.NothingToShow:
        messages.error(request, gettext("There is no photo yet that could be shown."))


def _snippet(request: HttpRequest, page: ListingPage, altered: homes.Altered) -> Snippet:
    name = homes.name_of(page)
    address = _absolute(request, reverse("listings:home_embedded", args=[name, altered.picture.code.lower()]))
    title = gettext("Before and after: %(title)s") % {"title": home_words.title(page.listing)}
    ratio = f"{altered.picture.width} / {round(altered.picture.height * 1.2)}"
    frame = format_html(
        '<iframe src="{}" title="{}" loading="lazy" style="width:100%;border:0;aspect-ratio:{}"></iframe>',
        address,
        title,
        ratio,
    )
    # Without the hash in its name, which the next release would change on other people's websites.
    source = _absolute(request, f"{settings.STATIC_URL}embed.js")
    script = format_html('<script src="{}" data-home="{}" data-title="{}" async></script>', source, address, title)
    return Snippet(altered, str(frame), str(script))


def _absolute(request: HttpRequest, path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)
