"""The database itself refuses to change an entry (and on PostgreSQL to delete one, but by TRUNCATE, which tests use).

A later migration that makes SQLite build the table anew has to call `guard` again: a trigger goes with its table.
"""

from django.db import migrations

POSTGRES = (
    """
    CREATE FUNCTION billing_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'entries are never changed or deleted' USING ERRCODE = 'restrict_violation'; END $$
    """,
    """
    CREATE TRIGGER billing_entry_stays BEFORE UPDATE OR DELETE ON billing_entry
    FOR EACH ROW EXECUTE FUNCTION billing_entry_stays()
    """,
)
SQLITE = (
    """
    CREATE TRIGGER IF NOT EXISTS billing_entry_stays BEFORE UPDATE ON billing_entry
    BEGIN SELECT RAISE(ABORT, 'entries are never changed or deleted'); END
    """,
)


def guard(apps, schema_editor):
    for statement in {"postgresql": POSTGRES, "sqlite": SQLITE}.get(schema_editor.connection.vendor, ()):
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER billing_entry_stays ON billing_entry")
        schema_editor.execute("DROP FUNCTION billing_entry_stays()")
    else:
        schema_editor.execute("DROP TRIGGER IF EXISTS billing_entry_stays")


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_seed_packs")]
    operations = [migrations.RunPython(guard, unguard)]
