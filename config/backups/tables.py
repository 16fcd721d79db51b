"""The database of a backup: SQLite's own copy of its file, or PostgreSQL's tables by COPY, all of one moment."""

from __future__ import annotations

import contextlib
import gzip
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, TypeVar

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

T = TypeVar("T")

# What migrations write by themselves; a restore migrates first.
_NOT_COPIED = frozenset({MigrationRecorder.Migration._meta.db_table})
_PIECE = 2**20


def save(folder: Path, also: Callable[[], T]) -> tuple[list[Path], T]:
    """Write the database into `folder`, as it is at one moment; the files, and what `also` said at that moment."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # Django's transactions take SQLite's write lock at once: nobody writes until the copy is made.
            return [_copied_file(folder)], also()
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return [_copied_table(cursor, table, folder) for table in _tables()], also()


def _copied_file(folder: Path) -> Path:
    copy = folder / "database.sqlite3"
    # By a connection of its own: SQLite copies from none that holds the write lock.
    source = f"{Path(str(connection.settings_dict['NAME'])).as_uri()}?mode=ro"
    with (
        contextlib.closing(sqlite3.connect(source, uri=True)) as found,
        contextlib.closing(sqlite3.connect(copy)) as to,
    ):
        found.backup(to)
    return copy


def _copied_table(cursor: Any, table: str, folder: Path) -> Path:
    file = folder / f"{table}.copy.gz"
    names = ", ".join(_quoted(name) for name in _columns(cursor, table))
    statement = f"COPY {_quoted(table)} ({names}) TO STDOUT WITH (HEADER, FORMAT csv)"
    with gzip.open(file, "wb", compresslevel=3) as out, cursor.copy(statement) as rows:
        for piece in rows:
            out.write(piece)
    return file


def restore(files: Iterable[Path], migrations: list[list[str]]) -> None:
    """Fill the empty database from what `save` wrote, and bring it up to this version's migrations.

    Raises CommandError or DatabaseError; PostgreSQL is then as empty as before.
    """
    found = list(files)
    if connection.vendor == "sqlite":
        _restore_sqlite(found[0])
    else:
        # The tables as they were when the rows were saved.
        for app, name in _last_of_each(migrations):
            call_command("migrate", app, name, interactive=False, verbosity=0)
        _restore_postgresql({file.name.removesuffix(".copy.gz"): file for file in found})
    call_command("migrate", interactive=False, verbosity=0)


def _restore_sqlite(file: Path) -> None:
    target = Path(str(connection.settings_dict["NAME"]))
    connection.close()
    for ending in ("", "-wal", "-shm"):
        target.with_name(target.name + ending).unlink(missing_ok=True)
    shutil.copyfile(file, target)


def _restore_postgresql(files: dict[str, Path]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # What migrations seeded is in the saved rows too, as the operator left it.
        cursor.execute(f"TRUNCATE {', '.join(_quoted(table) for table in _tables())} CASCADE")
        for table, file in files.items():
            with gzip.open(file, "rb") as rows:
                names = ", ".join(_quoted(name) for name in rows.readline().decode().strip().split(","))
                with cursor.copy(f"COPY {_quoted(table)} ({names}) FROM STDIN WITH (FORMAT csv)") as target:
                    while piece := rows.read(_PIECE):
                        target.write(piece)
        for statement in connection.ops.sequence_reset_sql(no_style(), _models()):
            cursor.execute(statement)


def _last_of_each(migrations: list[list[str]]) -> Iterator[tuple[str, str]]:
    last: dict[str, str] = {}
    for app, name in migrations:
        last[app] = max(name, last.get(app, ""))
    yield from sorted(last.items())


def _tables() -> list[str]:
    return sorted(set(connection.introspection.table_names()) - _NOT_COPIED)


def _columns(cursor: Any, table: str) -> list[str]:
    return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def _models() -> list[Any]:
    from django.apps import apps  # noqa: PLC0415 - when the registry is full

    return [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in _tables()]


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def unpacked(file: IO[bytes], target: Path) -> Path:
    """`file` written to `target`, in pieces."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        shutil.copyfileobj(file, out, _PIECE)
    return target
