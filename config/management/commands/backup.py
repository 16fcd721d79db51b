"""`manage.py backup FILE`: the whole site in one file, while it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from config.backups import archive


class Command(BaseCommand):
    """Write database, pictures and secrets into one tar file."""

    help = (
        "Write the database (as it is at one moment), all pictures and the secrets of DATA_DIR into FILE, a tar file "
        "that its owner alone may read. The site may go on. `manage.py restore FILE` makes an empty site of it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("file", type=Path, metavar="FILE", help="not there yet")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Save."""
        try:
            archive.save(file, say=self.stdout.write)
        except (OSError, DatabaseError) as error:
            raise CommandError(f"nothing was saved: {error}") from error
        self.stdout.write(f"written: {file} ({file.stat().st_size / 2**20:.1f} MB)")
