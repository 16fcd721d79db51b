"""`manage.py render_samples FOLDER`: photograph the two sample rooms that the product ships."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from staging.engine.child import Child
from staging.engine.errors import EngineError
from staging.engine.trace.variant import choose

JOB = "staging.engine.modes.samples.shipped.render"


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "folder", type=Path, help="where the JPEGs go; the shipped ones lie in config/static/samples"
        )
        parser.add_argument("--samples", type=int, default=48, help="paths per pixel")
        parser.add_argument("--width", type=int, default=1600, help="pixels")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["folder"].is_dir():
            raise CommandError(f"{options['folder']} is no folder.")
        payload = {name: options[name] for name in ("samples", "width")} | {"folder": str(options["folder"].absolute())}
        try:
            child = Child(choose(settings.ENGINE_TRACER), self.stderr.write)
            try:
                written = child.run(JOB, payload, None, 3600.0)
            finally:
                child.close()
        except EngineError as error:
            raise CommandError(f"{error.message} ({error.kind}: {error.code})") from error
        for line in written:
            self.stdout.write(line)
