"""How staff come into /admin: through the site's own sign-in, and with a second factor where that is asked for."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.decorators import secure_admin_login
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from billing import second_factor


def one_way_in() -> None:
    """Send who is not signed in to our own form: Django's would ask for the password and nothing else.

    allauth's own page of all authenticators goes: staff may remove those of a user, and neither read nor make any.
    """
    admin.site.unregister(Authenticator)
    admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class AdminDoorMiddleware:
    """With ADMIN_REQUIRES_MFA, staff without a second factor are led to the page that sets one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let by whoever does not knock here, may not enter anyway, or has one."""
        if (
            settings.ADMIN_REQUIRES_MFA
            and request.path.startswith(reverse("admin:index"))
            and request.user.is_authenticated
            and request.user.is_staff
            and not second_factor.is_on(request.user)
        ):
            messages.warning(
                request, gettext("The admin asks for more than a password: set up a passkey or an app here.")
            )
            return redirect("mfa_index")
        return self.get_response(request)
