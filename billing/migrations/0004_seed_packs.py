"""The three credit packs; the shop changes them in the admin. A credit costs more than in a plan, less in a larger pack."""

from django.db import migrations

PACKS = (
    {"slug": "small", "name": "Small pack", "credits": 25, "price_cents": 1200},
    {"slug": "medium", "name": "Medium pack", "credits": 100, "price_cents": 4200},
    {"slug": "large", "name": "Large pack", "credits": 400, "price_cents": 13900},
)


def seed_packs(apps, schema_editor):
    Pack = apps.get_model("billing", "Pack")
    for pack in PACKS:
        Pack.objects.get_or_create(slug=pack["slug"], defaults=pack)


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_stripe")]
    operations = [migrations.RunPython(seed_packs, migrations.RunPython.noop)]
