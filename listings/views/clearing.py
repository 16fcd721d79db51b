"""Painting over a photo what shall go away."""

from __future__ import annotations

from functools import partial
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render as answer
from django.urls import reverse

from listings import batches, engine_words
from listings.clearing_form import ClearForm
from listings.models import ListingPhoto
from listings.views.batch import too_few
from listings.views.doors import photo_or_404, user_of
from listings.views.listing_photos import BUSY
from staging import credits, exchange, masks, offers, renders, sources
from staging.briefs import Brief, Kind


@login_required
@exchange.in_passes
def clear(request: HttpRequest, number: int, key: UUID) -> HttpResponse:
    """Brush, eraser and lasso over the photo. POST: have it cleared, and furnished anew where that is wanted."""
    photo = photo_or_404(request, number, key)
    form = ClearForm(photo, request.POST or None, initial={"batch": uuid4()})
    if form.is_valid():
        try:
            _ask(request, photo, form)
            return redirect(reverse("listings:listing", args=[number]) + "#progress")
        except (masks.InvalidMask, offers.NotOffered) as error:
            form.add_error(None, engine_words.said(str(error)))
        except (exchange.Busy, sources.DecodersBusy):
            form.add_error(None, BUSY)
        except renders.InsufficientCredits as error:
            form.add_error(None, too_few(error))
    account = photo.listing.account
    context = {
        "listing": photo.listing,
        "photo": photo,
        "form": form,
        "price": credits.price(Brief(kind=Kind.DECLUTTER)),
        "price_restyled": credits.price(Brief(kind=Kind.REDESIGN)),
        "price_staged": batches.price(1),
        "credits": credits.balance(account),
    }
    return answer(request, "listings/clear.html", context, status=400 if form.errors else 200)


def _ask(request: HttpRequest, photo: ListingPhoto, form: ClearForm) -> None:
    """Raises InvalidMask, NotOffered, Busy, InsufficientCredits."""
    offers.require(form.brief(""))
    said = form.cleaned_data["mask"]
    work = partial(masks.accept, photo.listing.account, said)
    name = exchange.outside(request, "mask", work, lane="decode") if said else ""
    batches.ask(photo, form.brief(name), batch=form.cleaned_data["batch"], user=user_of(request))
