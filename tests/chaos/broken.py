"""manage.py with one of its guards taken out: `python -m tests.chaos.broken GUARD COMMAND ...`.

The proof that `make chaos` would notice: without the guard the run has to fail.
"""

from __future__ import annotations

import os
import sys


def _without_lease() -> None:
    """Nobody notices that whoever answered for a run is gone."""
    from staging import sweeper  # noqa: PLC0415

    sweeper.take_over = lambda: 0


def _without_compare() -> None:
    """Whoever comes last to a run changes it too, and no one is alone in collecting its pictures."""
    from staging import pipeline  # noqa: PLC0415

    pipeline._mine = lambda run: {"pk": run.pk}


GUARDS = {"lease": _without_lease, "compare": _without_compare}


def main() -> None:
    """Take the guard out and go on as manage.py does."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django  # noqa: PLC0415

    django.setup()
    GUARDS[sys.argv[1]]()
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(["manage.py", *sys.argv[2:]])


if __name__ == "__main__":
    main()
