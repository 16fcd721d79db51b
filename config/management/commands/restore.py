"""`manage.py restore FILE`: an empty site becomes the one that was saved."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from config.backups import archive


class Command(BaseCommand):
    """Read what `manage.py backup` wrote."""

    help = "Fill an empty database, storage and DATA_DIR from a backup. Refuses where anything is there already."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Where from."""
        parser.add_argument("file", type=Path, metavar="FILE", help="as `manage.py backup` wrote it")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Restore."""
        try:
            told = archive.restore(file, say=self.stdout.write)
        except (
            archive.CannotRestore,
            OSError,
            tarfile.TarError,
            DatabaseError,
            SuspiciousOperation,
            ValueError,
        ) as error:
            raise CommandError(f"not restored: {error}") from error
        self.stdout.write(f"restored: the site as it was at {told['made_at']}")
