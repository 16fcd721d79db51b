"""The three plans; the shop changes their numbers in the admin."""

from django.db import migrations

PLANS = (
    {
        "slug": "free",
        "name": "Free",
        "monthly_credits": 0,
        "signup_credits": 5,
        "has_api": False,
        "labelled": True,
        "max_renders": 1,
        "allows_4k": False,
        "monthly_price_cents": 0,
    },
    {
        "slug": "pro",
        "name": "Pro",
        "monthly_credits": 120,
        "signup_credits": 0,
        "has_api": True,
        "labelled": False,
        "max_renders": 4,
        "allows_4k": True,
        "monthly_price_cents": 3900,
    },
    {
        "slug": "pro_plus",
        "name": "Pro Plus",
        "monthly_credits": 600,
        "signup_credits": 0,
        "has_api": True,
        "labelled": False,
        "max_renders": 4,
        "allows_4k": True,
        "monthly_price_cents": 14900,
    },
)


def seed_plans(apps, schema_editor):
    Plan = apps.get_model("billing", "Plan")
    for plan in PLANS:
        Plan.objects.get_or_create(slug=plan["slug"], defaults=plan)


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [migrations.RunPython(seed_plans, migrations.RunPython.noop)]
