"""Looking closely at a staged picture: before and after, what was changed, its siblings, and a verdict."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render as answer
from django.utils.text import slugify
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from PIL import Image

from billing import access
from listings import batches, reviews, vocabulary
from listings.models import StagedPhoto
from listings.views.doors import staged_or_404, user_of
from staging import editing, exchange, label, renders, renditions
from staging.models import Output, Role


@never_cache
@require_GET
@login_required
def review(request: HttpRequest, number: int, public_id: str) -> HttpResponse:
    """One staged picture of a listing."""
    staged = staged_or_404(request, number, public_id)
    status = renders.status(staged.render)
    if status.error and status.error.code == "room_unreadable" and not status.outputs:
        return redirect("listings:room", number, public_id)  # a person can see what the engine could not
    photo = staged.listing_photo
    others = [one for one in batches.of_listing(photo.listing) if one.staged.listing_photo_id == photo.pk]
    output = editing.picture_of(staged.render)
    scene = editing.scene_of(output) if output else {}
    context = {
        "listing": photo.listing,
        "staged": staged,
        "status": status,
        "output": output,
        "mask": Output.objects.select_related("run__render").filter(run=output.run, role=Role.MASK).first()
        if output
        else None,
        "unsure": scene.get("room", {}).get("status") == "check",
        "has_scene": {"room", "arrangement"} <= set(scene),
        "others": others,
        "clean": not access.labels_required(photo.listing.account),
    }
    return answer(request, "listings/review.html", context)


@require_GET
@login_required
@exchange.in_passes
def labelled(request: HttpRequest, number: int, public_id: str) -> HttpResponse:
    """The staged picture at its full size with the label on it, as a PNG to keep."""
    staged = staged_or_404(request, number, public_id)
    output = editing.picture_of(staged.render)
    if output is None:
        raise Http404
    data = exchange.outside(request, "label", partial(_with_label, output), lane="decode")
    response = HttpResponse(data, content_type="image/png")
    name = f"{slugify(vocabulary.brief_words(staged.render.brief))}-{public_id}-labelled.png"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private"
    return response


def _with_label(output: Output) -> bytes:
    with output.master.open("rb") as file, Image.open(file, formats=("PNG",)) as master:
        return renditions.png(label.drawn(master.convert("RGB")))


@require_POST
@login_required
def verdict(request: HttpRequest, number: int, public_id: str) -> HttpResponse:
    """Approve, reject with a reason, or think again."""
    staged = staged_or_404(request, number, public_id)
    said, user = request.POST.get("verdict"), user_of(request)
    try:
        if said == StagedPhoto.Verdict.APPROVED:
            reviews.approve(staged, user)
        elif said == StagedPhoto.Verdict.REJECTED:
            reviews.reject(staged, user, request.POST.get("reason", ""))
        else:
            reviews.withdraw(staged, user)
    except reviews.NotReady:
        messages.error(request, gettext("There is no picture yet to be judged."))
    return redirect("listings:review", number, public_id)
