from django.db import migrations

MAIN_ROLES = ("staged", "emptied", "redesigned", "rendered")


def name_the_pictures(apps, schema_editor):
    """Verdicts of before were of the latest picture; where an emptied room lies beside a staged one, of the staged."""
    StagedPhoto = apps.get_model("listings", "StagedPhoto")
    Output = apps.get_model("staging", "Output")
    for staged in StagedPhoto.objects.exclude(verdict="pending"):
        shown = Output.objects.filter(run__render=staged.render_id, role__in=MAIN_ROLES).exclude(run__kind="preview")
        staged.output = shown.order_by("-run__number", "order").first()
        staged.save(update_fields=["output"])


class Migration(migrations.Migration):

    dependencies = [
        ('listings', '0005_staged_photos_say_of_which_picture'),
    ]

    operations = [
        migrations.RunPython(name_the_pictures, migrations.RunPython.noop),
    ]
