"""From a photo to a staged picture, by hand."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render as answer
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import reswap, retarget

from billing import access
from billing.models import Account
from listings import engine_words, vocabulary
from listings.forms import AgainForm, StageForm
from listings.views.doors import user_of
from staging import credits, exchange, renders, sources
from staging.briefs import Brief, Kind
from staging.models import Photo, Render, Source

PAGE = 24
BUSY = gettext_lazy("Many photos are coming in at this moment. Please try again in a minute.")


@login_required
@exchange.in_passes
def studio(request: HttpRequest) -> HttpResponse:
    """Choose a photo, the room and the style; start."""
    account = _account(request)
    form = StageForm(request.POST or None, request.FILES or None, may_be_large=access.may_use_4k(account))
    if form.is_valid():
        try:
            photo = _photo(request, account, form)
            render = renders.request(account, photo, form.brief(), source=Source.DASHBOARD, user=user_of(request))
            return redirect("listings:render", render.public_id)
        except (sources.InvalidImage, exchange.Busy) as error:
            form.add_error("photo", engine_words.said(str(error)) or str(BUSY))
        except renders.InsufficientCredits as error:
            form.add_error(None, _too_few(error))
    context = {**_shop(account), "form": form, "rooms": vocabulary.STAGEABLE, "styles": vocabulary.STYLES.values()}
    return answer(request, "listings/studio.html", context, status=400 if form.errors else 200)


@require_GET
@login_required
def render_list(request: HttpRequest) -> HttpResponse:
    """The account's renders, newest first."""
    page = Paginator(renders.of_account(_account(request)), PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    context = {"page": page, "renders": zip(shown, renders.statuses(shown), strict=True)}
    return answer(request, "listings/renders.html", context)


@never_cache
@require_GET
@login_required
def render(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where a render stands, and its picture once it is done."""
    account = _account(request)
    shown = _render_or_404(account, public_id)
    status = renders.status(shown)
    marker = f"{status.status}-{status.stage}-{status.progress:.2f}"
    polled = bool(getattr(request, "htmx", False))
    if polled and request.GET.get("seen") == marker:
        return HttpResponse(status=204)  # nothing new: the page stays as it is
    context = {
        **_shop(account),
        "render": shown,
        "status": status,
        "marker": marker,
        "again": AgainForm(initial=_next(shown.brief)),
        "output": status.outputs[-1] if status.outputs else None,
    }
    response = _shown(request, status, context) if polled else answer(request, "listings/render.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _shown(request: HttpRequest, status: renders.RenderStatus, context: dict[str, Any]) -> HttpResponse:
    """The part of the page that has changed: the progress, or all that follows once there is no more."""
    if status.status == "rendering":
        return answer(request, "listings/_progress.html", context)
    return reswap(retarget(answer(request, "listings/_render.html", context), "#render"), "outerHTML")


@require_POST
@login_required
def again(request: HttpRequest, public_id: str) -> HttpResponse:
    """Stage the same photo once more."""
    account = _account(request)
    first = _render_or_404(account, public_id)
    form = AgainForm(request.POST)
    if not form.is_valid():
        return redirect("listings:render", public_id)
    try:
        brief = form.brief(seed=form.cleaned_data["seed"])
        made = renders.request(account, first.photo, brief, source=Source.DASHBOARD, user=user_of(request))
    except renders.InsufficientCredits as error:
        context = {**_shop(account), "message": _too_few(error)}
        return answer(request, "listings/no_credits.html", context, status=402)
    return redirect("listings:render", made.public_id)


@require_POST
@login_required
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Stop a render that is under way."""
    shown = _render_or_404(_account(request), public_id)
    renders.cancel(renders.latest_run(shown))
    return redirect("listings:render", public_id)


def _account(request: HttpRequest) -> Account:
    """The account that the visitor makes pictures for. Raises PermissionDenied."""
    account = access.account_of(request.user)
    if not access.may_make_pictures(request.user, account):
        raise PermissionDenied(gettext("Your role in this account is billing alone; ask its owner to make pictures."))
    return account


def _photo(request: HttpRequest, account: Account, form: StageForm) -> Photo:
    accept = partial(sources.accept, account)
    upload = form.cleaned_data["photo"]
    work = partial(accept, upload=upload) if upload else partial(accept, raw=form.sample_file())
    return exchange.outside(request, "photo", work, lane="decode")


def _render_or_404(account: Account, public_id: str) -> Render:
    try:
        return renders.get(account, public_id)
    except renders.RenderNotFound:
        raise Http404 from None


def _shop(account: Account) -> dict[str, int]:
    """What one more picture costs, and what is there to pay it."""
    return {"price": credits.price(Brief(kind=Kind.STAGING)), "credits": credits.balance(account)}


def _next(brief: Brief) -> dict[str, object]:
    """The same brief, with another arrangement."""
    return {"room_type": brief.room_type, "style": brief.style, "seed": brief.seed + 1}


def _too_few(error: renders.InsufficientCredits) -> str:
    said = gettext("This picture costs %(needed)s credits; you have %(balance)s.")
    return said % {"needed": error.needed, "balance": error.balance}
