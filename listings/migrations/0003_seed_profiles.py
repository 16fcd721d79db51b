"""The MLS rules as read in November 2026 (compliance.md), version 1 of each; changed in the admin from here on."""

import datetime

from django.db import migrations

READ_ON = datetime.date(2026, 11, 15)
RENOVATION, ENHANCEMENTS, TWILIGHT = "Virtual Renovation", "Virtual Enhancements", "Twilight Conversion"
TO_BE_BUILT = "Virtual Representation - To Be Built"

# slug, name, region, rule, label, original, caption, words, remarks, forbidden, primary_unaltered, note
READ = (
    ("crmls", "CRMLS", "California", "11.5.2", "optional", "after", "with_link", "Digitally altered", "",
     [RENOVATION, ENHANCEMENTS], False, "The photo description must say it; removing furniture counts as altered."),
    ("sdmls", "SDMLS", "California", "7.4.3", "forbidden", "after", "with_link", "Digitally Altered", "", [], False,
     "The original is uploaded, and its public address stands in the photo's description."),
    ("bay-east-ccar", "Bay East / CCAR", "California", "11.5.2", "required", "after", "with_link",
     "Digitally altered", "", [], False, "Any conspicuous disclosure; ours is the label beside the caption."),
    ("smartmls", "SmartMLS", "Connecticut", "", "required", "none", "words", "Virtually staged", "", [], False,
     "Captions without QR codes, addresses or branding."),
    ("rmls", "RMLS", "Oregon", "", "required", "none", "words", "Virtually staged", "", [], False,
     "The MLS may put its own label on; no other text on the picture."),
    ("stellar", "Stellar", "Florida", "04.04", "forbidden", "none", "words", "Virtually staged",
     "One or more photo(s) was virtually staged.", [RENOVATION], False, "Tick the virtual staging box in the MLS."),
    ("mls-now", "MLS Now", "Ohio", "", "optional", "after", "words", "Virtually staged", "",
     [RENOVATION, ENHANCEMENTS, TWILIGHT, TO_BE_BUILT], True,
     "Movable property only; no watermark, no QR; the primary photo is the unaltered exterior."),
    ("realtracs", "RealTracs", "Tennessee", "2.7", "forbidden", "before", "with_link", "Digitally altered", "", [],
     False, ""),
)
UNVERIFIED = (("canopy", "Canopy"), ("bright", "Bright"), ("har", "HAR"), ("rebny", "REBNY"), ("nwmls", "NWMLS"),
              ("mred", "MRED"))  # fmt: skip


def seed(apps, schema_editor):
    profile = apps.get_model("listings", "Profile")
    for slug, name, region, rule, label, original, caption, words, remarks, forbidden, primary, note in READ:
        profile.objects.get_or_create(
            slug=slug, version=1,
            defaults={
                "name": name, "region": region, "rule": rule, "label": label, "original": original,
                "caption": caption, "caption_words": words, "remarks": remarks, "forbidden": forbidden,
                "primary_unaltered": primary, "note": note, "status": "read", "read_on": READ_ON,
                "source": f"{name}'s rules" + (f", {rule}" if rule else ""),
            },
        )  # fmt: skip
    for slug, name in UNVERIFIED:
        # Second-hand: the careful middle, until somebody reads the rules.
        profile.objects.get_or_create(
            slug=slug, version=1,
            defaults={
                "name": name, "label": "required", "original": "after", "caption": "with_link",
                "caption_words": "Digitally altered", "forbidden": [RENOVATION], "status": "unverified",
                "read_on": READ_ON, "source": "second-hand", "note": "Please read the MLS's own rules first.",
            },
        )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("listings", "0002_disclosures")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
