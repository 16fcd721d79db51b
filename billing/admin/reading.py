"""Rows that staff may look at and nothing else, in lists that cost the same at a million rows."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

# Nobody turns so many pages; whoever looks for more uses the search.
MOST_COUNTED = 1_000


class CappedPaginator(Paginator):
    """Counts no further than MOST_COUNTED rows: counting a million to print their number costs more than the page."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, or MOST_COUNTED."""
        rows: Any = self.object_list
        return len(rows.order_by().values_list("pk", flat=True)[:MOST_COUNTED])


class ReadOnly:
    """Rows to look at: none is added, changed or deleted here.

    `begins_with` are the columns that the search box looks into, from their first letter and in the case that was
    typed, which an index can do; `is_exactly` those that must match whole. One column each in large tables: no index
    serves "this or that".
    """

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    begins_with: tuple[str, ...] = ()
    is_exactly: tuple[str, ...] = ()

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """What makes the search box appear."""
        return self.begins_with + self.is_exactly or tuple(getattr(self, "search_fields", ()))

    def get_search_results(self, request: HttpRequest, rows: QuerySet[Any], term: str) -> tuple[QuerySet[Any], bool]:
        """The rows that the term finds."""
        if not (self.begins_with or self.is_exactly):
            found: tuple[QuerySet[Any], bool] = super().get_search_results(request, rows, term)  # type: ignore[misc]
            return found
        term = term.strip()
        if not term:
            return rows, False
        wanted = Q()
        for column in self.begins_with:
            wanted |= Q(**{f"{column}__startswith": term})
        for column in self.is_exactly:
            wanted |= Q(**{column: term})
        return rows.filter(wanted), False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """Every field: those that no form may hold (times that code sets) could not be shown otherwise."""
        return (*getattr(self, "readonly_fields", ()), *(getattr(self, "fields", None) or ()))

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody deletes."""
        return False
