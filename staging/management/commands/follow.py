"""`manage.py follow`: watches what the rendering backends are working on. One process is enough."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

from django.core.management.base import BaseCommand

from staging.follower import Follower


class Command(BaseCommand):
    """Follow running renders until SIGTERM."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        asyncio.run(_follow())


async def _follow() -> None:
    follower = Follower()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, follower.stop)
    await follower.run()
