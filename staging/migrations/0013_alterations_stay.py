"""The database itself refuses to change an alteration record (and on PostgreSQL to delete one, but by TRUNCATE, which
tests use).

A later migration that makes SQLite build the table anew has to call `guard` again: a trigger goes with its table.
"""

from django.db import migrations

POSTGRES = (
    """
    CREATE FUNCTION staging_alteration_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'alteration records are never changed or deleted' USING ERRCODE = 'restrict_violation'; END $$
    """,
    """
    CREATE TRIGGER staging_alteration_stays BEFORE UPDATE OR DELETE ON staging_alteration
    FOR EACH ROW EXECUTE FUNCTION staging_alteration_stays()
    """,
)
SQLITE = (
    """
    CREATE TRIGGER IF NOT EXISTS staging_alteration_stays BEFORE UPDATE ON staging_alteration
    BEGIN SELECT RAISE(ABORT, 'alteration records are never changed or deleted'); END
    """,
)


def guard(apps, schema_editor):
    for statement in {"postgresql": POSTGRES, "sqlite": SQLITE}.get(schema_editor.connection.vendor, ()):
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER staging_alteration_stays ON staging_alteration")
        schema_editor.execute("DROP FUNCTION staging_alteration_stays()")
    else:
        schema_editor.execute("DROP TRIGGER IF EXISTS staging_alteration_stays")


class Migration(migrations.Migration):
    dependencies = [("staging", "0012_alteration_record")]
    operations = [migrations.RunPython(guard, unguard)]
