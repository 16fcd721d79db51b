"""`manage.py render_catalogue FILE.jpg`: photograph every kind of furniture in every style, on one sheet."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from staging.engine.child import Child
from staging.engine.errors import EngineError
from staging.engine.furniture.catalogue import KINDS
from staging.engine.trace.variant import choose

JOB = "staging.engine.modes.samples.catalogue_sheet.render"


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, help="where the JPEG goes; the shipped one is config/static/samples/catalogue.jpg"
        )
        parser.add_argument("--kind", action="append", choices=sorted(KINDS), help="only this kind; may be repeated")
        parser.add_argument("--cell", type=int, default=104, help="pixels of each piece")
        parser.add_argument("--samples", type=int, default=16, help="paths per pixel")

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["file"].absolute()
        if target.suffix.lower() not in (".jpg", ".jpeg") or not target.parent.is_dir():
            raise CommandError(f"{options['file']}: give a .jpg in a folder that exists.")
        payload: dict[str, Any] = {"path": str(target), "cell": options["cell"], "samples": options["samples"]}
        payload["kinds"] = options["kind"]
        try:
            child = Child(choose(settings.ENGINE_TRACER), self.stderr.write)
            try:
                told = child.run(JOB, payload, self._progress if options["verbosity"] > 1 else None, 7200.0)
            finally:
                child.close()
        except EngineError as error:
            raise CommandError(f"{error.message} ({error.kind}: {error.code})") from error
        self.stdout.write(told)

    def _progress(self, fraction: float, kind: str) -> None:
        self.stderr.write(f"{fraction:4.0%} {kind}")
