"""Looking closely at a staged picture: before and after, what was changed, its siblings, and a verdict."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render as answer
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from PIL import Image

from billing import access
from listings import batches, engine_words, notifications, reviews, vocabulary
from listings.models import StagedPhoto
from listings.views.doors import staged_or_404, user_of, version_or_404
from staging import editing, exchange, label, renders, renditions, variations
from staging.models import Output, Role

# In the session: staged photos whose doubtful room this visitor has been shown.
SEEN, SEEN_MOST = "rooms_seen", 200


@never_cache
@require_GET
@login_required
def review(request: HttpRequest, number: int, public_id: str) -> HttpResponse:
    """One staged picture of a listing; `?version=` another one of its render."""
    staged = staged_or_404(request, number, public_id)
    status = renders.status(staged.render)
    if status.error and status.error.code == "room_unreadable" and not status.outputs and staged.render.brief.in_room:
        return redirect("listings:room", number, public_id)  # a person can see what the engine could not
    notifications.seen(user_of(request), staged.listing_photo.listing)
    shown = version_or_404(request, staged)
    if shown and _must_be_checked(request, staged, shown.output):
        return redirect("listings:room", number, public_id)
    context = {
        "listing": staged.listing_photo.listing,
        "staged": staged,
        "status": status,
        "versions": reviews.versions(staged),
        "shown": shown,
        "others": _others(staged),
        "clean": not access.labels_required(staged.listing_photo.listing.account),
        **(_of_picture(shown.output) if shown else {}),
    }
    if getattr(request, "htmx", False):
        part = answer(request, "listings/_versions.html", context)
        if status.status != "rendering":
            part["HX-Refresh"] = "true"  # the picture above changes too
        return part
    return answer(request, "listings/review.html", context)


def _of_picture(output: Output) -> dict[str, object]:
    """What can be done with a picture depends on what its backend told of it."""
    scene = editing.scene_of(output)
    return {
        "output": output,
        "mask": Output.objects.select_related("run__render").filter(run=output.run, role=Role.MASK).first(),
        "unsure": scene.get("room", {}).get("status") == "check",
        "has_scene": {"room", "arrangement"} <= set(scene),
    }


def _must_be_checked(request: HttpRequest, staged: StagedPhoto, output: Output) -> bool:
    """Whether the room's lines come first: the engine is not sure of them, and this visitor has not seen them yet."""
    if staged.verdict != StagedPhoto.Verdict.PENDING or output.run.scene_json is not None:
        return False
    if editing.scene_of(output).get("room", {}).get("status") != "check":
        return False
    seen = request.session.get(SEEN, [])
    if staged.pk in seen:
        return False
    request.session[SEEN] = [*seen, staged.pk][-SEEN_MOST:]
    return True


def _others(staged: StagedPhoto) -> list[batches.Shown]:
    """Pictures of the same photo by other briefs, those that are there."""
    photo = staged.listing_photo
    found = [one for one in batches.of_listing(photo.listing) if one.staged.listing_photo_id == photo.pk]
    return [one for one in found if one.staged.pk != staged.pk and one.picture]


@require_POST
@login_required
def vary(request: HttpRequest, number: int, public_id: str) -> HttpResponse:
    """Another arrangement of the same room, for nothing; what was approved stays approved."""
    staged = staged_or_404(request, number, public_id)
    try:
        brief = replace(staged.render.brief, quality=settings.RENDER_QUALITY)
        variations.request(staged.render, brief, user=user_of(request))
    except variations.NothingToVary:
        messages.error(request, gettext("An emptied room has no other arrangement. Stage the photo instead."))
    except variations.RenderNotDone:
        messages.info(request, gettext("Another version of this picture is being made already."))
    except variations.TooManyVariations as error:
        messages.error(request, f"{engine_words.said(str(error))}.")
    else:
        reviews.reopen(staged)
        notifications.await_version(staged.listing_photo.listing, staged.render, user_of(request))
    return redirect(reverse("listings:review", args=[number, public_id]) + "#versions")


@require_GET
@login_required
@exchange.in_passes
def labelled(request: HttpRequest, number: int, public_id: str) -> HttpResponse:
    """The staged picture at its full size with the label on it, as a PNG to keep."""
    staged = staged_or_404(request, number, public_id)
    shown = version_or_404(request, staged)
    if shown is None:
        raise Http404
    data = exchange.outside(request, "label", partial(_with_label, shown.output), lane="decode")
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
    """Approve, reject with a reason, or think again. `output` names the picture that the person has looked at."""
    staged = staged_or_404(request, number, public_id)
    said, user = request.POST.get("verdict"), user_of(request)
    try:
        seen = _seen(staged, request.POST.get("output", ""))
        if said == StagedPhoto.Verdict.APPROVED:
            reviews.approve(staged, user, seen)
        elif said == "overridden":
            reviews.override(staged, user, request.POST.get("reason", ""))
        elif said == StagedPhoto.Verdict.REJECTED:
            reviews.reject(staged, user, request.POST.get("reason", ""), seen)
        else:
            reviews.withdraw(staged, user)
    except reviews.NoReason:
        messages.error(request, gettext("Say why this picture may be used."))
    except reviews.NotRefused:
        messages.error(request, gettext("Somebody has decided this already."))
    except reviews.NotReady:
        messages.error(request, gettext("There is no picture yet to be judged."))
    except reviews.AnotherApproved:
        messages.error(request, gettext("Another version is approved already; it stays the one that is delivered."))
    return redirect("listings:review", number, public_id)


def _seen(staged: StagedPhoto, number: str) -> Output | None:
    """The render's picture of this number; None where none was named. Raises NotReady for one that is not its own."""
    if not number:
        return None
    found = next((one.output for one in reviews.versions(staged) if str(one.output.uuid) == number), None)
    if found is None:
        raise reviews.NotReady
    return found
