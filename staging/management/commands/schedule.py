"""`manage.py schedule`: sweeps every SWEEP_SECONDS, and earlier when a postponed run becomes due."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from staging import sweeper


class Command(BaseCommand):
    """Find what was lost, until SIGTERM."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        pause = 0.0
        while not stopped.wait(pause):
            close_old_connections()
            sweeper.sweep()
            pause = _pause()


def _pause() -> float:
    try:
        return sweeper.pause()
    except DatabaseError:
        return 5.0
