"""Taking all data out, and closing the account."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from billing import access, closing, exports
from billing.forms import CloseForm
from billing.models import Account
from billing.views.guards import member, paying


@require_POST
@paying
def export(request: HttpRequest) -> FileResponse:
    """Everything the account has, as a ZIP file."""
    account = _owned(request)
    return FileResponse(exports.export(account), as_attachment=True, filename="openhouse-export.zip")


@require_http_methods(["GET", "POST"])
@paying
def close(request: HttpRequest) -> HttpResponse:
    """Close the account, once its name was typed."""
    account = _owned(request)
    form = CloseForm(request.POST if request.method == "POST" else None, expected=account.name)
    if form.is_valid():
        closing.close(account)
        messages.success(request, gettext("The account is closed."))
        return redirect("listings:landing")
    return render(request, "billing/close.html", {"account": account, "form": form})


def _owned(request: HttpRequest) -> Account:
    user, account = member(request)
    if not access.may_transfer(user, account):
        raise PermissionDenied(gettext("Only the owner may do this."))
    return account
