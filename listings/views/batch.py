"""Staging a listing's photos in one go, and how far they are."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render as answer
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from billing import access
from listings import batches, notifications, photos, vocabulary
from listings.listing_forms import BatchForm
from listings.views.doors import listing_or_404, staged_or_404, user_of
from listings.views.listings import photo_context
from staging import credits, renders
from staging.briefs import Style


@login_required
def stage(request: HttpRequest, number: int) -> HttpResponse:
    """Choose the photos, their rooms and one style; see the price; start."""
    shown = listing_or_404(request, number)
    there = list(photos.of_listing(shown))
    large = access.may_use_4k(shown.account)
    form = BatchForm(there, request.POST or None, initial={"batch": uuid4()}, may_be_large=large)
    if form.is_valid():
        try:
            batches.stage(
                shown,
                form.chosen(),
                style=Style(form.cleaned_data["style"]),
                resolution=form.resolution(),
                batch=form.cleaned_data["batch"],
                user=user_of(request),
            )
            return redirect(reverse("listings:listing", args=[number]) + "#progress")
        except renders.InsufficientCredits as error:
            form.add_error(None, too_few(error))
    context = {
        "listing": shown,
        "form": form,
        "styles": vocabulary.STYLES.values(),
        "price": batches.price(1),
        "credits": credits.balance(shown.account),
    }
    return answer(request, "listings/stage.html", context, status=400 if form.errors else 200)


@never_cache
@require_GET
@login_required
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """The photos with where their pictures stand; the page asks for it again as long as something is under way."""
    shown = listing_or_404(request, number)
    notifications.seen(user_of(request), shown)
    return answer(request, "listings/_photos.html", photo_context(shown))


@require_POST
@login_required
def stop(request: HttpRequest, number: int) -> HttpResponse:
    """Stop what nobody works on yet."""
    stopped = batches.cancel_waiting(listing_or_404(request, number))
    one, many = (
        gettext("1 waiting picture stopped. Nothing was charged."),
        gettext("%(count)s waiting pictures stopped. Nothing was charged."),
    )
    messages.success(request, one if stopped == 1 else many % {"count": stopped})
    return redirect("listings:listing", number)


@require_POST
@login_required
def retry(request: HttpRequest, number: int, public_id: str) -> HttpResponse:
    """Try once more what failed."""
    staged = staged_or_404(request, number, public_id)
    try:
        batches.again(staged, batch=UUID(request.POST["batch"]), user=user_of(request))
    except renders.InsufficientCredits as error:
        messages.error(request, too_few(error))
    except (KeyError, ValueError):
        messages.error(request, gettext("This page is out of date. Please try again."))
    return redirect("listings:listing", number)


@require_POST
@login_required
def retry_all(request: HttpRequest, number: int) -> HttpResponse:
    """Try once more everything that failed."""
    shown = listing_or_404(request, number)
    try:
        batches.all_again(shown, batch=UUID(request.POST["batch"]), user=user_of(request))
    except renders.InsufficientCredits as error:
        messages.error(request, too_few(error))
    except (KeyError, ValueError):
        messages.error(request, gettext("This page is out of date. Please try again."))
    return redirect(reverse("listings:listing", args=[number]) + "#progress")


def too_few(error: renders.InsufficientCredits) -> str:
    """What is missing, in words."""
    said = gettext("This costs %(needed)s credits; you have %(balance)s. Nothing was started.")
    return said % {"needed": error.needed, "balance": error.balance}
