"""The furniture of a staged picture, piece by piece: changed, drafted, made."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.shortcuts import render as answer
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from listings import engine_words, notifications, reviews, vocabulary
from listings.models import StagedPhoto
from listings.views.doors import picture_or_404, staged_or_404, user_of
from staging import editing, files, scenes, variations
from staging.models import Output, Role, Run, State

STILL = {
    State.QUEUED: gettext_noop("A draft is waiting for its turn…"),
    State.RUNNING: gettext_noop("A draft is being made: {percent} %"),
}


@never_cache
@require_http_methods(["GET", "POST"])
@login_required
def scene(request: HttpRequest, number: int, public_id: str) -> HttpResponse:
    """The pieces over the picture. POST: make the picture of this arrangement."""
    staged = staged_or_404(request, number, public_id)
    output, now = _scene_or_404(request, staged)
    first = now
    if request.method == "POST":
        try:
            now = _edited(now, _json(request.POST.get("arrangement")))
            editing.finish(staged.render, now, user=user_of(request))
        except (scenes.ImpossibleEdit, variations.RenderNotDone, variations.TooManyVariations) as error:
            # A team-mate's picture of it may be under way: what was placed here stays in the editor.
            messages.error(request, f"{engine_words.said(str(error))}.")
        else:
            reviews.reopen(staged)
            notifications.await_version(staged.listing_photo.listing, staged.render, user_of(request))
            messages.success(request, gettext("The picture is being made with the furniture as you placed it."))
            return redirect(reverse("listings:review", args=[number, public_id]) + "#versions")
    context = {
        "listing": staged.listing_photo.listing,
        "staged": staged,
        "output": output,
        "shown": json.dumps(_worded(scenes.shown(now))),
        "first": json.dumps(scenes.shown(first)["arrangement"]) if first is not now else "",
        "catalogue": _catalogue(now),
        "styles": vocabulary.STYLES.values(),
    }
    return answer(request, "listings/scene.html", context, status=200 if first is now else 409)


@require_POST
@login_required
def scene_change(request: HttpRequest, number: int, public_id: str) -> JsonResponse:
    """{"arrangement", "wishes"}: what the scene looks like after them. Nothing is kept."""
    _, now = _scene_or_404(request, staged_or_404(request, number, public_id))
    try:
        said = _json(request.body)
        return JsonResponse(_worded(scenes.changed(_edited(now, said.get("arrangement")), said.get("wishes"))))
    except scenes.ImpossibleEdit as error:
        return _trouble(error)


@require_POST
@login_required
def scene_draft(request: HttpRequest, number: int, public_id: str) -> JsonResponse:
    """{"arrangement"}: start a draft of it; the address where it is followed."""
    staged = staged_or_404(request, number, public_id)
    _, now = _scene_or_404(request, staged)
    try:
        edited = _edited(now, _json(request.body).get("arrangement"))
        run = editing.preview(staged.render, edited, user=user_of(request))
    except (scenes.ImpossibleEdit, variations.RenderNotDone, variations.TooManyVariations) as error:
        return _trouble(error)
    return JsonResponse({"url": reverse("listings:scene_draft_status", args=[number, public_id, run.number])})


@never_cache
@require_GET
@login_required
def scene_draft_status(request: HttpRequest, number: int, public_id: str, draft: int) -> JsonResponse:
    """Where a draft stands: {"state", "note", "picture"}."""
    run = editing.preview_run(staged_or_404(request, number, public_id).render, draft)
    if run is None:
        raise Http404
    picture = next((one for one in run.outputs.all() if one.role == Role.STAGED), None)
    return JsonResponse(
        {"state": run.state, "note": _note(run), "picture": files.preview_url(picture) if picture else None}
    )


def _note(run: Run) -> str:
    if run.state == State.FAILED:
        return engine_words.said(run.error_message)
    if run.state == State.DONE:
        return gettext("This is a draft. Make the picture when you like it.")
    told = STILL.get(State(run.state), "")
    return gettext(told).format(percent=round(100 * run.progress)) if told else ""


def _scene_or_404(request: HttpRequest, staged: StagedPhoto) -> tuple[Output, dict[str, Any]]:
    """The chosen picture and its scene, which pictures of other kinds do not have. Raises Http404."""
    output = picture_or_404(request, staged)
    found = editing.scene_of(output) if output else {}
    if output is None or not {"room", "arrangement"} <= set(found):
        raise Http404
    return output, found


def _worded(shown: dict[str, Any]) -> dict[str, Any]:
    """Pieces and problems in the page's language; problems name pieces by what they are, not by their numbers."""
    for one in shown["pieces"]:
        one["title"] = engine_words.piece(one["title"])
    shown["problems"] = [engine_words.said(text) for text in shown["problems"]]
    return shown


def _catalogue(now: dict[str, Any]) -> list[dict[str, Any]]:
    found = [{**one, "title": engine_words.piece(str(one["title"]))} for one in scenes.catalogue(now)]
    return sorted(found, key=lambda one: str(one["title"]))


def _edited(now: dict[str, Any], arrangement: Any) -> dict[str, Any]:
    """The scene with another arrangement. Raises ImpossibleEdit."""
    try:
        return editing.checked({**now, "arrangement": arrangement})
    except editing.BadScene as error:
        raise scenes.ImpossibleEdit(str(error)) from error


def _json(said: str | bytes | None) -> Any:
    try:
        found = json.loads(said or "")
    except (ValueError, UnicodeDecodeError):
        raise scenes.ImpossibleEdit("This is not what the editor sends") from None
    if not isinstance(found, dict):
        raise scenes.ImpossibleEdit("This is not what the editor sends")
    return found


def _trouble(error: Exception) -> JsonResponse:
    return JsonResponse({"code": "impossible", "error": f"{engine_words.said(str(error))}."}, status=422)
