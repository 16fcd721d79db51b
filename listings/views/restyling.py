"""Making another kind of picture of a photo: a restyled room or front, an evening, a rendered drawing."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render as answer
from django.urls import reverse

from listings import batches, restyle_form, vocabulary
from listings.restyle_form import RestyleForm
from listings.views.batch import too_few
from listings.views.doors import photo_or_404, user_of
from staging import credits, renders


@login_required
def restyle(request: HttpRequest, number: int, key: UUID) -> HttpResponse:
    """Choose what is made of the photo, its room and the style; POST: ask for it. 404 where none of it is served."""
    photo = photo_or_404(request, number, key)
    offered = restyle_form.offered()
    if not offered:
        raise Http404
    form = RestyleForm(photo, request.POST or None, initial={"batch": uuid4()})
    if form.is_valid():
        try:
            batches.ask(photo, form.brief(), batch=form.cleaned_data["batch"], user=user_of(request))
            return redirect(reverse("listings:listing", args=[number]) + "#progress")
        except renders.InsufficientCredits as error:
            form.add_error(None, too_few(error))
    context = {
        "listing": photo.listing,
        "photo": photo,
        "form": form,
        "offered": offered,
        "styles": vocabulary.STYLES.values(),
        "credits": credits.balance(photo.listing.account),
    }
    return answer(request, "listings/restyle.html", context, status=400 if form.errors else 200)
