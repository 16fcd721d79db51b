"""The database itself refuses to change an entry (billing.append_only)."""

from django.db import migrations

from billing.append_only import guarded


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_seed_packs")]
    operations = [guarded("billing_entry", "billing_entry_stays", "entries are never changed or deleted")]
