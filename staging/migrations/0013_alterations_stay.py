"""The database itself refuses to change an alteration record (billing.append_only)."""

from django.db import migrations

from billing.append_only import guarded


class Migration(migrations.Migration):
    dependencies = [("staging", "0012_alteration_record")]
    operations = [
        guarded("staging_alteration", "staging_alteration_stays", "alteration records are never changed or deleted")
    ]
