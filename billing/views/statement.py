"""The account's statement: every entry, filtered, as a page or as CSV."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from billing import ledger
from billing.forms import StatementForm
from billing.models import Entry
from billing.views.guards import account_whose_bill_is_mine

PER_PAGE = 50
COLUMNS = ("number", "made_at", "kind", "credits", "balance_after", "reference", "note")


@login_required
@require_GET
def statement(request: HttpRequest) -> HttpResponse:
    """Entries newest first, by kind and time."""
    account = account_whose_bill_is_mine(request)
    form = StatementForm(request.GET)
    page = Paginator(_chosen(ledger.statement(account), form), PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {"account": account, "form": form, "page": page, "query": query.urlencode()}
    return render(request, "billing/statement.html", context | {"credits": ledger.balance(account)})


@login_required
@require_GET
def statement_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The same as a file, however long it is."""
    account = account_whose_bill_is_mine(request)
    entries = _chosen(ledger.statement(account), StatementForm(request.GET))
    answer = StreamingHttpResponse(_lines(entries), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="openhouse-statement-{datetime.date.today():%Y-%m-%d}.csv"'  # noqa: DTZ011 - names a file
    return answer


def _chosen(entries: QuerySet[Entry], form: StatementForm) -> QuerySet[Entry]:
    """Entries that a valid filter leaves; all where it says nothing or nonsense."""
    form.is_valid()
    chosen: dict[str, Any] = form.cleaned_data
    if chosen.get("kind"):
        entries = entries.filter(kind=chosen["kind"])
    if chosen.get("since"):
        entries = entries.filter(made_at__gte=_midnight(chosen["since"]))
    if chosen.get("until"):
        entries = entries.filter(made_at__lt=_midnight(chosen["until"]) + datetime.timedelta(days=1))
    return entries


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time.min, datetime.UTC)


class _Echo:
    """A file that gives each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _lines(entries: QuerySet[Entry]) -> Iterator[str]:
    writer: Any = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for entry in entries.iterator(chunk_size=2000):
        yield writer.writerow(
            (
                entry.sequence,
                entry.made_at.isoformat(timespec="seconds"),
                entry.kind,
                entry.credits,
                entry.balance_after,
                _harmless(entry.reference),
                _harmless(entry.note),
            )
        )


def _harmless(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
