"""`manage.py solve_cloth [FILE.npz]`: let every duvet, throw, towel and curtain fall anew, and write their meshes.

Build time only: what it writes is committed, and loading it is all that staging does.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from staging.engine.furniture.drapery import hanging, shelf


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", default=shelf.FILE, help="default: the file that ships")

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["file"].absolute()
        if target.suffix != ".npz" or not target.parent.is_dir():
            raise CommandError(f"{options['file']}: give a .npz in a folder that exists.")
        say = self.stderr.write if options["verbosity"] > 1 else lambda _: None
        cloths = hanging.solve_all(say)
        size = shelf.write(cloths, target)
        self.stdout.write(f"{target}: {len(cloths)} cloths, {size:,} bytes")
