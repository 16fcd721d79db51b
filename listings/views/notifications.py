"""What has become ready, in a list; and whether mails tell it too."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render as answer
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from billing import access
from listings import notifications as verbs
from listings.views.doors import user_of

SHOWN = 50


@never_cache
@require_GET
@login_required
def notifications(request: HttpRequest) -> HttpResponse:
    """The latest, the unseen ones marked; looking at the list is having seen them."""
    account = access.account_of(request.user)
    user = user_of(request)
    found = list(verbs.of_user(user).filter(listing__account=account)[:SHOWN])
    verbs.read(user)
    context = {
        "notifications": [(one, verbs.words(one), verbs.address(one)) for one in found],
        "wants_mail": verbs.wants_mail(user),
    }
    return answer(request, "listings/notifications.html", context)


@require_POST
@login_required
def notifications_mail(request: HttpRequest) -> HttpResponse:
    """Switch mails on or off."""
    verbs.choose_mail(user_of(request), bool(request.POST.get("mail")))
    messages.success(request, gettext("Saved."))
    return redirect("listings:notifications")
