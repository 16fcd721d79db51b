"""`manage.py web_samples`: write the sample rooms as WebP in the widths that screens need. Run it when they change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from PIL import Image

from listings import samples

QUALITY = 80


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        static = Path(settings.BASE_DIR) / "config" / "static"
        (static / "samples" / "web").mkdir(exist_ok=True)
        rooms = [name for sample in samples.SAMPLES.values() for name in (sample.empty, sample.staged) if name]
        for name in [*rooms, *samples.SCREENS]:
            with Image.open(static / name) as file:
                picture = file.convert("RGB")
            for width, copy in samples.web_copies(name).items():
                height = round(picture.height * width / picture.width)
                small = picture.resize((width, height), Image.Resampling.LANCZOS) if width < picture.width else picture
                small.save(static / copy, "WEBP", quality=QUALITY, method=6)
                self.stdout.write(f"{copy}: {(static / copy).stat().st_size / 1000:.0f} kB")
