"""Signed addresses of pictures, and the views behind them.

The path of an address is stable; its query is a fresh signature that expires. Whoever holds a valid signature may read
the file, from any origin, without signing in: the address is the permission.

    /renders/ID/outputs/UUID-u1_0.png                    the delivered picture
    /renders/ID/outputs/UUID_furniture_removed_0.png     the delivered emptied picture
    /renders/ID/outputs/UUID-VARIANT                     master.png, mask.png, preview.webp, medium.webp,
                                                         thumbnail.webp
    /photos/UUID/VARIANT                                 picture.png, preview.webp, medium.webp, thumbnail.webp
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.conf import settings
from django.core.files.storage import default_storage, storages
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.http import require_http_methods

from staging import copies
from staging.exchange import Busy, in_passes, outside
from staging.models import MASKS, Output, Photo, RefusedOutput, Role
from staging.renditions import MEDIUM_EDGE, PREVIEW_EDGE, THUMBNAIL_EDGE

Response = TypeVar("Response", bound=HttpResponseBase)

_DELIVERED, _EMPTIED, _MASK = "-u1_0.png", "_furniture_removed_0.png", "-mask.png"
_OUTPUT_VARIANTS = {
    _DELIVERED: "delivered",
    _EMPTIED: "delivered",
    "-master.png": "master",
    _MASK: "master",
    "-preview.webp": "preview",
    "-medium.webp": "medium",
    "-thumbnail.webp": "thumbnail",
}
_PHOTO_VARIANTS = {f"{name}.webp": name for name in ("preview", "medium", "thumbnail")} | {"picture.png": "picture"}
_TYPES = {"png": "image/png", "webp": "image/webp"}
_UUID_LENGTH = 36


# --- addresses --------------------------------------------------------------------------------------------


def output_url(output: Output) -> str:
    """Path and query of the delivered picture (of a mask: the mask)."""
    if output.role in MASKS:
        return _output_url(output, _MASK)
    return _output_url(output, _EMPTIED if output.role == Role.EMPTIED else _DELIVERED)


def master_url(output: Output) -> str:
    """Path and query of the picture at the photo's own size, without a label."""
    return _output_url(output, _MASK if output.role in MASKS else "-master.png")


def preview_url(output: Output) -> str:
    """Path and query of a WebP with a long edge of at most 1600 pixels."""
    return _output_url(output, "-preview.webp")


def thumbnail_url(output: Output) -> str:
    """Path and query of a WebP with a long edge of at most 480 pixels."""
    return _output_url(output, "-thumbnail.webp")


def widths(output: Output) -> dict[int, str]:
    """The sizes in which pages show a picture: its width in pixels, and path and query."""
    ladder = [(THUMBNAIL_EDGE, thumbnail_url(output)), (PREVIEW_EDGE, preview_url(output))]
    if output.medium:
        ladder.insert(1, (MEDIUM_EDGE, _output_url(output, "-medium.webp")))
    return _widths(output, ladder)


def photo_widths(photo: Photo) -> dict[int, str]:
    """The sizes in which pages show a photo, like `widths`."""
    medium = signed(f"/photos/{photo.uuid}/medium.webp")
    ladder = [
        (THUMBNAIL_EDGE, photo_thumbnail_url(photo)),
        (MEDIUM_EDGE, medium),
        (PREVIEW_EDGE, photo_preview_url(photo)),
    ]
    return _widths(photo, ladder)


def _widths(picture: Output | Photo, ladder: list[tuple[int, str]]) -> dict[int, str]:
    """What a long edge means for the width; nothing is ever enlarged."""
    longest = max(picture.width, picture.height)
    return {round(picture.width * min(1.0, edge / longest)): url for edge, url in ladder}


def photo_url(photo: Photo) -> str:
    """Path and query of the photo itself: upright, sRGB, PNG, without metadata."""
    return signed(f"/photos/{photo.uuid}/picture.png")


def photo_preview_url(photo: Photo) -> str:
    """Path and query of a WebP of the photo with a long edge of at most 1600 pixels."""
    return signed(f"/photos/{photo.uuid}/preview.webp")


def photo_thumbnail_url(photo: Photo) -> str:
    """Path and query of a WebP of the photo with a long edge of at most 480 pixels."""
    return signed(f"/photos/{photo.uuid}/thumbnail.webp")


def _output_url(output: Output, ending: str) -> str:
    return signed(f"/renders/{output.run.render.public_id}/outputs/{output.uuid}{ending}")


def is_emptied(url: str) -> bool:
    """Whether a delivered picture's address is that of an emptied room."""
    return url.partition("?")[0].endswith(_EMPTIED)


def output_path(public_id: str, number: str, role: Role) -> str:
    """Path of the delivered picture, not yet signed."""
    return f"/renders/{public_id}/outputs/{number}{_EMPTIED if role == Role.EMPTIED else _DELIVERED}"


def signed(path: str) -> str:
    """`path` with a signature that is good for FILE_URL_LIFETIME seconds from now."""
    expires = int(time.time()) + settings.FILE_URL_LIFETIME
    return f"{path}?{urlencode({'expires': expires, 'signature': _signature(path, expires)})}"


