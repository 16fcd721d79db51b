"""Tables whose rows the database itself refuses to change, and on PostgreSQL to delete.

TRUNCATE is let through, since tests use it. For migrations alone (a door). A later migration that makes SQLite build
such a table anew has to repeat the operation: a trigger goes with its table.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations


def guarded(table: str, name: str, said: str) -> migrations.RunPython:
    """The operation that puts a trigger called `name` on `table`; `said` is what the database answers to a change.

    All three are written into SQL as they are: names and words of ours, never a caller's.
    """

    def guard(apps: Any, schema_editor: Any) -> None:
        for statement in _STATEMENTS.get(schema_editor.connection.vendor, ()):
            schema_editor.execute(statement.format(table=table, name=name, said=said))

    def unguard(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {name} ON {table}")
            schema_editor.execute(f"DROP FUNCTION {name}()")
        else:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")

    return migrations.RunPython(guard, unguard)


_STATEMENTS = {
    "postgresql": (
        """
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{said}' USING ERRCODE = 'restrict_violation'; END $$
        """,
        "CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ),
    "sqlite": (
        "CREATE TRIGGER IF NOT EXISTS {name} BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{said}'); END",
    ),
}
