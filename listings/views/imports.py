"""Connections to RESO providers, imports and how far they are, and what is taken out in RESO's names."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.shortcuts import render as answer
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from billing import access
from billing.models import Account
from listings.import_forms import ConnectionForm, FileForm
from listings.models import Connection, Import, Listing
from listings.reso import connections, imports, merging
from listings.reso import export as reso_export
from listings.reso_words import IMAGES_OF, PropertyType, StandardStatus
from listings.views.doors import account_or_403, listing_or_404, user_of

LOOKUPS = {"StandardStatus": StandardStatus.values, "PropertyType": PropertyType.values, "ImageOf": list(IMAGES_OF)}


@never_cache
@require_GET
@login_required
def connection_list(request: HttpRequest) -> HttpResponse:
    """The account's connections, a file to import, and the latest imports."""
    return answer(request, "listings/connections.html", _context(request, account_or_403(request)))


@login_required
def connection_new(request: HttpRequest) -> HttpResponse:
    """Make a connection and start its first import."""
    account = _manages(request)
    form = ConnectionForm(request.POST or None, instance=Connection(account=account))
    if form.is_valid() and (made := _saved(form)) is not None:
        imports.start(made, user_of(request))
        return redirect("listings:connections")
    return answer(request, "listings/connection.html", {"form": form}, status=400 if form.errors else 200)


@login_required
def connection_edit(request: HttpRequest, number: int) -> HttpResponse:
    """Change a connection."""
    found = _connection_or_404(request, number)
    form = ConnectionForm(request.POST or None, instance=found)
    if form.is_valid() and (saved := _saved(form)) is not None:
        connections.change(saved)
        messages.success(request, gettext("Saved."))
        return redirect("listings:connections")
    context = {"form": form, "connection": found, "unmapped": _unmapped(found)}
    return answer(request, "listings/connection.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def connection_map(request: HttpRequest, number: int) -> HttpResponse:
    """Say what a local value of the MLS means."""
    found = _connection_or_404(request, number)
    name, known = request.POST.get("name", ""), request.POST.get("known", "")
    if known not in LOOKUPS.get(name, ()):
        raise Http404
    connections.map_value(found, name, request.POST.get("local", "")[:60], known)
    return redirect("listings:connection_edit", number)


@require_POST
@login_required
def connection_import(request: HttpRequest, number: int) -> HttpResponse:
    """Import now."""
    imports.start(_connection_or_404(request, number), user_of(request))
    return redirect("listings:connections")


@require_POST
@login_required
def connection_remove(request: HttpRequest, number: int) -> HttpResponse:
    """Remove a connection; its listings stay."""
    found = _connection_or_404(request, number)
    connections.remove(found)
    messages.success(request, gettext("%(name)s is removed. Its listings stay.") % {"name": found.name})
    return redirect("listings:connections")


@require_POST
@login_required
def import_file(request: HttpRequest) -> HttpResponse:
    """Import a file."""
    account = account_or_403(request)
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data["file"]
        try:
            run = imports.start_file(
                account,
                given.read(),
                file_name=given.name,
                source=form.cleaned_data["source"],
                user=user_of(request),
            )
            return redirect("listings:import_shown", run.key)
        except imports.FileTooLarge:
            form.add_error("file", gettext("This file is too large."))
    return answer(request, "listings/connections.html", _context(request, account, form), status=400)


@never_cache
@require_GET
@login_required
def import_shown(request: HttpRequest, key: UUID) -> HttpResponse:
    """How far an import is, and what it could not take."""
    run = _import_or_404(request, key)
    unfinished = run.state in imports.UNFINISHED
    context = {"run": run, "unfinished": unfinished, **imports.progress(run)}
    return answer(request, "listings/import.html", context)


@require_POST
@login_required
def import_change(request: HttpRequest, key: UUID) -> HttpResponse:
    """Stop an import, or go on with one that stopped."""
    run = _import_or_404(request, key)
    if request.POST.get("stop"):
        imports.stop(run)
    else:
        imports.resume(run)
    return redirect("listings:import_shown", key)


@never_cache
@require_GET
@login_required
def export(request: HttpRequest, what: str) -> StreamingHttpResponse:
    """All listings of the account in RESO's names: JSON, or CSV of listings or of their pictures."""
    writers = {
        "reso.json": (reso_export.as_json, "application/json"),
        "property.csv": (reso_export.properties_as_csv, "text/csv; charset=utf-8"),
        "media.csv": (reso_export.media_as_csv, "text/csv; charset=utf-8"),
    }
    if what not in writers:
        raise Http404
    write, kind = writers[what]
    response = StreamingHttpResponse(write(Listing.objects.filter(account=account_or_403(request))), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="openhouse-{what}"'
    return response


@require_POST
@login_required
def conflicts(request: HttpRequest, number: int) -> HttpResponse:
    """Decide what a person and the MLS have both changed."""
    listing = listing_or_404(request, number)
    if not hasattr(listing, "imported"):
        raise Http404
    if request.POST.get("take"):
        merging.take_theirs(listing)
    else:
        merging.keep_ours(listing)
    messages.success(request, gettext("Saved."))
    return redirect("listings:listing", number)


def _context(request: HttpRequest, account: Account, form: FileForm | None = None) -> dict[str, object]:
    found = list(connections.of_account(account))
    runs = list(imports.of_account(account)[:15])
    latest = {run.connection_id: run for run in reversed(runs)}
    return {
        "connections": [(one, latest.get(one.pk)) for one in found],
        "runs": [(run, imports.progress(run)) for run in runs],
        "unfinished": any(run.state in imports.UNFINISHED for run in runs),
        "form": form or FileForm(),
        "may_manage": access.may_manage_keys(request.user, account),
        "states": Import.State,
    }


def _unmapped(connection: Connection) -> list[tuple[str, str, list[str]]]:
    return [
        (name, value, LOOKUPS[name])
        for name, values in connection.unmapped.items()
        if name in LOOKUPS
        for value in values
    ]


def _saved(form: ConnectionForm) -> Connection | None:
    """The saved connection; None, with an error on the form, where the name is taken."""
    try:
        with transaction.atomic():
            saved: Connection = form.save()
            return saved
    except IntegrityError:
        form.add_error("name", gettext("There is a connection of this name already."))
        return None


def _manages(request: HttpRequest) -> Account:
    """The visitor's account. Raises PermissionDenied for whoever does not manage its keys."""
    account = account_or_403(request)
    if not access.may_manage_keys(request.user, account):
        raise PermissionDenied(gettext("Owners and managers make and change connections."))
    return account


def _connection_or_404(request: HttpRequest, number: int) -> Connection:
    try:
        return connections.get(_manages(request), number)
    except connections.ConnectionNotFound:
        raise Http404 from None


def _import_or_404(request: HttpRequest, key: UUID) -> Import:
    try:
        return imports.get(account_or_403(request), key)
    except imports.ImportNotFound:
        raise Http404 from None
