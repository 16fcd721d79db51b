"""The listings of an account: the list, a new one, one with its photos, its fields, the archive."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render as answer
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from listings import batches, demo, notifications, photos, records
from listings.listing_forms import Clash, ListingForm, NewListingForm
from listings.models import Listing
from listings.reso_words import StandardStatus
from listings.views.doors import account_or_403, listing_or_404, user_of
from listings.views.listing_photos import BUSY
from staging import exchange, sources

PAGE = 24


@require_GET
@login_required
def listing_list(request: HttpRequest) -> HttpResponse:
    """The account's listings: searched, filtered, archived ones apart."""
    status = request.GET.get("status", "")
    words, archived = request.GET.get("q", "")[:100], request.GET.get("archived") == "1"
    known = status if status in StandardStatus.values else ""
    found = records.find(account_or_403(request), words=words, status=known, archived=archived)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "words": words,
        "archived": archived,
        "page": page,
        "listings": records.with_covers(list(page.object_list)),
        "status": status,
        "statuses": StandardStatus.choices,
    }
    return answer(request, "listings/listings.html", context)


@login_required
def listing_new(request: HttpRequest) -> HttpResponse:
    """Make a listing by its address or its MLS number."""
    account = account_or_403(request)
    form = NewListingForm(request.POST or None)
    if form.is_valid():
        return redirect("listings:listing", records.create(account, **form.cleaned_data).pk)
    return answer(request, "listings/listing_new.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
@login_required
@exchange.in_passes
def listing_sample(request: HttpRequest) -> HttpResponse:
    """Put our own sample listing into the account, for whoever has no photos at hand; one that is there is shown."""
    account = account_or_403(request)
    try:
        made = exchange.outside(request, "sample", partial(demo.ensure_listing, account), lane="decode")
    except (sources.InvalidImage, exchange.Busy):
        messages.error(request, BUSY)
        return redirect("listings:listings")
    records.restore(made)
    return redirect("listings:listing", made.pk)


@never_cache
@require_GET
@login_required
def listing(request: HttpRequest, number: int) -> HttpResponse:
    """A listing is its photos, and what was made of them."""
    shown = listing_or_404(request, number)
    notifications.seen(user_of(request), shown)
    return answer(request, "listings/listing.html", photo_context(shown))


def photo_context(shown: Listing) -> dict[str, object]:
    """The photos of a listing, each with its staged pictures, newest first."""
    staged: dict[int, list[batches.Shown]] = {}
    all_staged = batches.of_listing(shown)
    for one in all_staged:
        staged.setdefault(one.staged.listing_photo_id, []).append(one)
    there = list(photos.of_listing(shown))
    failed = batches.failed(all_staged)
    return {
        "listing": shown,
        "photos": [(photo, staged.get(photo.pk, [])) for photo in there],
        "keys": ",".join(str(photo.media_key) for photo in there),
        "progress": batches.progress(all_staged),
        "staged_any": bool(all_staged),
        "failed": failed,
        "price_again": batches.price_again(failed),
        "batch": uuid4(),
        "imported": getattr(shown, "imported", None),
    }


@login_required
def listing_edit(request: HttpRequest, number: int) -> HttpResponse:
    """Change the fields; when somebody else has changed them meanwhile, say so and keep what was typed."""
    form = ListingForm(request.POST or None, instance=listing_or_404(request, number))
    clashes: list[Clash] = []
    while form.is_valid() and not clashes:
        current = listing_or_404(request, number)
        clashes = form.clashes(current)
        if not clashes and _saved(current, form):
            messages.success(request, gettext("Saved."))
            return redirect("listings:listing", number)
    if clashes:
        form.base_on(listing_or_404(request, number))
    status = 409 if clashes else 400 if form.errors else 200
    context = {"listing": listing_or_404(request, number), "form": form, "clashes": clashes}
    return answer(request, "listings/listing_edit.html", context, status=status)


def _saved(current: Listing, form: ListingForm) -> bool:
    """Write what was touched; False when somebody else has written at the same moment."""
    try:
        if touched := form.touched():
            records.change(current, current.version, **touched)
    except records.Stale:
        return False
    return True


@require_POST
@login_required
def listing_archive(request: HttpRequest, number: int) -> HttpResponse:
    """Take the listing out of the lists, or put it back."""
    shown = listing_or_404(request, number)
    if request.POST.get("restore"):
        records.restore(shown)
        messages.success(request, gettext("%(title)s is back among your listings.") % {"title": shown.title})
        return redirect("listings:listing", number)
    records.archive(shown)
    messages.success(request, gettext("%(title)s is in the archive.") % {"title": shown.title})
    return redirect("listings:listings")
