"""The photos of a listing: coming in, by form or by pieces; their order, their words, their way out."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.shortcuts import render as answer
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from listings import engine_words, photos, restyle_form, uploads
from listings.listing_forms import Clash, PhotoForm
from listings.models import Listing, ListingPhoto, Upload
from listings.views.doors import listing_or_404, photo_or_404, user_of
from staging import exchange, sources

BUSY = gettext_lazy("Many photos are coming in at this moment. Please try again in a minute.")
# A piece of a file; the browser sends them one after the other.
PIECE_MOST = 8 * 2**20


@require_POST
@login_required
@exchange.in_passes
def photos_add(request: HttpRequest, number: int) -> HttpResponse:
    """Take in the files of a form, many at once: the way without JavaScript."""
    shown = listing_or_404(request, number)
    account = shown.account
    new = 0
    for place, file in enumerate(request.FILES.getlist("photos")):
        name = file.name or ""
        try:
            photo = exchange.outside(
                request, f"photo-{place}", partial(sources.accept, account, upload=file), lane="decode"
            )
        except (sources.InvalidImage, exchange.Busy) as error:
            messages.error(request, f"{name}: {engine_words.said(str(error)) or BUSY}")
            continue
        _, is_new = photos.add(shown, photo, user=user_of(request), file_name=name)
        new += is_new
        if not is_new:
            messages.info(request, gettext("%(name)s is in this listing already.") % {"name": name})
    if new:
        messages.success(
            request,
            gettext("1 photo was added.") if new == 1 else gettext("%(count)s photos were added.") % {"count": new},
        )
    return redirect("listings:listing", number)


@require_POST
@login_required
def upload_begin(request: HttpRequest, number: int) -> HttpResponse:
    """Start an upload by pieces, or go on with one: {"token", "received"}."""
    shown = listing_or_404(request, number)
    size = request.POST.get("size", "")
    name, fingerprint = request.POST.get("name", ""), request.POST.get("fingerprint", "")
    if not (size.isascii() and size.isdigit() and 0 < len(size) <= 12 and int(size)) or not name or not fingerprint:
        return _trouble(400, "bad_upload", "The upload must name its file, its size and a fingerprint.")
    try:
        upload = uploads.begin(
            shown, user_of(request), file_name=name, size=int(size), fingerprint=f"{fingerprint} {size}"
        )
    except sources.ImageTooLarge as error:
        return _trouble(413, "image_too_large", engine_words.said(str(error)))
    except sources.StorageFull as error:
        return _trouble(403, "storage_full", engine_words.said(str(error)))
    return JsonResponse({"token": str(upload.token), "received": upload.received})


@require_http_methods(["GET", "PUT", "POST", "DELETE"])
@login_required
@exchange.in_passes
def upload(request: HttpRequest, number: int, token: UUID) -> HttpResponse:
    """GET: how much is here. PUT with `?offset=`: one more piece. POST: that was all. DELETE: never mind."""
    shown = listing_or_404(request, number)
    try:
        found = uploads.get(shown, user_of(request), token)
    except uploads.UploadNotFound:
        return _trouble(404, "not_found", "There is no such upload.")
    if request.method == "PUT":
        return _append(request, found)
    if request.method == "POST":
        return _finish(request, shown, found)
    if request.method == "DELETE":
        uploads.forget(found)
    return JsonResponse({"token": str(token), "received": found.received})


def _append(request: HttpRequest, upload: Upload) -> HttpResponse:
    offset = request.GET.get("offset", "")
    if not (offset.isascii() and offset.isdigit() and len(offset) <= 12):
        return _trouble(400, "bad_offset", "The piece must say where it begins.")
    piece = request.read(PIECE_MOST + 1)
    if len(piece) > PIECE_MOST:
        return _trouble(413, "piece_too_large", f"A piece has at most {PIECE_MOST // 2**20} MB.")
    try:
        received = uploads.append(upload, int(offset), piece)
    except uploads.WrongOffset as error:
        return JsonResponse({"code": "wrong_offset", "error": str(error), "received": error.received}, status=409)
    return JsonResponse({"token": str(upload.token), "received": received})


def _finish(request: HttpRequest, shown: Listing, upload: Upload) -> HttpResponse:
    try:
        # The view runs again after this, and must find the upload then: only what follows ends it.
        photo = exchange.outside(request, "read", partial(uploads.read, upload), lane="decode")
    except uploads.Incomplete:
        return JsonResponse(
            {"code": "incomplete", "error": "Pieces are missing.", "received": upload.received}, status=409
        )
    except (sources.DecodersBusy, exchange.Busy):
        return _trouble(503, "unavailable", str(BUSY))
    except sources.StorageFull as error:
        # The pieces stay for two days: with more room the upload goes on where it is.
        return _trouble(403, "storage_full", engine_words.said(str(error)))
    except sources.InvalidImage as error:
        uploads.forget(upload)
        return _trouble(400, "invalid_image", engine_words.said(str(error)))
    added, is_new = uploads.finish(upload, photo)
    item = answer(request, "listings/_photo.html", {"listing": shown, "photo": added, "shown": []})
    return JsonResponse({"key": str(added.media_key), "new": is_new, "html": item.content.decode()})


@require_POST
@login_required
def photos_order(request: HttpRequest, number: int) -> HttpResponse:
    """Put the photos into the order of `keys`; `seen` is the order that the page showed before.

    When somebody else has ordered them meanwhile, nothing changes and both orders are shown, to choose from.
    """
    shown = listing_or_404(request, number)
    try:
        keys, seen = ([UUID(key) for key in request.POST.get(name, "").split(",") if key] for name in ("keys", "seen"))
        ordered = photos.reorder(shown, keys, seen=seen if "seen" in request.POST else None)
    except ValueError:
        return _trouble(400, "bad_order", "The order must name photos by their keys.")
    except photos.Reordered:
        return _two_orders(request, shown, keys)
    if request.accepts("text/html"):
        messages.success(request, gettext("The order is saved."))
        return redirect("listings:listing", number)
    return HttpResponse(status=204) if ordered == keys else JsonResponse({"keys": ",".join(map(str, ordered))})


def _two_orders(request: HttpRequest, shown: Listing, keys: list[UUID]) -> HttpResponse:
    there = {photo.media_key: photo for photo in photos.of_listing(shown)}
    mine = photos.merged([key for key in keys if key in there], list(there))
    context = {
        "listing": shown,
        "theirs": there.values(),
        "mine": [there[key] for key in mine],
        "seen": ",".join(map(str, there)),
        "keys": ",".join(map(str, mine)),
    }
    return answer(request, "listings/order.html", context, status=409)


@require_POST
@login_required
def photo_move(request: HttpRequest, number: int, key: UUID) -> HttpResponse:
    """One place up or down, or to the front: the way without JavaScript."""
    photo = photo_or_404(request, number, key)
    try:
        seen = photos.Place(int(request.POST["place"]), UUID(request.POST["primary"]))
    except (KeyError, ValueError):
        seen = photos.place_of(photo)
    places = {"first": 0, "earlier": seen.order - 1, "later": seen.order + 1}
    try:
        photos.move(photo, places.get(request.POST.get("to", ""), seen.order), seen=seen)
    except photos.Reordered:
        return _photo_page(request, photo_or_404(request, number, key), status=409, was=seen)
    return redirect(_back(photo))


@login_required
def photo_edit(request: HttpRequest, number: int, key: UUID) -> HttpResponse:
    """Which room the photo shows, and its caption."""
    form = PhotoForm(request.POST or None, instance=photo_or_404(request, number, key))
    clashes: list[Clash] = []
    while form.is_valid() and not clashes:
        current = photo_or_404(request, number, key)
        clashes = form.clashes(current)
        if not clashes and _described(current, form):
            messages.success(request, gettext("Saved."))
            return redirect(_back(current))
    photo = photo_or_404(request, number, key)
    if clashes:
        form.base_on(photo)
    status = 409 if clashes else 400 if form.errors else 200
    return _photo_page(request, photo, form=form, clashes=clashes, status=status)


def _described(current: ListingPhoto, form: PhotoForm) -> bool:
    """Write what was touched; False when somebody else has written at the same moment."""
    try:
        if touched := form.touched():
            photos.describe(current, **touched)
    except photos.Stale:
        return False
    return True


def _photo_page(request: HttpRequest, photo: ListingPhoto, *, status: int = 200, **more: object) -> HttpResponse:
    context = {"listing": photo.listing, "photo": photo, "form": PhotoForm(instance=photo), **more}
    context |= {"primary": photos.of_listing(photo.listing).first(), "restyles": restyle_form.offered()}
    return answer(request, "listings/photo.html", context, status=status)


@require_POST
@login_required
def photo_remove(request: HttpRequest, number: int, key: UUID) -> HttpResponse:
    """Take the photo out of the listing."""
    photos.remove(photo_or_404(request, number, key))
    messages.success(request, gettext("The photo was taken out of this listing. Pictures made of it are kept."))
    return redirect("listings:listing", number)


def _back(photo: ListingPhoto) -> str:
    return reverse("listings:listing", args=[photo.listing_id]) + f"#photo-{photo.media_key}"


def _trouble(status: int, code: str, text: str) -> JsonResponse:
    return JsonResponse({"code": code, "error": text}, status=status)
