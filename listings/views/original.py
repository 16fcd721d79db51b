"""`/o/CODE`: the permanent public page of an original. No login, no script, no cookie."""

from __future__ import annotations

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.shortcuts import render as answer
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from listings import home_words, originals
from listings.models import OriginalPage
from staging import files


@require_safe
@cache_control(public=True, max_age=300)
def original(request: HttpRequest, code: str) -> HttpResponse:
    """Both pictures, what was altered and when. Of a removed one, that it was removed."""
    page = get_object_or_404(OriginalPage.objects.select_related("output__run__render__photo"), code=code.upper())
    if page.removed_at:
        return answer(request, "listings/original_removed.html", {"page": page}, status=410)
    record = originals.record_of(page)
    english = (get_language() or "en").startswith("en")
    said = page.said if english else home_words.altered(page)
    context = {"page": page, "said": said, "record": record, **_addresses(page)}
    return answer(request, "listings/original.html", context)


def _addresses(page: OriginalPage) -> dict[str, str]:
    """Of the page's own copies; until the job has made them, of the pictures they are made from."""
    if page.original or page.output is None:
        own = [reverse("listings:original_file", args=[page.code, which]) for which in ("original", "altered")]
        return {"original_url": own[0], "altered_url": own[1]}
    photo = page.output.run.render.photo
    return {"original_url": files.photo_preview_url(photo), "altered_url": files.preview_url(page.output)}


@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def original_file(request: HttpRequest, code: str, which: str) -> HttpResponseBase:
    """One of the page's two pictures."""
    page = get_object_or_404(OriginalPage, code=code.upper(), removed_at__isnull=True)
    copies: dict[str, FieldFile] = {"original": page.original, "altered": page.altered}
    field = copies.get(which)
    if not field:
        raise Http404
    return FileResponse(field.open("rb"), content_type="image/jpeg")
