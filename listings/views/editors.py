"""The editors of a staged picture: the room as it was read, and the furniture in it."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.shortcuts import render as answer
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from listings import batches, engine_words, notifications, reviews
from listings.models import StagedPhoto
from listings.views.batch import too_few
from listings.views.doors import picture_or_404, staged_or_404, user_of
from staging import credits, editing, renders, rooms, variations
from staging.briefs import Kind
from staging.models import Output


@require_http_methods(["GET", "POST"])
@login_required
def room(request: HttpRequest, number: int, public_id: str) -> HttpResponse:
    """The lines of the room over its photo. POST: stage it again in the room that has these corners."""
    staged = staged_or_404(request, number, public_id)
    if not staged.render.brief.in_room:
        raise Http404
    output = picture_or_404(request, staged)
    if request.method == "POST":
        try:
            return _staged_again(
                request, staged, rooms.corrected(_read(output, staged), _json(request.POST.get("corners")))
            )
        except (rooms.NoSuchRoom, variations.RenderNotDone, variations.TooManyVariations) as error:
            messages.error(request, f"{engine_words.said(str(error))}.")
        except renders.InsufficientCredits as error:
            messages.error(request, too_few(error))
        return redirect(request.get_full_path())
    context = {
        "listing": staged.listing_photo.listing,
        "staged": staged,
        "output": output,
        "shown": json.dumps(_worded(rooms.shown(_read(output, staged)))),
        "price": 0 if output else credits.price(staged.render.brief),
        "clearing": staged.render.brief.kind == Kind.DECLUTTER,
        "unsure": bool(output) and _read(output, staged).get("status") == "check",
    }
    return answer(request, "listings/room.html", context)


@require_POST
@login_required
def room_fit(request: HttpRequest, number: int, public_id: str) -> JsonResponse:
    """What the room with these corners looks like, while they are dragged."""
    staged = staged_or_404(request, number, public_id)
    try:
        read = _read(picture_or_404(request, staged), staged)
        return JsonResponse(_worded(rooms.shown(rooms.corrected(read, _json(request.body)))))
    except rooms.NoSuchRoom as error:
        return JsonResponse({"code": "no_such_room", "error": f"{engine_words.said(str(error))}."}, status=422)


def _staged_again(request: HttpRequest, staged: StagedPhoto, corrected: dict[str, Any]) -> HttpResponse:
    """A variation of the picture; where there is none, because the room could not be read, the first try anew."""
    if editing.picture_of(staged.render) is None:
        batches.again(staged, batch=uuid4(), user=user_of(request), scene={"room": corrected})
    else:
        editing.finish(staged.render, {"room": corrected}, user=user_of(request))
        reviews.reopen(staged)
        notifications.await_version(staged.listing_photo.listing, staged.render, user_of(request))
    messages.success(request, gettext("The room is corrected, and its picture is being made again."))
    return redirect("listings:listing", staged.listing_photo.listing_id)


def _worded(shown: dict[str, Any]) -> dict[str, Any]:
    """The room's size in the page's language."""
    return {**shown, "size": engine_words.said(shown["size"])}


def _read(output: Output | None, staged: StagedPhoto) -> dict[str, Any]:
    """The room that the picture was made in; without one, what was read of it before the run failed."""
    record = output.record if output else editing.record_of(staged.render)
    return rooms.room_of(record, staged.render.photo)


def _json(said: str | bytes | None) -> Any:
    try:
        return json.loads(said or "")
    except (ValueError, UnicodeDecodeError):
        raise rooms.NoSuchRoom("This is not what the editor sends") from None
