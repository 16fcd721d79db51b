"""`manage.py work`: a worker process. Any number may run."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from staging.worker import Work


class Command(BaseCommand):
    """Do the queue's jobs until SIGTERM."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--burst", action="store_true", help="end when the queue is empty")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        work = Work()
        # While a worker works, RQ's own handlers replace these; they are for the time when Redis is away.
        signal.signal(signal.SIGTERM, work.stop)
        signal.signal(signal.SIGINT, work.stop)
        work.run(burst=options["burst"])
