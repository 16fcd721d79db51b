"""The delivery's page: what would go out, what is kept back and why, and the ZIPs that were made."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.shortcuts import render as answer
from django.utils.text import slugify
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from listings import contents, deliveries, notifications
from listings.models import Delivery, Listing
from listings.views.doors import listing_or_404, user_of


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def delivery(request: HttpRequest, number: int) -> HttpResponse:
    """Choose a profile and a size, see what goes out, and ask for the ZIP."""
    listing = listing_or_404(request, number)
    notifications.seen(user_of(request), listing)
    if request.method == "POST":
        return _ask(request, listing)
    chosen = deliveries.profiles().filter(slug=request.GET.get("profile", "")).first() or deliveries.usual(listing)
    items = contents.of(listing, chosen)
    made = list(deliveries.of_listing(listing)[:10])
    for one in made:
        deliveries.resume(one)
    context = {
        "listing": listing,
        "profiles": deliveries.profiles(),
        "chosen": chosen,
        "presets": deliveries.PRESETS,
        "items": items,
        "going": sum(len(item.altered) for item in items),
        "banned": [item for item in items if item.banned],
        "withheld": [(item.photo, staged, why) for item in items for staged, why in item.withheld],
        "made": made,
        "unfinished": any(one.state in {Delivery.State.QUEUED, Delivery.State.BUILDING} for one in made),
    }
    part = getattr(request, "htmx", False)
    return answer(request, "listings/_deliveries.html" if part else "listings/delivery.html", context)


def _ask(request: HttpRequest, listing: Listing) -> HttpResponse:
    profile = get_object_or_404(deliveries.profiles(), slug=request.POST.get("profile", ""))
    preset = request.POST.get("preset", "mls_large")
    labelled = bool(request.POST.get("labelled"))
    try:
        deliveries.request(listing, profile, preset=preset, labelled=labelled, user=user_of(request))
    except deliveries.NothingApproved:
        messages.error(
            request, gettext("Approve at least one picture first: nothing leaves before somebody has looked at it.")
        )
    except ValueError:
        raise Http404 from None
    return redirect("listings:delivery", listing.pk)


@require_GET
@login_required
def delivery_file(request: HttpRequest, number: int, key: UUID) -> HttpResponseBase:
    """The finished ZIP, to keep."""
    listing = listing_or_404(request, number)
    try:
        found = deliveries.get(listing, key)
    except deliveries.NoSuchDelivery:
        raise Http404 from None
    if found.state != Delivery.State.DONE:
        raise Http404
    name = f"{slugify(listing.title)}-{found.profile.slug}.zip"
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=name, content_type="application/zip")
