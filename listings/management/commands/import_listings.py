"""`manage.py import_listings`: import from a connection, or from a file, here and now, with progress.

It may be killed at any time: called again, or by the next sweep, it goes on where it was.
"""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing.models import Account
from listings.models import Connection, Import
from listings.reso import imports


class Command(BaseCommand):
    """Import listings."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--connection", type=int, help="number of a connection")
        parser.add_argument("--file", type=Path, help="RESO Common Format JSON, or CSV with RESO names")
        parser.add_argument("--account", help="e-mail address of a member, for --file")
        parser.add_argument("--source", default="File", help="OriginatingSystemName of rows that do not say theirs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until the import is over."""
        run = self._file(options) if options["file"] else self._connection(options["connection"])
        while run.state in imports.UNFINISHED:
            imports.work(run.pk)
            run.refresh_from_db()
            self.stdout.write(self._line(run))
            self.stdout.flush()
            wait = max(run.due_at, run.lease_until or run.due_at) - timezone.now()
            if run.state in imports.UNFINISHED:
                time.sleep(min(5.0, max(0.0, wait.total_seconds())))
        for problem in run.problems:
            self.stdout.write(f"row {problem['row']} {problem['key']} {problem['name']}: {problem['why']}")
        if run.state != Import.State.DONE:
            raise CommandError(f"The import has ended as “{run.state}”: {run.error}")

    def _connection(self, number: int | None) -> Import:
        found = Connection.objects.filter(pk=number or 0, removed_at__isnull=True).first()
        if found is None:
            known = ", ".join(f"{one.pk} ({one})" for one in Connection.objects.filter(removed_at__isnull=True)[:20])
            raise CommandError(f"Name a connection by its number: {known or 'there is none'}.")
        return imports.start(found)

    def _file(self, options: dict[str, Any]) -> Import:
        account = Account.objects.filter(members__email=str(options["account"]).lower()).first()
        if account is None:
            raise CommandError("--account: no account has a member of this address.")
        data = options["file"].read_bytes()
        try:
            return imports.start_file(account, data, file_name=options["file"].name, source=options["source"])
        except imports.FileTooLarge:
            raise CommandError("The file is larger than IMPORT_FILE_MAX_BYTES.") from None

    def _line(self, run: Import) -> str:
        return (
            f"{run.phase} {run.state}: {run.seen}/{run.total or '?'} read, {run.created} new, {run.changed} changed, "
            f"{run.gone} gone, {run.refused} refused, {run.photos_done} photos, {run.photos_failed} photos failed"
        )
