"""What buyers see: the public page of a listing, its pictures, and one before-and-after for other websites.

No login, no cookie, no script needed. `?language=` chooses English or Spanish; otherwise the browser does.
"""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.shortcuts import render as answer
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from listings import home_data, home_words, homes
from listings.models import ListingPage, PagePicture

LANGUAGES = dict(settings.LANGUAGES)


@require_safe
@cache_control(public=True, max_age=60)
@vary_on_headers("Accept-Language", "Cookie")
def home(request: HttpRequest, name: str) -> HttpResponseBase:
    """The page of a listing; of a withdrawn one, that it is withdrawn."""
    page = _page_or_404(name)
    if name != homes.name_of(page):
        return redirect("listings:home", homes.name_of(page), permanent=True)
    with translation.override(_language(request)):
        if not homes.is_public(page):
            return _withdrawn(request)
        shots = homes.shown(page)
        return answer(request, "listings/home.html", _context(request, page, shots))


@require_safe
@cache_control(public=True, max_age=60)
@vary_on_headers("Accept-Language", "Cookie")
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]
def embedded(request: HttpRequest, name: str, code: str) -> HttpResponse:
    """Before and after of one altered picture, to stand in a frame on any website."""
    page = _page_or_404(name)
    with translation.override(_language(request)):
        if not homes.is_public(page):
            return _withdrawn(request)
        for shot in homes.shown(page):
            for altered in shot.altered:
                if altered.picture.code == code.upper():
                    context = {**_addresses(request, page), "shot": shot, "altered": altered, "page": page}
                    return answer(request, "listings/home_embedded.html", context)
    raise Http404


@require_safe
@cache_control(public=True, max_age=86_400, immutable=True)
def picture(request: HttpRequest, name: str, code: str, size: str) -> HttpResponseBase:
    """A picture of a public page, as long as the page shows it."""
    found = PagePicture.objects.select_related("page").filter(code=code.upper()).first()
    if found is None or found.page.code != name.rpartition("-")[2].upper() or size not in {"large", "small"}:
        raise Http404
    page = _page_or_404(name)
    on_show = {one.pk for shot in homes.shown(page) for one in (shot.original, *(it.picture for it in shot.altered))}
    if found.pk not in on_show or not homes.is_public(page):
        raise Http404
    response = FileResponse(getattr(found, size).open("rb"), content_type="image/jpeg")
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
@cache_control(public=True, max_age=3600)
def sitemap(request: HttpRequest) -> HttpResponse:
    """The public pages, for search engines; where they are too many for one file, the files that list them."""
    parts = homes.sitemap_parts()
    if len(parts) == 1:
        return sitemap_part(request, parts[0])
    addresses = [_absolute(request, "listings:sitemap_part", part) for part in parts]
    return answer(request, "listings/sitemap_index.xml", {"parts": addresses}, content_type="application/xml")


@require_safe
@cache_control(public=True, max_age=3600)
def sitemap_part(request: HttpRequest, part: int) -> HttpResponse:
    """One file of them."""
    pages = homes.of_sitemap(part).order_by("pk")
    listed = [(_absolute(request, "listings:home", homes.name_of(page)), _changed(page)) for page in pages]
    return answer(request, "listings/sitemap.xml", {"pages": listed}, content_type="application/xml")


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may read: the front page and public pages of listings."""
    lines = ["User-agent: *", "Allow: /$", "Allow: /homes/", "Allow: /static/", "Allow: /help/", "Disallow: /"]
    lines += [f"Sitemap: {_absolute(request, 'listings:sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _page_or_404(name: str) -> ListingPage:
    found = homes.find(name)
    if found is None:
        raise Http404
    return found


def _withdrawn(request: HttpRequest) -> HttpResponse:
    response = answer(request, "listings/home_withdrawn.html", {"languages": LANGUAGES}, status=410)
    response["X-Robots-Tag"] = "noindex"
    return response


def _language(request: HttpRequest) -> str:
    chosen = request.GET.get("language", "")
    return chosen if chosen in LANGUAGES else translation.get_language() or "en"


def _absolute(request: HttpRequest, view: str, *arguments: str | int) -> str:
    path = reverse(view, args=arguments)
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)


def _addresses(request: HttpRequest, page: ListingPage) -> dict[str, str]:
    """Of the page and of its pictures, whose addresses begin with the second."""
    address = _absolute(request, "listings:home", homes.name_of(page))
    return {"address": address, "base": f"{address}/pictures"}


def _changed(page: ListingPage) -> str:
    moments = filter(None, (page.published_at, page.listing.modification_timestamp))
    return max(moments).date().isoformat()


def _context(request: HttpRequest, page: ListingPage, shots: list[homes.Shot]) -> dict[str, Any]:
    listing, addresses = page.listing, _addresses(request, page)
    title = home_words.title(listing)
    remarks = homes.remarks(page, shots)
    description = " ".join((remarks or home_words.facts_line(listing)).split())[:200]
    data = home_data.script(
        page, shots, address=addresses["address"], title=title, description=description, base=addresses["base"]
    )
    return {
        **addresses,
        "page": page,
        "listing": listing,
        "title": title,
        "facts": home_words.facts(listing),
        "remarks": remarks,
        "description": description,
        "shots": shots,
        "any_altered": any(shot.altered for shot in shots),
        "data": data,
        "languages": LANGUAGES,
        "chosen": translation.get_language(),
        "og_locale": {"es": "es_ES"}.get(translation.get_language() or "", "en_US"),
        "by": gettext("Listed by %(agent)s") % {"agent": listing.list_agent_full_name},
    }
