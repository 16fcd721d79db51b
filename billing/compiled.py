"""Queries whose SQL is written once (a door: other apps may import this module).

Of what the ORM takes for a query that finds one row by its index, the database has a fifth; in the rest the query is
put together anew. Where a request or a job waits for a dozen of these one after the other, that is most of it. So such
a query is written as any other, with `Given` wherever a value comes in, and put together the first time that it runs:

    _ENTRY = Compiled(lambda: Entry.objects.filter(reference=Given("reference", Entry, "reference")))
    entry = _ENTRY.one(reference="run:1")

The rows become what the queryset would have made of them: instances with what `select_related` names, or tuples where
it asks for `values_list`. Without prefetches, and without values that change the SQL itself (None, lists of any
length).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql import UpdateQuery

M = TypeVar("M", bound=Model)


class Given(Expression):
    """Where a value comes in when the query runs, named `name`; of the kind that the model's field keeps."""

    def __init__(self, name: str, model: type[Model], field: str) -> None:
        kind: Any = model._meta.pk if field == "pk" else model._meta.get_field(field)
        # A foreign key's values are those of what it points to.
        super().__init__(output_field=getattr(kind, "target_field", kind))
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """A mark, with this object itself as its parameter: `Compiled` puts the value in its place."""
        return "%s", [self]

    def value_of(self, given: dict[str, Any]) -> Any:
        """The value as the database's driver takes it. Raises KeyError when it was not given."""
        field: Field[Any, Any] = self.output_field
        return field.get_db_prep_value(given[self.name], connection)


class _Written:
    """The SQL and its parameters, among them `Given`."""

    def __init__(self, sql: str, parameters: Sequence[Any]) -> None:
        self.sql, self.parameters = sql, tuple(parameters)

    def execute(self, cursor: Any, given: dict[str, Any], first: str = "") -> None:
        """Run it, after the statement `first`."""
        values = [one.value_of(given) if isinstance(one, Given) else one for one in self.parameters]
        # What breaks inside a transaction breaks all of it, as with the ORM.
        with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS):
            if first:
                cursor.execute(f"{first}; {self.sql}", values)
                cursor.nextset()
            else:
                cursor.execute(self.sql, values)


class Compiled(Generic[M]):
    """A SELECT whose SQL is written once; `write` gives its queryset. Made at import, when there is no database yet."""

    def __init__(self, write: Callable[[], QuerySet[M, Any]]) -> None:
        self._write = write

    def all(self, **given: Any) -> list[M]:
        """The instances that the rows say."""
        model, first, last, columns, related = self._instances
        found = []
        for row in self.rows(**given):
            one: Any = model.from_db(DEFAULT_DB_ALIAS, columns, row[first:last])
            for populate in related:
                populate.populate(row, one)
            for name, column in self._compiler.annotation_col_map.items():
                setattr(one, name, row[column])
            found.append(one)
        return found

    def one(self, **given: Any) -> M | None:
        """The first instance; None where there is no row."""
        return next(iter(self.all(**given)), None)

    def rows(self, **given: Any) -> list[tuple[Any, ...]]:
        """The rows as they are, of all columns that the queryset asks for."""
        if self._locks and not connection.in_atomic_block:
            raise transaction.TransactionManagementError("rows are locked inside a transaction only")
        with connection.cursor() as cursor:
            self._written.execute(cursor, given)
            rows = cursor.fetchall()
        converted = self._compiler.apply_converters(rows, self._converters) if self._converters else rows
        return [tuple(row) for row in converted]

    def row(self, **given: Any) -> Any:
        """The first row; None where there is none."""
        return next(iter(self.rows(**given)), None)

    @cached_property
    def _compiler(self) -> Any:
        return self._write().query.get_compiler(DEFAULT_DB_ALIAS)

    @cached_property
    def _written(self) -> _Written:
        return _Written(*self._compiler.as_sql())

    @cached_property
    def _locks(self) -> bool:
        return bool(self._compiler.query.select_for_update and connection.features.has_select_for_update)

    @cached_property
    def _converters(self) -> Any:
        _ = self._written  # which tells the compiler its columns
        return self._compiler.get_converters([column for column, _, _ in self._compiler.select])

    @cached_property
    def _instances(self) -> tuple[type[M], int, int, list[str], Any]:
        """The model, the first of its columns and the one after its last, their names, and what fills relations."""
        _ = self._written
        info, select = self._compiler.klass_info, self._compiler.select
        fields = info["select_fields"]
        names = [select[column][0].target.attname for column in fields]
        populators: Any = get_related_populators
        return info["model"], fields[0], fields[-1] + 1, names, populators(info, select, DEFAULT_DB_ALIAS)


class CompiledUpdate:
    """An UPDATE whose SQL is written once: of the rows of `write`'s queryset, to `values`, `Given` among them."""

    def __init__(self, write: Callable[[], QuerySet[Any, Any]], **values: Any) -> None:
        self._write, self._values = write, values

    def run(self, *, first: str = "", **given: Any) -> int:
        """How many rows it changed.

        `first` is a statement of one's own that is sent along before it, outside of transactions: PostgreSQL makes one
        transaction of both, in one round trip.
        """
        with connection.cursor() as cursor:
            self._written.execute(cursor, given, first)
            return int(cursor.rowcount)

    @cached_property
    def _written(self) -> _Written:
        query: Any = self._write().query.chain(UpdateQuery)
        query.add_update_values(self._values)
        query.annotations = {}
        return _Written(*query.get_compiler(DEFAULT_DB_ALIAS).as_sql())