def _signature(path: str, expires: int) -> str:
    return salted_hmac("staging.files", f"{path}\n{expires}", algorithm="sha256").hexdigest()


def is_signed(path: str, expires: str, signature: str) -> bool:
    """Whether the signature is ours, for this path and this time, and the time has not passed."""
    # More digits than any time has are an attack on int().
    if not (expires.isascii() and expires.isdigit() and len(expires) <= 12):
        return False
    return constant_time_compare(signature, _signature(path, int(expires))) and int(expires) > time.time()


# --- views ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "OPTIONS"])
@in_passes
def output_file(request: HttpRequest, public_id: str, name: str) -> HttpResponseBase:
    """A picture of a render, by its signed address."""
    if (refused := _refused(request)) is not None:
        return refused
    number, ending = name[:_UUID_LENGTH], name[_UUID_LENGTH:]
    field = _OUTPUT_VARIANTS.get(ending)
    found = _picture(public_id, number) if _is_uuid(number) else None
    if found is None or field is None:
        return _file(None, ending)
    return _packed(lambda: _stored(request, found, field), ending)


def _packed(stored: Callable[[], FieldFile | None], name: str) -> HttpResponseBase:
    """The file, which may have to be packed first."""
    try:
        return _file(stored(), name)
    except Busy:
        busy = _error(503, "unavailable", "Too many pictures are being packed at this moment; please try again.")
        busy["Retry-After"] = "2"
        return busy
    except FileNotFoundError:
        return _file(None, name)


def _stored(request: HttpRequest, output: Output, field: str) -> FieldFile | None:
    """The file of this field; a copy that nobody has asked for before is packed outside of the app's few threads."""
    stored: FieldFile = getattr(output, field)
    # What was refused is no row of its own yet, and has had its copies from the start.
    if stored or output.role in MASKS or output.pk is None:
        return stored
    copy = cast(copies.Copy, field)
    return outside(request, "copy", lambda: copies.of(output, copy), lane="decode")


def _picture(public_id: str, number: str) -> Output | None:
    """A picture of the render, one that was refused too: whoever decides over it has to see it."""
    of_render = {"uuid": number, "run__render__public_id": public_id}
    found = Output.objects.filter(**of_render).select_related("run__render").first()
    refused = None if found else RefusedOutput.objects.filter(**of_render).first()
    return refused.output if refused else found


@require_http_methods(["GET", "HEAD", "OPTIONS"])
@in_passes
def photo_file(request: HttpRequest, number: uuid.UUID, name: str) -> HttpResponseBase:
    """A copy of a photo without metadata, by its signed address. The original bytes have no address."""
    if (refused := _refused(request)) is not None:
        return refused
    field = _PHOTO_VARIANTS.get(name)
    found = Photo.objects.filter(uuid=number).first()
    if found is None or field is None:
        return _file(None, name)
    if field == "picture" or getattr(found, field):
        return _file(getattr(found, field), name)
    copy = cast(copies.Smaller, field)
    return _packed(lambda: outside(request, "copy", lambda: copies.of_photo(found, copy), lane="decode"), name)


def _refused(request: HttpRequest) -> HttpResponse | None:
    """The answer to a preflight or to an address without a valid signature; None when the file may be read."""
    if request.method == "OPTIONS":
        return _shared(HttpResponse(status=200))
    if is_signed(request.path, request.GET.get("expires", ""), request.GET.get("signature", "")):
        return None
    return _error(403, "invalid_signature", "This address has no valid signature, or its signature has expired.")


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _file(field: FieldFile | None, name: str) -> HttpResponseBase:
    if not field:
        return _error(404, "not_found", "There is no such picture.")
    kind = _TYPES[name.rsplit(".", 1)[1]]
    if "public" in settings.STORAGES:
        return _elsewhere(str(field.name), kind)
    try:
        file = default_storage.open(str(field.name))
    except FileNotFoundError:
        return _error(404, "not_found", "There is no such picture.")
    response = FileResponse(file, content_type=kind)
    # Django would name the file as it lies in storage; without that, the page's or the address's own name counts.
    del response["Content-Disposition"]
    # The picture behind a path never changes; the signature is the holder's, so shared caches stay out.
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return _shared(response)


def _elsewhere(name: str, kind: str) -> HttpResponse:
    """A redirect to the store itself, whose signature is made here and opens this one file for a while."""
    store: Any = storages["public"]
    response = HttpResponseRedirect(store.url(name, parameters={"ResponseContentType": kind}))
    # Shorter than the store's signature is good for.
    response["Cache-Control"] = f"private, max-age={store.querystring_expire // 2}"
    return _shared(response)


def _error(status: int, code: str, text: str) -> HttpResponse:
    """The error shape of the Render API."""
    return _shared(JsonResponse({"error": text, "message": text, "code": code}, status=status))


def _shared(response: Response) -> Response:
    """`response`, readable by scripts of any origin and never guessed to be anything but what it says."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response["Access-Control-Allow-Headers"] = "authorization, content-type, x-requested-with, idempotency-key, range"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return response
